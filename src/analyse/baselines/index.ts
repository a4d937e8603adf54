import { SpecbookError } from "../../core/errors";
import type { Baseline } from "./baseline";
import { kernelRidgeBaseline } from "./kernel-ridge";
import { meanBaseline } from "./mean";
import { nearestBaseline, positionsBaseline } from "./nearest";
import { principalComponentsBaseline } from "./principal-components";
import { principalRidgeBaseline } from "./principal-ridge";
import { ridgeBaseline } from "./ridge";
import type { BaselinePrediction, BaselineTask } from "./task";

export type { BaselinePrediction, BaselineSet, BaselineTask, Rows } from "./task";

/** The kinds, for messages. */
export const BASELINE_KINDS: readonly Baseline["kind"][] = [
  "mean",
  "ridge",
  "pca-ridge",
  "kernel-ridge",
  "nearest",
  "positions",
  "pca",
];

/** Learns a baseline on the training set and predicts the test set. */
export async function runBaseline(
  task: BaselineTask,
  baseline: Baseline,
  defaults: { readonly inputs: "images" | "spectra"; readonly latent: number },
): Promise<BaselinePrediction> {
  checkBaseline(baseline);
  switch (baseline.kind) {
    case "mean":
      return meanBaseline(task);
    case "ridge":
      return ridgeBaseline(task, baseline.alpha);
    case "pca-ridge":
      return principalRidgeBaseline(task, baseline);
    case "kernel-ridge":
      return kernelRidgeBaseline(task, baseline);
    case "nearest":
      return nearestBaseline(task, baseline.neighbours ?? 5, defaults.inputs);
    case "positions":
      return positionsBaseline(task, baseline.neighbours ?? 4);
    case "pca":
      return principalComponentsBaseline(task, baseline.components ?? defaults.latent);
  }
}

/** Throws an OptionError for a baseline that does not exist, or a setting that cannot be used. */
export function checkBaseline(baseline: Baseline): void {
  if (!BASELINE_KINDS.includes(baseline?.kind)) {
    throw new SpecbookError("OptionError", "there is no such baseline", {
      got: JSON.stringify(baseline?.kind ?? baseline) ?? String(baseline),
      needed: BASELINE_KINDS.join(", "),
      remedy: 'for example baselines: ["ridge", { kind: "nearest", neighbours: 5 }]',
    });
  }
  for (const [name, value] of Object.entries(baseline)) {
    if (name === "kind" || value === undefined) continue;
    const whole = name === "components" || name === "neighbours";
    if (typeof value === "number" && (whole ? Number.isInteger(value) && value >= 1 : value > 0 && value < 1e300))
      continue;
    throw new SpecbookError("OptionError", `the baseline ${baseline.kind} cannot use this ${name}`, {
      got: `${name}: ${JSON.stringify(value) ?? String(value)}`,
      needed: whole ? "a whole number of at least 1" : "a positive number",
      remedy: `leave ${name} out for its default`,
    });
  }
}
