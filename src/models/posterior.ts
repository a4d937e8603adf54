import type { Tensor } from "@tensorflow/tfjs-core";
import { SpecbookError } from "../core";
import type { FloatArray, Samples } from "../data";
import type { PosteriorTensors } from "./architecture";
import { architectureOf } from "./kinds";
import type { Model } from "./model";
import type { PredictOptions } from "./predict";
import { runInBatches } from "./run-in-batches";

/** What a variational encoder says of each sample. */
export interface Posterior {
  readonly kind: "posterior";
  /** Mean of the content latents, [n, latent]: the same as `encode`. */
  readonly mean: FloatArray;
  /** Their standard deviation, [n, latent]. */
  readonly deviation: FloatArray;
  /** Mean in-plane angle in radians, [n]; models with rotation only. */
  readonly angle?: Float32Array;
  readonly angleDeviation?: Float32Array;
  /**
   * How far the content is moved, at the mean of the pose: rows down and columns to the right in units of half the window,
   * [n, 2]; of a spectrum, towards later channels in units of half its length, [n, 1]. Models with shift only.
   */
  readonly shift?: FloatArray;
  readonly shiftDeviation?: FloatArray;
  /** Probability of each class, [n, classes]; models with discrete classes only. */
  readonly classes?: FloatArray;
}

/**
 * Mean and spread of the latents of samples under a variational model (VAE, rVAE, jrVAE, VED, ...), with pose and class
 * probabilities where it has them.
 *
 * @throws OptionError for a model that is not variational; ShapeError, DataError, CancelledError
 * @example
 * const { mean, deviation, angle } = await posterior(model, windows);
 */
export async function posterior(
  model: Model,
  samples: Samples | FloatArray,
  options: PredictOptions = {},
): Promise<Posterior> {
  const architecture = architectureOf(model);
  const { posterior: encode } = architecture;
  if (encode === undefined) {
    throw new SpecbookError("OptionError", "this model has no posterior: its encoder gives points, not distributions", {
      got: `a model of kind ${model.kind}`,
      needed: "a variational model, such as vae or rvae",
      remedy: "encode(model, samples) gives the latent points",
    });
  }
  const input = architecture.encoderInput(model, samples);
  const found = await runInBatches(
    model,
    input,
    options,
    // An absent part of the posterior is an absent key, never an undefined tensor.
    (scope, x) => encode(scope, model, x) as Readonly<Record<keyof PosteriorTensors, Tensor>>,
  );
  const { angle, angleDeviation, ...rest } = found;
  return Object.freeze({
    kind: "posterior",
    ...rest,
    ...(angle === undefined ? {} : { angle: angle.data, angleDeviation: angleDeviation.data }),
  });
}
