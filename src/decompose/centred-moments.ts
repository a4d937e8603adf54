import type { Pace } from "../core/pace";
import { addOuterProducts, addTo, type BlockedMatrix, eachBlock, mirror, readFloats } from "../engine/linear-algebra";

/** Sums over the rows of a matrix less a shift, from one pass through it. */
export interface CentredMoments {
  /** What was taken from every row before it was squared: near the mean, so that no digits are lost. [columns] */
  readonly shift: Float32Array;
  /** Mean of the rows. [columns] */
  readonly mean: Float64Array;
  /** What the shift leaves of the mean: mean - shift. [columns] */
  readonly left: Float64Array;
  /** Sum of squares about the mean. */
  readonly squares: number;
  /** Sum of outer products about the mean [columns, columns], where it was asked for. */
  readonly products?: Float64Array;
}

/**
 * Mean, squares and (on request) outer products. The shift is what the blocks lack already, or else the mean of the first
 * block: sums of squares about a value near the mean keep their digits where those of the data lose them (T. F. Chan,
 * G. H. Golub and R. J. LeVeque, The American Statistician 37, 242 (1983), doi:10.1080/00031305.1983.10483115).
 */
export async function centredMoments(
  x: BlockedMatrix,
  { products, pace }: { products: boolean; pace?: Pace },
): Promise<CentredMoments> {
  const { rows, columns, engine, less } = x;
  const { tf } = engine;
  const sums = new Float64Array(columns);
  const gram = products ? new Float64Array(columns * columns) : undefined;
  let shift = less ?? new Float32Array(columns);
  let squares = 0;
  await eachBlock(
    x,
    ({ tensor }, index) => {
      // A product with ones takes a quarter of the time of a sum along the first axis.
      const ones = tf.ones([1, tensor.shape[0]]);
      const sumOf = (values: typeof tensor) => readFloats(tf.matMul(ones, values));
      if (index === 0 && less === undefined) shift = sumOf(tensor).map((sum) => sum / tensor.shape[0]);
      const centred = less === undefined ? tf.sub<typeof tensor>(tensor, tf.tensor2d(shift, [1, columns])) : tensor;
      addTo(sums, sumOf(centred));
      if (gram !== undefined) addOuterProducts(engine, gram, centred);
      else for (const value of readFloats(tf.sum(tf.square(centred), 1))) squares += value;
    },
    pace,
  );
  const left = sums.map((sum) => sum / rows);
  for (let i = 0; i < columns; i++) {
    if (gram === undefined) {
      squares -= rows * left[i] * left[i];
      continue;
    }
    for (let j = i; j < columns; j++) gram[i * columns + j] -= rows * left[i] * left[j];
    squares += gram[i * columns + i];
  }
  if (gram !== undefined) mirror(gram, columns);
  const mean = left.map((value, i) => shift[i] + value);
  return { shift, mean, left, squares: Math.max(0, squares), ...(gram === undefined ? {} : { products: gram }) };
}
