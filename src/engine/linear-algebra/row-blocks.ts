import type { Tensor2D } from "@tensorflow/tfjs-core";
import { checkMemory } from "../../core/memory";
import type { Pace } from "../../core/pace";
import type { Engine } from "../engine";
import { addOuterProducts, addTo, mirror, readFloats, transposedProduct } from "./outer-products";

/** Bytes of a block: small enough for a processor's cache, large enough to hide the cost of calling an operation. */
const BLOCK_BYTES = 16 * 2 ** 20;

/** Rows of a block of a matrix with this many columns. */
export function blockHeight(columns: number, blockBytes: number = BLOCK_BYTES): number {
  return Math.max(1, Math.floor(blockBytes / (4 * columns)));
}

/** One block of rows on the engine. */
export interface RowBlock {
  /** First row of the block in the matrix. */
  readonly start: number;
  readonly rows: number;
  readonly tensor: Tensor2D;
  /** Where values may be missing: 1 where one was measured, 0 where `tensor` holds 0 in its place. */
  readonly observed?: Tensor2D;
}

/** A tall matrix that is worked through in blocks of whole rows, wherever these come from. */
export interface BlockedMatrix {
  readonly engine: Engine;
  readonly rows: number;
  readonly columns: number;
  /** What the rows of the blocks lack beside those of the data. [columns] Default: nothing. */
  readonly less?: Float32Array;
  /**
   * Hands the blocks to `work` in order. A block's tensor, and those made by `work`, are gone when `work` returns. With
   * a pace the work rests between blocks, and ends early, false, when a stop is asked for.
   */
  each(work: (block: RowBlock, index: number) => void, pace?: Pace): Promise<boolean>;
}

/**
 * A tall matrix that stays on the engine as blocks of whole rows. Products go block by block, so that work which needs
 * `X B` and `X^T A` in turn can read each block once while it is in the cache.
 */
export interface RowBlocks extends BlockedMatrix {
  readonly blocks: readonly RowBlock[];
  /** X B for B [columns, width], row-major: [rows, width]. */
  times(b: Float32Array, width: number): Float32Array;
  /** X^T A for A [rows, width], row-major: [columns, width], summed over the blocks in float64. */
  transposedTimes(a: Float32Array, width: number): Float64Array;
  /** X^T X [columns, columns], summed over the blocks in float64. */
  gram(): Float64Array;
  /** Frees the engine's memory. */
  dispose(): void;
}

/** How `rowBlocks` puts a matrix on the engine. */
export interface RowBlocksOptions {
  /** Bytes of a block. Default 16 MiB. */
  readonly blockBytes?: number;
  /** Taken from every row on its way: [columns]. Default: nothing. */
  readonly less?: Float32Array;
}

/**
 * Puts a matrix [rows, columns], row-major, on the engine.
 *
 * @throws MemoryError when it is larger than this machine can hold
 */
export function rowBlocks(
  engine: Engine,
  data: Float32Array,
  rows: number,
  columns: number,
  { blockBytes = BLOCK_BYTES, less }: RowBlocksOptions = {},
): RowBlocks {
  const { tf } = engine;
  checkMemory(4 * data.length, `a matrix of ${rows} x ${columns}`, "crop the scan, or bin the energy axis");
  const height = blockHeight(columns, blockBytes);
  const blocks: RowBlock[] = [];
  for (let start = 0; start < rows; start += height) {
    const count = Math.min(height, rows - start);
    const part = data.subarray(start * columns, (start + count) * columns);
    blocks.push({ start, rows: count, tensor: uploaded(engine, part, [count, columns], less) });
  }
  const product = (a: Tensor2D, b: Tensor2D) => transposedProduct(engine, a, b);

  return {
    engine,
    rows,
    columns,
    ...(less === undefined ? {} : { less }),
    blocks,
    each: async (work, pace) => {
      for (const [index, block] of blocks.entries()) {
        if (index > 0 && pace?.stopped()) return false;
        tf.tidy(() => work(block, index));
        await pace?.rest();
      }
      return true;
    },
    times: (b, width) => {
      const result = new Float32Array(rows * width);
      tf.tidy(() => {
        const right = tf.tensor2d(b, [columns, width]);
        for (const { start, tensor } of blocks) result.set(readFloats(tf.matMul(tensor, right)), start * width);
      });
      return result;
    },
    transposedTimes: (a, width) => {
      const sum = new Float64Array(columns * width);
      for (const { start, rows: count, tensor } of blocks) {
        tf.tidy(() => {
          const left = tf.tensor2d(a.subarray(start * width, (start + count) * width), [count, width]);
          addTo(sum, readFloats(product(tensor, left)));
        });
      }
      return sum;
    },
    gram: () => {
      const sum = new Float64Array(columns * columns);
      for (const { tensor } of blocks) tf.tidy(() => addOuterProducts(engine, sum, tensor));
      mirror(sum, columns);
      return sum;
    },
    dispose: () => tf.dispose(blocks.map((block) => block.tensor)),
  };
}

/** A tensor with memory of its own: the backends keep the array that they are given, which the caller may change. */
function uploaded(
  { tf, native }: Engine,
  data: Float32Array,
  shape: [number, number],
  less: Float32Array | undefined,
): Tensor2D {
  if (less !== undefined) return tf.tidy(() => tf.sub(tf.tensor2d(data, shape), tf.tensor2d(less, [1, shape[1]])));
  if (native === undefined) return tf.tensor2d(data.slice(), shape);
  return tf.tidy(() => {
    const type = { name: "T", type: native.binding.TF_ATTR_TYPE, value: native.binding.TF_FLOAT };
    return native.executeSingleOutput("DeepCopy", [type], [tf.tensor2d(data, shape)]) as Tensor2D; // of the same rank
  });
}
