import type { Tensor } from "@tensorflow/tfjs-core";
import type { FloatArray, Samples } from "../data";
import { checkInput } from "./check";
import { architectureOf } from "./kinds";
import type { Scope } from "./layers";
import type { Model } from "./model";
import { runInBatches } from "./run-in-batches";

/** Options of `encode`, `decode` and `predict`. */
export interface PredictOptions {
  /** Stops the work; default the stop button of the running cell. */
  readonly signal?: AbortSignal;
}

/**
 * The latent coordinates [n, latent] of samples: pairs, windows or spectra, or the model's input as an array (im2spec:
 * images [n, height, width, channels], spec2im: spectra [n, channels]; in the scaling of the pairs). Variational models
 * give the mean of the content latents; `posterior` gives the rest.
 */
export async function encode(
  model: Model,
  samples: Samples | FloatArray,
  options: PredictOptions = {},
): Promise<FloatArray> {
  const architecture = architectureOf(model);
  const input = architecture.encoderInput(model, samples);
  const compute = (scope: Scope, x: Tensor) => ({ latent: architecture.encode(scope, model, x) });
  return (await runInBatches(model, input, options, compute)).latent;
}

/**
 * The model's output for latent points [n, latent]: im2spec spectra [n, channels], spec2im images [n, height, width, 1],
 * in the scaling of the pairs.
 */
export async function decode(model: Model, latent: FloatArray, options: PredictOptions = {}): Promise<FloatArray> {
  const architecture = architectureOf(model);
  const input = checkInput(model.kind, "latent points", latent, architecture.latentShape(model));
  const compute = (scope: Scope, z: Tensor) => ({ output: architecture.decode(scope, model, z) });
  return (await runInBatches(model, input, options, compute)).output;
}

/**
 * What the model makes of the samples: `decode(encode(samples))`, with each sample's own pose and class where the model has
 * them: im2spec predicts spectra [n, channels], spec2im images [n, height, width, 1], in
 * the scaling of the pairs.
 */
export async function predict(
  model: Model,
  samples: Samples | FloatArray,
  options: PredictOptions = {},
): Promise<FloatArray> {
  const architecture = architectureOf(model);
  const input = architecture.encoderInput(model, samples);
  const whole =
    architecture.reconstruct ??
    ((scope: Scope, m: Model, x: Tensor) => architecture.decode(scope, m, architecture.encode(scope, m, x)));
  const compute = (scope: Scope, x: Tensor) => ({ output: whole(scope, model, x) });
  return (await runInBatches(model, input, options, compute)).output;
}
