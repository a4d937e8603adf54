import { positiveOption } from "../core/check-option";
import type { LongWorkOptions } from "../core/pace";
import type { FloatArray, Samples } from "../data";
import { decode, encode, latentLayout, type Model, outputSide, posterior, predict } from "../models";
import { ACTIVE, latentUse } from "../models/latent-use";
import { collapseWords } from "./collapse-words";
import { fittedLike } from "./fitted";
import { latentQuantiles } from "./latent-quantiles";
import { sideOf } from "./sides";

/** Options of `collapse`. */
export interface CollapseOptions extends LongWorkOptions {
  /** A latent of a variational model is used if its posterior means vary by more than this (variance). Default 0.01. */
  readonly activity?: number;
  /** A latent is used if it moves the output by more than this share of the data's own spread. Default 0.02. */
  readonly effect?: number;
}

/** What is known of one latent. */
export interface LatentReport {
  /** Counted from 0. */
  readonly latent: number;
  readonly used: boolean;
  /** KL divergence from the prior in nats, mean over the samples; variational models only. */
  readonly kl?: number;
  /** Variance of the posterior means (the prior's is 1); variational models only. */
  readonly activity?: number;
  /** Spread of the output over the latent's 5 % to 95 % quantiles as a share of the data's spread over the samples. */
  readonly effect: number;
}

/** Which latents a model uses. */
export interface CollapseAnalysis {
  readonly kind: "collapse";
  /** "collapsed": no latent is used, or the output explains nothing; "partly": some are not; "healthy": all are used. */
  readonly state: "healthy" | "partly" | "collapsed";
  readonly latents: readonly LatentReport[];
  /** 1 - squared error / squared error of the mean: 0 for the mean itself, 1 for a perfect output. */
  readonly explained: number;
  /** The thresholds that decided. */
  readonly thresholds: { readonly activity: number; readonly effect: number };
  /** What was found, how it was decided and what to do. */
  readonly summary: string;
}

/** Quantiles at which a latent's effect is looked at. */
const QUANTILES = Array.from({ length: 9 }, (_, i) => 0.05 + (0.9 * i) / 8);
/** An output that explains less than this of the data is the mean. */
const EXPLAINED = 0.02;

/**
 * Which latents a trained model ignores. A latent is used if its posterior means vary (variational models: active
 * units, Burda et al. 2016, arXiv:1509.00519) and if the output follows it. Beside it stands how much better than the
 * mean of the samples the model is.
 *
 * @throws NotFittedError, OptionError (samples scaled otherwise, thresholds), ShapeError, CancelledError
 * @example
 * const found = await collapse(model, pixelSpectra(spectra));
 * plot.collapse(found)
 */
export async function collapse(
  model: Model,
  samples: Samples,
  options: CollapseOptions = {},
): Promise<CollapseAnalysis> {
  const { activity = ACTIVE, effect = 0.02 } = options;
  positiveOption("collapse", "activity", activity);
  positiveOption("collapse", "effect", effect);
  fittedLike(model, samples);
  const { variational } = latentLayout(model);
  const use = variational ? latentUse(await posterior(model, samples, options)) : undefined;
  const target = sideOf(samples, outputSide(model));
  const effects = await effectsOf(model, samples, spread(target), options);
  const latents = effects.map((share, latent): LatentReport => {
    const active = use === undefined || use[latent].activity > activity;
    return Object.freeze({ latent, used: active && share > effect, ...use?.[latent], effect: share });
  });
  const explained = 1 - meanSquares(await predict(model, samples, options), target) / spread(target) ** 2;
  const unused = latents.filter(({ used }) => !used).length;
  const none = unused === latents.length || explained < EXPLAINED;
  const found = {
    kind: "collapse" as const,
    state: none ? ("collapsed" as const) : unused > 0 ? ("partly" as const) : ("healthy" as const),
    latents: Object.freeze(latents),
    explained,
    thresholds: Object.freeze({ activity, effect }),
  };
  return Object.freeze({ ...found, summary: collapseWords(model, found) });
}

/** For each latent the rms spread of the output along its quantiles, the others at their mean, over the data's. */
async function effectsOf(model: Model, samples: Samples, scale: number, options: LongWorkOptions): Promise<number[]> {
  const points = latentQuantiles(await encode(model, samples, options), QUANTILES, latentLayout(model).groups);
  const output = await decode(model, points, options);
  const length = output.data.length / points.shape[0];
  const latents = points.shape[0] / QUANTILES.length;
  return Array.from({ length: latents }, (_, j) => {
    const from = j * QUANTILES.length * length;
    const part = output.data.subarray(from, from + QUANTILES.length * length);
    return spread({ data: part, shape: [QUANTILES.length, length] }) / (scale || 1);
  });
}

/** Root mean square distance of the samples from their mean, over all values. */
function spread({ data, shape }: FloatArray): number {
  const [count] = shape;
  const size = data.length / count;
  let squares = 0;
  for (let c = 0; c < size; c++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += data[i * size + c];
    const mean = sum / count;
    for (let i = 0; i < count; i++) squares += (data[i * size + c] - mean) ** 2;
  }
  return Math.sqrt(squares / data.length);
}

function meanSquares(a: FloatArray, b: FloatArray): number {
  let squares = 0;
  for (let i = 0; i < a.data.length; i++) squares += (a.data[i] - b.data[i]) ** 2;
  return squares / a.data.length;
}
