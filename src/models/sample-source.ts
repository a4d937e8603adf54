import type { Tensor } from "@tensorflow/tfjs-core";
import { memoryLimit } from "../core";
import type { FloatArray } from "../data";
import type { Engine } from "../engine/engine";
import { gatherRows, reshape } from "../engine/ops";

/**
 * The training data, from which a step takes its batch by int32 numbers: those of the samples, and, of arrays whose pixels
 * are rearranged, those of the pixels (sample x pixels of one sample + pixel).
 */
export interface SampleSource {
  /** Tensors that the batches are gathered from; none where batches are put together outside the engine. */
  readonly tables: readonly Tensor[];
  /** What a step is fed for these samples (and pixels, where some arrays are rearranged). The caller disposes of it. */
  feed(samples: Int32Array, pixels?: Int32Array): Tensor[];
  /** The batch, one tensor for each array, of what a step was fed. */
  gather(fed: readonly Tensor[]): Tensor[];
  /** Number of tensors that `feed` gives. */
  readonly fed: number;
  dispose(): void;
}

/** The share of the memory limit that training data may take on the engine, beside their arrays in JavaScript. */
const LARGEST_SHARE = 0.1;
/** Most that they may take there, bytes: a GPU has less memory than its machine, and wasm has 4 GB in all. */
const MOST: Readonly<Record<Engine["name"], number>> = { "native-cpu": 8e9, "native-gpu": 2e9, wasm: 2.5e8 };

/**
 * A source over arrays that share their first axis. `rearranged[i]` tells whether the pixels of array i, an image
 * [n, height, width, channels], come in an order of their own. Data that are small beside the memory stay on the engine,
 * so that a step is fed numbers only; `resident` says otherwise.
 */
export function createSampleSource(
  engine: Engine,
  arrays: readonly FloatArray[],
  rearranged: readonly boolean[],
  resident: boolean = fits(engine, arrays),
): SampleSource {
  const pixelsOf = ({ shape }: FloatArray) => shape[1] * shape[2];
  const indices = (samples: Int32Array, pixels: Int32Array | undefined, i: number) =>
    rearranged[i] && pixels !== undefined ? pixels : samples;
  const batchShape = ({ shape }: FloatArray, n: number) => [n, ...shape.slice(1)];
  const { tf } = engine;

  if (!resident) {
    return {
      tables: [],
      fed: arrays.length,
      feed: (samples, pixels) =>
        arrays.map((array, i) => {
          const items = rearranged[i] ? pixelsOf(array) : 1;
          const rows = copyRows(array, array.data.length / array.shape[0] / items, indices(samples, pixels, i));
          return tf.tensor(rows, batchShape(array, samples.length));
        }),
      gather: (fed) => [...fed],
      dispose: () => {},
    };
  }

  const byPixel = rearranged.includes(true);
  const tables = arrays.map((array, i) => {
    const { data, shape } = array;
    return tf.tensor(data, rearranged[i] ? [shape[0] * pixelsOf(array), shape[3]] : [...shape]);
  });
  return {
    tables,
    fed: byPixel ? 2 : 1,
    feed: (samples, pixels) => [
      tf.tensor1d(samples),
      ...(byPixel && pixels !== undefined ? [tf.tensor1d(pixels)] : []),
    ],
    gather: ([samples, pixels]) =>
      arrays.map((array, i) => {
        const rows = gatherRows(engine, tables[i], rearranged[i] ? pixels : samples);
        return rearranged[i] ? reshape(engine, rows, batchShape(array, samples.size)) : rows;
      }),
    dispose: () => tf.dispose([...tables]),
  };
}

function fits(engine: Engine, arrays: readonly FloatArray[]): boolean {
  const bytes = 4 * arrays.reduce((sum, { data }) => sum + data.length, 0);
  return bytes <= Math.min(LARGEST_SHARE * memoryLimit(), MOST[engine.name]);
}

function copyRows({ data }: FloatArray, size: number, rows: Int32Array): Float32Array {
  const copy = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) copy.set(data.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
  return copy;
}
