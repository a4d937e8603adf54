import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import type { Samples } from "../data";
import { loadEngine } from "../engine/load";
import { latentLayout, type Model, outputSide, parameterCount } from "../models";
import { differentScaling } from "../models/different-scaling";
import { inputSide } from "../models/input-side";
import { type BaselineTask, checkBaseline, type Rows, runBaseline } from "./baselines";
import type { Baseline } from "./baselines/baseline";
import { verdicts } from "./comparison-words";
import { errors, errorsOf } from "./error-analysis";
import type { ErrorAnalysis } from "./results";
import { type SplitRecord, splitRecord } from "./shared-pixels";
import { sideOf } from "./sides";

/** Options of `compare`. */
export interface CompareOptions extends LongWorkOptions {
  /** What the models were trained on; the baselines learn from it. */
  readonly train: Samples;
  /** What all are judged on. */
  readonly test: Samples;
  /**
   * Baselines by name, or with settings: `{ kind: "ridge", alpha: 3 }`. Default: mean, ridge, PCA + ridge, 5 nearest
   * inputs and 4 nearest positions; beside models that give back what they read: mean, PCA at their latent sizes and
   * nearest positions. [] for none.
   */
  readonly baselines?: readonly (Baseline | Baseline["kind"])[];
  /** Standard deviation of the noise of one value of what is predicted, in the units of the data; gives `noiseFloor`. */
  readonly noise?: number;
  /** What is predicted, where there is no model to say so. Default "spectra". */
  readonly predicts?: "spectra" | "images";
}

/** One predictor of a comparison. */
export interface ComparisonRow {
  readonly name: string;
  readonly type: "model" | "baseline";
  /** sqrt(mean (p - t)^2 / mean (p + t)^2) over the test set. */
  readonly overall: number;
  /** Mean of the same ratio of each sample. */
  readonly mean: number;
  /** Mean squared error in scaled units. */
  readonly mse: number;
  /** Numbers learnt. */
  readonly parameters?: number;
  /** Wall time of the training; of a baseline, of learning and predicting. */
  readonly seconds?: number;
  /** Settings of a baseline, also those chosen on the training set, e.g. alpha. */
  readonly settings: Readonly<Record<string, number>>;
  /** Of a model: how it stands against the best baseline. */
  readonly verdict?: string;
}

/** Models beside baselines on one test set. */
export interface Comparison {
  readonly kind: "comparison";
  readonly inputs: "images" | "spectra";
  readonly outputs: "images" | "spectra";
  /** Smallest overall error first. */
  readonly rows: readonly ComparisonRow[];
  /** The overall error that noise alone would leave; undefined where the noise is not known. */
  readonly noiseFloor?: number;
  readonly split: SplitRecord;
  /** Of the test set: source, ... */
  readonly metadata?: Samples["metadata"];
  /** What to know before believing the table: where a baseline wins, whether the split leaks, what was left out. */
  readonly notices: readonly string[];
  /** The table and the notices as text. */
  readonly summary: string;
}

/** Models to compare: one, several, or several by name. */
export type ComparedModels = Model | readonly Model[] | Readonly<Record<string, Model>>;

/**
 * Models beside baselines that learn from the same training set, judged on the same test set: a table of errors with a
 * word where a baseline wins. All models have to read and predict the same sides of the samples.
 *
 * @throws NotFittedError, OptionError (samples scaled otherwise, models of different direction), ShapeError,
 *   CancelledError
 * @example
 * const table = await compare({ "im2spec, 2 latents": model }, { train, test });
 * plot.comparison(table)
 */
export async function compare(models: ComparedModels, options: CompareOptions): Promise<Comparison> {
  const { train, test, noise } = options;
  const named = namedModels(models);
  const { inputs, outputs } = direction(named, options.predicts ?? "spectra", train);
  const pace = createPace("the comparison", options);
  const latents = latentSizes(named);
  const wanted = (options.baselines ?? defaults(inputs === outputs, latents)).map(asBaseline);
  for (const baseline of wanted) checkBaseline(baseline);
  const task = wanted.length === 0 ? undefined : await taskOf(options, inputs, outputs, pace);
  const rows: ComparisonRow[] = [];
  for (const [name, model] of named) {
    const found = await errors(model, test, { noise, signal: options.signal });
    const settings = {};
    rows.push(
      rowOf(name, "model", found, { parameters: parameterCount(model), seconds: model.training?.seconds, settings }),
    );
  }
  const leftOut: string[] = [];
  for (const baseline of task === undefined ? [] : wanted) {
    const started = performance.now();
    const found = await attempt(() => runBaseline(task as BaselineTask, baseline, { inputs, latent: latents[0] ?? 2 }));
    if (typeof found === "string") {
      leftOut.push(`${baseline.kind} was left out: ${found}`);
      continue;
    }
    const seconds = (performance.now() - started) / 1000;
    const { name, predicted, parameters, settings } = found;
    const analysis = errorsOf({ data: predicted, shape: sideOf(test, outputs).shape }, test, noise, outputs);
    rows.push(rowOf(name, "baseline", analysis, { parameters, seconds, settings }));
    await pace.step();
  }
  const target = sideOf(test, outputs);
  const floor = noise === undefined ? undefined : errorsOf(target, test, noise, outputs).noiseFloor;
  const split = splitRecord(train, test);
  return Object.freeze({
    kind: "comparison",
    inputs,
    outputs,
    metadata: test.metadata,
    ...verdicts(rows, split, leftOut, floor),
  });
}

function rowOf(
  name: string,
  type: ComparisonRow["type"],
  { overall, mean, mse }: ErrorAnalysis,
  rest: Pick<ComparisonRow, "parameters" | "seconds" | "settings">,
): ComparisonRow {
  return { name, type, overall, mean, mse, ...rest };
}

function namedModels(models: ComparedModels): [string, Model][] {
  if (Array.isArray(models))
    return models.map((model: Model, i) => [modelName(model, models.length > 1 ? i : -1), model]);
  if ("kind" in models && "parameters" in models) return [[modelName(models as Model, -1), models as Model]];
  return Object.entries(models);
}

/** "im2spec, 2 latents", numbered where there are several. */
function modelName({ kind, options }: Model, place: number): string {
  const { latent } = options as { latent?: number };
  const size = latent === undefined ? "" : `, ${latent} latent${latent === 1 ? "" : "s"}`;
  return `${kind}${size}${place < 0 ? "" : ` (${place + 1})`}`;
}

function direction(
  named: readonly [string, Model][],
  predicts: "spectra" | "images",
  train: Samples,
): { inputs: "images" | "spectra"; outputs: "images" | "spectra" } {
  const own = named.map(([, model]) => ({ inputs: inputSide(model), outputs: outputSide(model) }));
  const other = own.find((one) => one.inputs !== own[0].inputs || one.outputs !== own[0].outputs);
  if (other === undefined) {
    if (own.length > 0) return own[0];
    if (train.kind === "image-windows") return { inputs: "images", outputs: "images" };
    if (train.kind === "pixel-spectra") return { inputs: "spectra", outputs: "spectra" };
    return { inputs: predicts === "spectra" ? "images" : "spectra", outputs: predicts };
  }
  throw new SpecbookError("OptionError", "these models do not predict the same from the same", {
    got: named.map(([name], i) => `${name}: ${own[i].inputs} -> ${own[i].outputs}`).join("; "),
    needed: "models of one direction, as their errors are not comparable otherwise",
    remedy: "call compare once for each direction",
  });
}

/** The latent sizes of the models, each once, the smallest first. */
function latentSizes(named: readonly [string, Model][]): number[] {
  return [...new Set(named.map(([, model]) => latentLayout(model).latent))].sort((a, b) => a - b);
}

function defaults(reconstructs: boolean, latents: readonly number[]): (Baseline | Baseline["kind"])[] {
  if (!reconstructs) return ["mean", "ridge", "pca-ridge", "nearest", "positions"];
  const sizes = latents.length === 0 ? [2] : latents;
  return ["mean", ...sizes.map((components) => ({ kind: "pca", components }) as const), "positions"];
}

function asBaseline(baseline: Baseline | Baseline["kind"]): Baseline {
  return typeof baseline === "string" ? { kind: baseline } : baseline;
}

async function taskOf(
  { train, test }: CompareOptions,
  inputs: "images" | "spectra",
  outputs: "images" | "spectra",
  pace: Pace,
): Promise<BaselineTask> {
  const rows = (samples: Samples, side: "images" | "spectra"): Rows => {
    const { data, shape } = sideOf(samples, side);
    return { data, count: shape[0], size: data.length / shape[0] };
  };
  const set = (samples: Samples) => ({
    inputs: rows(samples, inputs),
    targets: rows(samples, outputs),
    positions: samples.positions,
  });
  checkSameScaling(train, test);
  const task = { train: set(train), test: set(test), engine: await loadEngine(), pace };
  for (const side of ["inputs", "targets"] as const) {
    if (task.train[side].size === task.test[side].size) continue;
    throw new SpecbookError("ShapeError", "training and test samples have different sizes", {
      got: `${task.train[side].size} and ${task.test[side].size} values a sample`,
      needed: "windows of one size and spectra of one number of channels",
      remedy: "cut both with the same windows(...), or split one set: split(pairs)",
    });
  }
  return task;
}

/** Throws where the baselines would learn in another scaling than they are judged in. */
function checkSameScaling(train: Samples, test: Samples): void {
  const found = differentScaling(train.scaling, test.scaling);
  if (found === undefined) return;
  const { side, own, other } = found;
  throw new SpecbookError("OptionError", "training and test samples are scaled in different ways", {
    got: `${side} for training: ${own}; for the test: ${other}`,
    needed: "one scaling, in which what is learnt from the one holds for the other",
    remedy: "cut the test samples with the other's scaling: windows(image, spectra, { size, scale: train.scaling })",
  });
}

/** The result, or why there is none: a baseline that is too large for an engine must not cost the whole table. */
async function attempt<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SpecbookError && (error.tag === "EngineError" || error.tag === "MemoryError")) {
      return `${error.message.split("\n")[0]} (${error.got})`;
    }
    throw error;
  }
}
