import type { Pace } from "../../core/pace";
import { createRandom } from "../../core/random";
import type { Engine } from "../engine";
import { blockedTimes, normalTimes } from "./block-products";
import { orthonormalise, transpose } from "./orthonormalise";
import { mirror, readFloats } from "./outer-products";
import type { BlockedMatrix } from "./row-blocks";
import { plainEigen } from "./symmetric-eigen";

/** X ~ U diag(values) V^T, largest values first. */
export interface TruncatedSvd {
  /** Left vectors, one per row: [count, rows]. */
  readonly left: Float64Array;
  /** Singular values, falling. */
  readonly values: Float64Array;
  /** Right vectors, one per row: [count, columns]. */
  readonly right: Float64Array;
}

/** Options of `truncatedSvd`. */
export interface TruncatedSvdOptions {
  /** Seed of the random start. Default 0. */
  readonly seed?: number;
  /** Vectors carried beside those asked for. Default 10. */
  readonly oversampling?: number;
  /** Power iterations; more sharpen values that lie close together. Default 7. */
  readonly powerIterations?: number;
  /** Taken from every row before: [columns]. Default: nothing. */
  readonly shift?: Float32Array;
  readonly pace?: Pace;
}

/**
 * The leading singular triplets of a tall matrix by a randomised range finder with power iterations (Halko, Martinsson
 * & Tropp, SIAM Review 53, 217 (2011), doi:10.1137/090771806) and a Rayleigh-Ritz step in float64. Exact to rounding
 * where the spectrum falls; approximate in a flat tail of noise.
 */
export async function truncatedSvd(
  x: BlockedMatrix,
  count: number,
  options: TruncatedSvdOptions = {},
): Promise<TruncatedSvd> {
  const { seed = 0, oversampling = 10, powerIterations = 7, shift, pace } = options;
  const width = Math.min(count + oversampling, x.rows, x.columns);
  const random = createRandom(seed).fork("truncated-svd");
  let basis: Float64Array = Float64Array.from({ length: x.columns * width }, () => random.normal());
  orthonormalise(basis, x.columns, width);
  for (let i = 0; i < powerIterations; i++) {
    basis = await normalTimes(x, Float32Array.from(basis), width, { shift, pace });
    orthonormalise(basis, x.columns, width);
    await pace?.step();
  }
  return rayleighRitz(x, transpose(basis, x.columns, width), count, { shift, pace });
}

/**
 * Turns an orthonormal basis [width, columns], one vector per row, into the best approximation of singular triplets
 * that lies in its span, in float64. `left` is taken from every row of X beside the shift, in float64.
 */
export async function rayleighRitz(
  x: BlockedMatrix,
  basis: Float64Array,
  count: number,
  options: Pick<TruncatedSvdOptions, "shift" | "pace"> & { readonly left?: Float64Array } = {},
): Promise<TruncatedSvd> {
  const width = basis.length / x.columns;
  const images = await blockedTimes(x, Float32Array.from(transpose(basis, width, x.columns)), width, options);
  if (options.left !== undefined) takeFromRows(images, imagesOf(basis, options.left));
  const { values, vectors } = plainEigen(outerProducts(images, width), width);
  const singular = Float64Array.from({ length: count }, (_, i) => Math.sqrt(Math.max(0, values[i])));
  const right = new Float64Array(count * x.columns);
  const turns = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < width; j++) {
      const turn = vectors[i * width + j];
      turns[i * width + j] = turn / (singular[i] || 1);
      for (let c = 0; c < x.columns; c++) right[i * x.columns + c] += turn * basis[j * x.columns + c];
    }
  }
  return { left: turned(x.engine, images, turns, count), values: singular, right };
}

/** Sums of the outer products of the rows of a matrix [rows, width] with themselves, in float64. */
function outerProducts(matrix: Float32Array, width: number): Float64Array {
  const sum = new Float64Array(width * width);
  const whole = matrix.length - (matrix.length % (4 * width));
  // Four rows at once: a sum is read and written once for four products.
  for (let a = 0; a < whole; a += 4 * width) {
    const [b, c, d] = [a + width, a + 2 * width, a + 3 * width];
    for (let i = 0; i < width; i++) {
      const [ai, bi, ci, di] = [matrix[a + i], matrix[b + i], matrix[c + i], matrix[d + i]];
      const row = i * width;
      for (let j = i; j < width; j++) {
        sum[row + j] += ai * matrix[a + j] + bi * matrix[b + j] + (ci * matrix[c + j] + di * matrix[d + j]);
      }
    }
  }
  for (let a = whole; a < matrix.length; a += width) {
    for (let i = 0; i < width; i++) for (let j = i; j < width; j++) sum[i * width + j] += matrix[a + i] * matrix[a + j];
  }
  mirror(sum, width);
  return sum;
}

/** Rows that are turned at once. */
const SLAB = 2 ** 16;

/** turns [count, width] times the transpose of a matrix [rows, width]: [count, rows]. */
function turned({ tf }: Engine, matrix: Float32Array, turns: Float32Array, count: number): Float64Array {
  const width = turns.length / count;
  const rows = matrix.length / width;
  const result = new Float64Array(count * rows);
  for (let start = 0; start < rows; start += SLAB) {
    tf.tidy(() => {
      const part = tf.tensor2d(matrix.subarray(start * width, (start + SLAB) * width), [
        Math.min(SLAB, rows - start),
        width,
      ]);
      const values = readFloats(tf.matMul(tf.tensor2d(turns, [count, width]), part, false, true));
      const height = values.length / count;
      for (let i = 0; i < count; i++) result.set(values.subarray(i * height, (i + 1) * height), i * rows + start);
    });
  }
  return result;
}

/** Products of the vectors of a basis, one per row, with one more. */
function imagesOf(basis: Float64Array, vector: Float64Array): Float64Array {
  const result = new Float64Array(basis.length / vector.length);
  for (let i = 0; i < basis.length; i++) result[Math.floor(i / vector.length)] += basis[i] * vector[i % vector.length];
  return result;
}

function takeFromRows(matrix: Float32Array, row: Float64Array): void {
  for (let start = 0; start < matrix.length; start += row.length) {
    for (let j = 0; j < row.length; j++) matrix[start + j] -= row[j];
  }
}
