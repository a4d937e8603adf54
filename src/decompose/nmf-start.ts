import { createRandom } from "../core/random";
import {
  type BlockedMatrix,
  type TruncatedSvd,
  type TruncatedSvdOptions,
  truncatedSvd,
} from "../engine/linear-algebra";
import type { Factors } from "./hals";

/** Absolute values of normal numbers on the scale at which their product has the data's mean. */
export function randomStart(pixels: number, channels: number, k: number, mean: number, seed: number): Factors {
  const random = createRandom(seed).fork("nmf");
  const scale = Math.sqrt(mean / k);
  const draw = (length: number) => Float32Array.from({ length }, () => Math.abs(random.normal()) * scale);
  return { w: draw(pixels * k), h: draw(channels * k), k };
}

/**
 * Non-negative double singular value decomposition: of each singular pair (made of both signs) the non-negative or the
 * non-positive parts, whichever product is larger (Boutsidis & Gallopoulos, Pattern Recognition 41, 1350 (2008),
 * doi:10.1016/j.patcog.2007.09.010).
 *
 * @param fill what stands for the zeros: 0 (NNDSVD), or in NNDSVDa a value of the factors' usual size
 */
export async function nndsvdStart(
  x: BlockedMatrix,
  k: number,
  fill: number,
  options: TruncatedSvdOptions,
): Promise<Factors> {
  return nndsvdFactors(await truncatedSvd(x, k, options), k, fill);
}

/** The same from a decomposition with at least k singular triplets. */
export function nndsvdFactors({ left, values, right }: TruncatedSvd, k: number, fill: number): Factors {
  const [rows, columns] = [left.length / values.length, right.length / values.length];
  const w = new Float32Array(rows * k).fill(fill);
  const h = new Float32Array(columns * k).fill(fill);
  for (let j = 0; j < k; j++) {
    const u = left.subarray(j * rows, (j + 1) * rows);
    const v = right.subarray(j * columns, (j + 1) * columns);
    const positive = partNorm(u, 1) * partNorm(v, 1);
    const negative = partNorm(u, -1) * partNorm(v, -1);
    const sign = positive >= negative ? 1 : -1;
    const weight = Math.sqrt(values[j] * Math.max(positive, negative));
    writePart(w, k, j, u, sign, weight);
    writePart(h, k, j, v, sign, weight);
  }
  return { w, h, k };
}

/** Values below this share of the largest of their column are taken for zeros. */
const ZERO = 1e-6;

/** Length of the part of a vector that has the given sign. */
function partNorm(vector: Float64Array, sign: number): number {
  let sum = 0;
  for (const value of vector) if (sign * value > 0) sum += value * value;
  return Math.sqrt(sum);
}

function writePart(
  factor: Float32Array,
  k: number,
  j: number,
  vector: Float64Array,
  sign: number,
  weight: number,
): void {
  const norm = partNorm(vector, sign);
  const limit = ZERO * vector.reduce((largest, value) => Math.max(largest, sign * value), 0);
  for (let i = 0; i < vector.length; i++) {
    if (sign * vector[i] > limit) factor[i * k + j] = (weight * sign * vector[i]) / norm;
  }
}
