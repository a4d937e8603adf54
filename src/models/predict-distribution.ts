import { SpecbookError } from "../core";
import type { FloatArray, Samples } from "../data";
import { architectureOf } from "./kinds";
import type { Model } from "./model";
import { createMoments } from "./moments";
import { createNoiseSource, type NoiseSource } from "./noise";
import { noiseDeviation } from "./noise-deviation";
import { type PredictOptions, predict } from "./predict";
import { runInBatches } from "./run-in-batches";

/** Options of `predictDistribution`. */
export interface PredictDistributionOptions extends PredictOptions {
  /** Latent points drawn for each sample, at least 2. Default 30, as in pyroVED. */
  readonly draws?: number;
  /** Seed of the draws. Default 0. */
  readonly seed?: number;
}

/** Mean and spread of what a model predicts for each sample. */
export interface PredictedDistribution {
  readonly kind: "predicted-distribution";
  /** [n, ...output], in the scaling of the samples. */
  readonly mean: FloatArray;
  /** Standard deviation, of the same shape: what the model leaves open, without the noise of the data. */
  readonly deviation: FloatArray;
  /**
   * Standard deviation of the noise that the models take the data to have (Gaussian likelihood; over several models the
   * root mean square): data are expected within hypot(deviation, noise) of the mean. Undefined where one knows none.
   */
  readonly noise?: number;
  /** Number of models, and of draws from each (1: models that draw nothing). */
  readonly models: number;
  readonly draws: number;
  readonly seed: number;
}

/**
 * Mean and standard deviation of the output: of a variational model (VED, VAE, rVAE, ...) over latent points drawn from
 * each sample's posterior, with its own pose and class; of several models over the models. Several variational models
 * have both: by the law of total variance, the mean of their variances plus the variance of their means.
 *
 * @throws OptionError for a single model that is not variational: it has one answer; ShapeError, DataError, CancelledError
 * @example
 * const { mean, deviation } = await predictDistribution(model, test, { draws: 30, seed: 1 });
 */
export async function predictDistribution(
  model: Model | readonly Model[],
  samples: Samples | FloatArray,
  options: PredictDistributionOptions = {},
): Promise<PredictedDistribution> {
  const { draws = 30, seed = 0 } = options;
  const models = isOne(model) ? [model] : model;
  check(models, draws);
  const parts: Awaited<ReturnType<typeof ofOne>>[] = [];
  for (const member of models) parts.push(await ofOne(member, samples, { ...options, draws, seed }));
  checkAlike(models, parts);
  const { shape } = parts[0].mean;
  const size = parts[0].mean.data.length;
  const between = createMoments(size);
  for (const { mean } of parts) between.add(mean.data);
  const spread = models.length > 1 ? between.variance() : new Float64Array(size);
  const deviation = Float32Array.from(spread, (variance, i) =>
    Math.sqrt(variance + parts.reduce((sum, { within }) => sum + (within?.[i] ?? 0), 0) / parts.length),
  );
  const noises = models.map(noiseDeviation).filter((noise) => noise !== undefined);
  const noise = Math.sqrt(noises.reduce((sum, each) => sum + each * each, 0) / noises.length);
  return Object.freeze({
    kind: "predicted-distribution",
    mean: Object.freeze({ data: between.mean(), shape }),
    deviation: Object.freeze({ data: deviation, shape }),
    ...(noises.length === models.length ? { noise } : {}),
    models: models.length,
    draws: parts.some(({ within }) => within !== undefined) ? draws : 1,
    seed,
  });
}

/** The mean output of one model, and its variance over draws where it is variational. */
async function ofOne(
  model: Model,
  samples: Samples | FloatArray,
  options: Required<Pick<PredictDistributionOptions, "draws" | "seed">> & PredictOptions,
): Promise<{ readonly mean: FloatArray; readonly within?: Float64Array }> {
  const architecture = architectureOf(model);
  const { draw } = architecture;
  if (draw === undefined) return { mean: await predict(model, samples, options) };
  const input = architecture.encoderInput(model, samples);
  const [n] = input.shape;
  const shape = Object.freeze([n, ...architecture.outputShape(model)]);
  const moments = createMoments(shape.reduce((a, b) => a * b, 1));
  const specs = architecture.noise?.(model) ?? [];
  let source: NoiseSource | undefined;
  let drawn = 0;
  for (let k = 0; k < options.draws; k++) {
    const { output } = await runInBatches(model, input, options, (scope, x) => {
      source ??= createNoiseSource(scope.engine, specs, options.seed, "draws from the posterior");
      return { output: draw(scope, model, x, source.draw(drawn++, x.shape[0])) };
    });
    moments.add(output.data);
  }
  return { mean: Object.freeze({ data: moments.mean(), shape }), within: moments.variance() };
}

function isOne(model: Model | readonly Model[]): model is Model {
  return "kind" in model;
}

/** Throws unless all models predict the same values. */
function checkAlike(models: readonly Model[], parts: readonly { readonly mean: FloatArray }[]): void {
  const say = (i: number) => `${models[i].kind}: [${parts[i].mean.shape.slice(1).join(", ")}]`;
  const other = parts.findIndex((_, i) => say(i).split(":")[1] !== say(0).split(":")[1]);
  if (other < 0) return;
  throw new SpecbookError("ShapeError", "these models do not predict the same", {
    got: `outputs of one sample ${say(0)} and ${say(other)}`,
    needed: "models whose outputs have one shape",
    remedy: "call predictDistribution once for each kind and size of model",
  });
}

function check(models: readonly Model[], draws: number): void {
  if (models.length === 0 || (models.length === 1 && architectureOf(models[0]).draw === undefined)) {
    throw new SpecbookError("OptionError", "this prediction has no spread", {
      got: models.length === 0 ? "no model" : `one model of kind ${models[0].kind}, which gives one answer`,
      needed: "a variational model, such as ved, or several models of one kind",
      remedy: "predict(model, samples) gives the answer; train with other seeds for a list of models",
    });
  }
  if (!Number.isInteger(draws) || draws < 2) {
    throw new SpecbookError("OptionError", "a spread needs several draws", {
      got: `draws: ${draws}`,
      needed: "a whole number of at least 2",
      remedy: "leave draws out for 30",
    });
  }
}
