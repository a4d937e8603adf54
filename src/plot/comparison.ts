import type { Comparison, ComparisonRow } from "../analyse/comparison";
import { checkFinite, checkKind } from "./check";
import { type DotRow, dotPanel } from "./dot-panel";
import { type FigureOptions, figure } from "./figure";
import { percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { source } from "./words";

/** Options of `plot.comparison`. */
export interface ComparisonPlotOptions extends FigureOptions {
  /** Which error: over the whole test set (default), or the mean of the samples' own; the axis says which. */
  readonly error?: "overall" | "mean";
}

/**
 * Errors of models and baselines on one test set, the smallest on top, with the error that noise alone would leave;
 * the subtitle says which split it was and where a baseline wins.
 *
 * @throws OptionError for another value than the result of `compare`
 * @example
 * plot.comparison(await compare(model, { train, test }))
 */
export function comparison(result: Comparison, options: ComparisonPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.comparison", result, ["comparison"], "plot.comparison(await compare(model, { train, test }))");
  const { error = "overall" } = options;
  const place = (row: ComparisonRow) => (Number.isNaN(row[error]) ? Number.POSITIVE_INFINITY : row[error]);
  const rows = [...result.rows].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  const errors = rows.map((row) => row[error]);
  checkFinite("plot.comparison", "a comparison", errors);
  const { noiseFloor } = result;
  const colours = { network: accent(3), baseline: accent(0) };
  const groups = rows.map(groupOf);
  const panel = dotPanel({
    title: "",
    rows: rows.map((row) => dotRow(row, error)),
    xTitle: error === "overall" ? "Error of the whole test set (%)" : "Mean error of the samples (%)",
    colours: Object.fromEntries(Object.entries(colours).filter(([name]) => groups.some((group) => group === name))),
    width: 420,
    guides: noiseFloor === undefined ? [] : [{ x: 100 * noiseFloor, text: `noise alone ${percent(noiseFloor)}` }],
  });
  const { trainSamples, testSamples, text } = result.split;
  const notes = [
    source(result.metadata ?? {}),
    `${text}, ${trainSamples} training and ${testSamples} test samples`,
    ...result.notices,
  ];
  return figure(
    options,
    `Prediction of ${result.outputs}, ${groups.includes("network") ? "networks beside baselines" : "baselines alone"}`,
    notes,
    [[panel]],
  );
}

function groupOf({ type }: ComparisonRow): "network" | "baseline" {
  return type === "model" ? "network" : "baseline";
}

function dotRow(row: ComparisonRow, error: "overall" | "mean"): DotRow {
  const { name, mse, parameters, seconds, settings } = row;
  const given = Object.entries(settings).map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
  return {
    name,
    value: 100 * row[error],
    label: Number.isFinite(row[error]) ? percent(row[error]) : "not a finite error",
    group: groupOf(row),
    details: {
      "MSE (scaled)": Number(mse.toPrecision(4)),
      parameters: parameters ?? "none",
      seconds: seconds === undefined ? "unknown" : Number(seconds.toPrecision(3)),
      settings: given.join(", ") || "none",
    },
  };
}
