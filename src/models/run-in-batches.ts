import type { Tensor } from "@tensorflow/tfjs-core";
import { currentHost, SpecbookError } from "../core";
import type { FloatArray } from "../data";
import { loadEngine } from "../engine/load";
import { batchRanges, createBatcher, inOrder } from "./batches";
import { architectureOf } from "./kinds";
import type { Scope } from "./layers";
import type { Model } from "./model";
import { inferenceScope, upload } from "./scope";
import { eventLoopYielder } from "./yield-to-event-loop";

/** Largest number of values in one layer of a batch: some 15 layers of 32 MB are alive at once. */
const LAYER_VALUES = 8e6;

/**
 * Runs `compute` on a model's input, batch by batch in eval mode, and joins what it gives: named tensors whose first
 * axis is the sample. Yields between batches and can be stopped.
 */
export async function runInBatches<Name extends string>(
  model: Model,
  input: FloatArray,
  options: { readonly signal?: AbortSignal },
  compute: (scope: Scope, x: Tensor) => Readonly<Record<Name, Tensor>>,
): Promise<Record<Name, FloatArray>> {
  const signal = options.signal ?? currentHost()?.signal();
  const architecture = architectureOf(model);
  const engine = await loadEngine();
  const { tf } = engine;
  const n = input.shape[0];
  const found = new Map<Name, FloatArray>();
  const batch = Math.max(1, Math.min(256, Math.floor(LAYER_VALUES / architecture.width(model))));
  const batcher = createBatcher(engine, [input]);
  const specs = architecture.specs(model);
  const tensors = upload(engine, specs, model);
  const scope = inferenceScope(engine, specs, tensors);
  const order = inOrder(n);
  const pause = eventLoopYielder();
  try {
    for (const range of batchRanges(n, batch, false)) {
      const outputs = batcher.withBatch(order, range, ([x]) => tf.tidy(() => compute(scope, x)));
      for (const [name, output] of Object.entries(outputs) as [Name, Tensor][]) {
        const [, ...shape] = output.shape;
        const size = output.size / range[1];
        const { data } = found.get(name) ?? { data: new Float32Array(n * size) };
        found.set(name, Object.freeze({ data, shape: Object.freeze([n, ...shape]) }));
        data.set(output.dataSync() as Float32Array, range[0] * size); // float32 in, float32 out
        output.dispose();
      }
      await pause();
      if (signal?.aborted) throw stopped(range[0] + range[1], n);
    }
  } finally {
    tf.dispose(tensors);
  }
  return Object.fromEntries(found) as Record<Name, FloatArray>;
}

function stopped(done: number, n: number): SpecbookError {
  return new SpecbookError("CancelledError", "the prediction was stopped", {
    got: `a stop after ${done} of ${n} samples`,
    needed: "all samples for a result",
    remedy: "run the cell again; the model is unchanged",
  });
}
