import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { Pace } from "../../core/pace";
import type { Engine } from "../engine";
import { addTo, readFloats, transposedProduct } from "./outer-products";
import type { BlockedMatrix, RowBlock } from "./row-blocks";

/** Goes through all blocks; throws the CancelledError of the pace when a stop is asked for. */
export async function eachBlock(
  x: BlockedMatrix,
  work: (block: RowBlock, index: number) => void,
  pace?: Pace,
): Promise<void> {
  if (!(await x.each(work, pace)) && pace !== undefined) throw pace.cancelled();
}

/** Does work with tensors that are gone when it ends, well or badly. */
export async function holding<T>({ tf }: Engine, tensors: readonly Tensor2D[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    tf.dispose([...tensors]);
  }
}

/** X B for B [columns, width], row-major: [rows, width]; `shift` [columns] is taken from every row of X before. */
export async function blockedTimes(
  x: BlockedMatrix,
  b: Float32Array,
  width: number,
  { shift, pace }: { shift?: Float32Array; pace?: Pace } = {},
): Promise<Float32Array> {
  const { tf } = x.engine;
  const result = new Float32Array(x.rows * width);
  const right = tf.tensor2d(b, [x.columns, width]);
  await withoutShift(x, shift, pace, [right], (rows, { start }) => {
    result.set(readFloats(tf.matMul(rows, right)), start * width);
  });
  return result;
}

/** X^T X B for B [columns, width], row-major: [columns, width]; each block is read once, the sums are float64. */
export async function normalTimes(
  x: BlockedMatrix,
  b: Float32Array,
  width: number,
  { shift, pace }: { shift?: Float32Array; pace?: Pace } = {},
): Promise<Float64Array> {
  const { tf } = x.engine;
  const sum = new Float64Array(x.columns * width);
  const right = tf.tensor2d(b, [x.columns, width]);
  await withoutShift(x, shift, pace, [right], (rows) => {
    addTo(sum, readFloats(transposedProduct(x.engine, rows, tf.matMul(rows, right))));
  });
  return sum;
}

/** Goes through the blocks with the shift taken from their rows. */
function withoutShift(
  x: BlockedMatrix,
  shift: Float32Array | undefined,
  pace: Pace | undefined,
  held: readonly Tensor2D[],
  work: (rows: Tensor2D, block: RowBlock) => void,
): Promise<void> {
  const { tf } = x.engine;
  const offset = shift && tf.tensor2d(shift, [1, x.columns]);
  return holding(x.engine, offset === undefined ? held : [...held, offset], () =>
    eachBlock(x, (block) => work(offset === undefined ? block.tensor : tf.sub(block.tensor, offset), block), pace),
  );
}
