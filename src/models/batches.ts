import type { Tensor } from "@tensorflow/tfjs-core";
import type { FloatArray } from "../data";
import type { Engine } from "../engine/engine";

/** Where a batch lies in the order of an epoch: its first place and its number of samples. */
export type BatchRange = readonly [first: number, count: number];

/** The batches of an epoch; the last, smaller one only where it is not dropped. */
export function batchRanges(samples: number, batch: number, dropLast: boolean): BatchRange[] {
  const ranges: BatchRange[] = [];
  for (let first = 0; first < samples; first += batch) {
    const count = Math.min(batch, samples - first);
    if (count === batch || !dropLast) ranges.push([first, count]);
  }
  return ranges;
}

/** Makes batches of arrays that share their first axis. One buffer per array and batch size is used again and again. */
export interface Batcher {
  /** Runs `work` on the samples `order[first .. first + count)` of every array, as tensors that go afterwards. */
  withBatch<T>(order: Int32Array, range: BatchRange, work: (inputs: Tensor[]) => T): T;
}

/** A batcher over these arrays. */
export function createBatcher({ tf }: Engine, arrays: readonly FloatArray[]): Batcher {
  const buffers = new Map<number, Float32Array[]>();
  const sizes = arrays.map(({ data, shape }) => data.length / shape[0]);
  return {
    withBatch: (order, [first, count], work) => {
      const own = buffers.get(count) ?? sizes.map((size) => new Float32Array(size * count));
      buffers.set(count, own);
      const tensors = arrays.map(({ data, shape }, a) => {
        const size = sizes[a];
        for (let i = 0; i < count; i++) {
          const from = order[first + i] * size;
          own[a].set(data.subarray(from, from + size), i * size);
        }
        return tf.tensor(own[a], [count, ...shape.slice(1)]);
      });
      try {
        return work(tensors);
      } finally {
        tf.dispose(tensors);
      }
    },
  };
}

/** 0 .. n-1 */
export function inOrder(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i);
}
