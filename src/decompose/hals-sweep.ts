/**
 * One sweep of hierarchical alternating least squares over the rows of a non-negative factor: for every row, component
 * after component, the exact minimum along that coordinate, cut at 0 (Cichocki & Phan, IEICE Trans. Fundamentals E92-A,
 * 708 (2009), doi:10.1587/transfun.E92.A.708; the same update as the coordinate descent of Hsieh & Dhillon, KDD 2011,
 * doi:10.1145/2020408.2020577).
 *
 * @param factor [rows, k], changed in place
 * @param descent the negative gradient `X B - factor G` of the half squared error at the start, [rows, k]
 * @param gram G = B^T B of the other factor, [k, k]
 * @returns the sum of the magnitudes of the projected gradient met on the way, which is 0 at a stationary point
 */
export function halsSweep(
  factor: Float32Array,
  descent: Float32Array | Float64Array,
  gram: Float64Array,
  k: number,
): number {
  const left = new Float64Array(k);
  const inverse = Float64Array.from({ length: k }, (_, j) => (gram[j * k + j] > 0 ? 1 / gram[j * k + j] : 0));
  let violation = 0;
  for (let start = 0; start < factor.length; start += k) {
    for (let j = 0; j < k; j++) left[j] = descent[start + j];
    for (let j = 0; j < k; j++) {
      const slope = left[j];
      const old = factor[start + j];
      if (old === 0 && slope <= 0) continue;
      violation += Math.abs(slope);
      factor[start + j] = Math.max(0, old + slope * inverse[j]);
      const change = factor[start + j] - old; // what float32 storage kept of the move
      const row = j * k;
      for (let l = j + 1; l < k; l++) left[l] -= change * gram[row + l];
    }
  }
  return violation;
}
