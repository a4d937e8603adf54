import type { Tensor } from "@tensorflow/tfjs-core";
import { currentHost, SpecbookError } from "../core";
import type { FloatArray, Pairs } from "../data";
import { loadEngine } from "../engine/load";
import { batchRanges, createBatcher, inOrder } from "./batches";
import { checkInput } from "./check";
import { architectureOf } from "./kinds";
import type { Scope } from "./layers";
import type { Model } from "./model";
import { inferenceScope, upload } from "./scope";
import { eventLoopYielder } from "./yield-to-event-loop";

/** Options of `encode`, `decode` and `predict`. */
export interface PredictOptions {
  /** Stops the work; default the stop button of the running cell. */
  readonly signal?: AbortSignal;
}

/**
 * The latent coordinates [n, latent] of samples: pairs, or the model's input as an array
 * (im2spec: images [n, height, width, channels], spec2im: spectra [n, channels]; in the scaling of the pairs).
 */
export async function encode(
  model: Model,
  samples: Pairs | FloatArray,
  options: PredictOptions = {},
): Promise<FloatArray> {
  const architecture = architectureOf(model);
  const input = architecture.encoderInput(model, samples);
  return inBatches(model, input, architecture.latentShape(model), options, (scope, x) =>
    architecture.encode(scope, model, x),
  );
}

/**
 * The model's output for latent points [n, latent]: im2spec spectra [n, channels], spec2im images [n, height, width, 1],
 * in the scaling of the pairs.
 */
export async function decode(model: Model, latent: FloatArray, options: PredictOptions = {}): Promise<FloatArray> {
  const architecture = architectureOf(model);
  const input = checkInput(model.kind, "latent points", latent, architecture.latentShape(model));
  return inBatches(model, input, architecture.outputShape(model), options, (scope, z) =>
    architecture.decode(scope, model, z),
  );
}

/**
 * `decode(encode(samples))` in one go: im2spec predicts spectra [n, channels], spec2im images [n, height, width, 1], in
 * the scaling of the pairs.
 */
export async function predict(
  model: Model,
  samples: Pairs | FloatArray,
  options: PredictOptions = {},
): Promise<FloatArray> {
  const architecture = architectureOf(model);
  const input = architecture.encoderInput(model, samples);
  return inBatches(model, input, architecture.outputShape(model), options, (scope, x) =>
    architecture.decode(scope, model, architecture.encode(scope, model, x)),
  );
}

/** Largest number of values in one layer of a batch: some 15 layers of 32 MB are alive at once. */
const LAYER_VALUES = 8e6;

async function inBatches(
  model: Model,
  input: FloatArray,
  outputShape: readonly number[],
  options: PredictOptions,
  compute: (scope: Scope, x: Tensor) => Tensor,
): Promise<FloatArray> {
  const signal = options.signal ?? currentHost()?.signal();
  const architecture = architectureOf(model);
  const engine = await loadEngine();
  const { tf } = engine;
  const n = input.shape[0];
  const size = outputShape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(n * size);
  const batch = Math.max(1, Math.min(256, Math.floor(LAYER_VALUES / architecture.width(model))));
  const batcher = createBatcher(engine, [input]);
  const specs = architecture.specs(model);
  const tensors = upload(engine, specs, model);
  const scope = inferenceScope(engine, specs, tensors);
  const order = inOrder(n);
  const pause = eventLoopYielder();
  try {
    for (const range of batchRanges(n, batch, false)) {
      const output = batcher.withBatch(order, range, ([x]) => tf.tidy(() => compute(scope, x)));
      data.set(output.dataSync() as Float32Array, range[0] * size); // float32 in, float32 out
      output.dispose();
      await pause();
      if (signal?.aborted) throw stopped(range[0] + range[1], n);
    }
  } finally {
    tf.dispose(tensors);
  }
  return Object.freeze({ data, shape: Object.freeze([n, ...outputShape]) });
}

function stopped(done: number, n: number): SpecbookError {
  return new SpecbookError("CancelledError", "the prediction was stopped", {
    got: `a stop after ${done} of ${n} samples`,
    needed: "all samples for a result",
    remedy: "run the cell again; the model is unchanged",
  });
}
