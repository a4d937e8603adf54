import type { FactorPenalty } from "./penalties";

/**
 * `halsSweep` with a penalty: for every row and component the exact minimum of the penalised half squared error along
 * that coordinate, cut at 0.
 *
 * @param factor all rows of the factor [rows, k], changed in place from row `first` on
 * @param descent `X B - factor G` of the half squared error at the start, [rows to sweep, k]
 * @param gram G = B^T B of the other factor, [k, k]
 * @returns the sum of the magnitudes of the projected gradient met on the way
 */
export function penalisedSweep(
  factor: Float32Array,
  first: number,
  descent: Float32Array | Float64Array,
  gram: Float64Array,
  k: number,
  { l1, ridge, smooth, curvature }: FactorPenalty,
): number {
  const left = new Float64Array(k);
  let violation = 0;
  for (let start = 0; start < descent.length; start += k) {
    const row = first + start / k;
    const bend = curvature === undefined ? 0 : smooth * curvature.diagonal(row);
    for (let j = 0; j < k; j++) left[j] = descent[start + j];
    for (let j = 0; j < k; j++) {
      const at = row * k + j;
      const old = factor[at];
      const pull = curvature === undefined ? 0 : smooth * curvature.slope(factor, k, row, j);
      const slope = left[j] - l1 - ridge * old - pull;
      if (old === 0 && slope <= 0) continue;
      const bent = gram[j * k + j] + ridge + bend;
      if (bent <= 0 && slope >= 0) continue; // nothing holds this value: the other factor is 0
      violation += Math.abs(slope);
      factor[at] = bent > 0 ? Math.max(0, old + slope / bent) : 0;
      const change = factor[at] - old; // what float32 storage kept of the move
      for (let l = j + 1; l < k; l++) left[l] -= change * gram[j * k + l];
    }
  }
  return violation;
}
