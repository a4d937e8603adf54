import { createHash } from "node:crypto";
import type { FloatArray } from "../data";
import type { FitSettings } from "./fit-options";
import { dependsOnLength } from "./learning-rate-schedule";
import type { Model } from "./model";

/** What a training run is, as words by name: two runs with the same words take the same steps. */
export type RunIdentity = Readonly<Record<string, string>>;

/** Settings that decide on the steps of a run; how many epochs there are does only where a schedule depends on it. */
const DECISIVE = [
  "batch",
  "learningRate",
  "schedule",
  "earlyStop",
  "seed",
  "weights",
  "swa",
  "swaStatistics",
  "dropLast",
  "augment",
] as const satisfies readonly (keyof FitSettings)[];

/** The identity of a run: its model without the values of the weights, its options, and its data by their check sums. */
export function runIdentity(
  model: Model,
  settings: FitSettings,
  sets: { readonly training: readonly FloatArray[]; readonly validation: readonly FloatArray[] },
): RunIdentity {
  const words: Record<string, string> = { "kind of model": model.kind };
  for (const [name, value] of Object.entries(model.options)) words[`option ${name} of the model`] = text(value);
  for (const [name, { shape }] of Object.entries(model.parameters)) words[`shape of parameter ${name}`] = text(shape);
  for (const name of DECISIVE) words[`option ${name} of fit`] = text(settings[name]);
  if (dependsOnLength(settings.schedule)) words["option epochs of fit"] = text(settings.epochs);
  for (const [set, arrays] of Object.entries(sets)) {
    for (const [i, { data, shape }] of arrays.entries()) {
      words[`shape of array ${i} of the ${set} set`] = text(shape);
      words[`check sum of array ${i} of the ${set} set`] = checksum(data);
    }
  }
  return words;
}

/** The first thing in which two runs differ; undefined where they are alike. */
export function firstDifference(
  one: RunIdentity,
  other: RunIdentity,
): { readonly what: string; readonly one: string; readonly other: string } | undefined {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const what of names) {
    if (one[what] !== other[what]) return { what, one: one[what] ?? "none", other: other[what] ?? "none" };
  }
  return undefined;
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "none";
}

function checksum({ buffer, byteOffset, byteLength }: Float32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex")
    .slice(0, 16);
}
