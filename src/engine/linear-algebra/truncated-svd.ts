import type { Pace } from "../../core/pace";
import { createRandom } from "../../core/random";
import { orthonormalise, transpose } from "./orthonormalise";
import type { RowBlocks } from "./row-blocks";
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
  readonly pace?: Pace;
}

/**
 * The leading singular triplets of a tall matrix by a randomised range finder with power iterations (Halko, Martinsson
 * & Tropp, SIAM Review 53, 217 (2011), doi:10.1137/090771806) and a Rayleigh-Ritz step in float64. Exact to rounding
 * where the spectrum falls; approximate in a flat tail of noise.
 */
export async function truncatedSvd(
  x: RowBlocks,
  count: number,
  options: TruncatedSvdOptions = {},
): Promise<TruncatedSvd> {
  const { seed = 0, oversampling = 10, powerIterations = 7, pace } = options;
  const width = Math.min(count + oversampling, x.rows, x.columns);
  const random = createRandom(seed).fork("truncated-svd");
  let basis: Float64Array = Float64Array.from({ length: x.columns * width }, () => random.normal());
  orthonormalise(basis, x.columns, width);
  for (let i = 0; i < powerIterations; i++) {
    basis = x.transposedTimes(x.times(Float32Array.from(basis), width), width);
    orthonormalise(basis, x.columns, width);
    await pace?.step();
  }
  return rayleighRitz(x, transpose(basis, x.columns, width), count);
}

/**
 * Turns an orthonormal basis [width, columns], one vector per row, into the best approximation of singular triplets
 * that lies in its span, in float64.
 */
export function rayleighRitz(x: RowBlocks, basis: Float64Array, count: number): TruncatedSvd {
  const width = basis.length / x.columns;
  const images = x.times(Float32Array.from(transpose(basis, width, x.columns)), width);
  const small = new Float64Array(width * width);
  for (let start = 0; start < images.length; start += width) {
    for (let i = 0; i < width; i++) {
      for (let j = i; j < width; j++) small[i * width + j] += images[start + i] * images[start + j];
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) small[i * width + j] = small[j * width + i];
  const { values, vectors } = plainEigen(small, width);

  const left = new Float64Array(count * x.rows);
  const right = new Float64Array(count * x.columns);
  const singular = Float64Array.from({ length: count }, (_, i) => Math.sqrt(Math.max(0, values[i])));
  for (let i = 0; i < count; i++) {
    const turn = vectors.subarray(i * width, (i + 1) * width);
    for (let j = 0; j < width; j++) {
      for (let c = 0; c < x.columns; c++) right[i * x.columns + c] += turn[j] * basis[j * x.columns + c];
      for (let r = 0; r < x.rows; r++) left[i * x.rows + r] += turn[j] * images[r * width + j];
    }
    for (let r = 0; r < x.rows; r++) left[i * x.rows + r] /= singular[i] || 1;
  }
  return { left, values: singular, right };
}
