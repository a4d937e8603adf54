import type { FactorPenalty } from "./penalties";

/** Below this a value counts as 0: sums of its products with other small ones would leave float32's range. */
const TINY = 1e-30;

/**
 * One multiplicative update of rows of a factor for the Kullback-Leibler divergence (D. D. Lee and H. S. Seung, Advances
 * in Neural Information Processing Systems 13 (2001): f <- f * ratio / sum). Penalties enter through the same majoriser:
 * the quadratic ones bound by one square and one logarithm per value (F. Sha, L. K. Saul and D. D. Lee, Neural Computation
 * 19, 2004 (2007), doi:10.1162/neco.2007.19.8.2004), so that the penalised divergence never rises either. Zeros stay.
 *
 * @param factor all rows of the factor [rows, k], changed in place from row `first` on
 * @param ratio sum over the data values of a row of x / (model) times the other factor, [rows to update, k]
 * @param sum sum over the data values of a row of the other factor: [k], or [rows to update, k]
 */
export function multiplicativeSweep(
  factor: Float32Array,
  first: number,
  ratio: Float32Array | Float64Array,
  sum: Float32Array | Float64Array,
  k: number,
  { l1, ridge, smooth, curvature }: FactorPenalty,
): void {
  const old = curvature === undefined ? factor : factor.slice();
  for (let i = 0; i < ratio.length; i++) {
    const j = i % k;
    const row = first + (i - j) / k;
    const at = row * k + j;
    const f = old[at];
    if (f === 0) continue;
    let pull = f * ratio[i];
    let push = ridge;
    if (curvature !== undefined) {
      const { positive, negative } = curvature.parts(old, k, row, j);
      pull += f * smooth * negative;
      push += (smooth * positive) / f;
    }
    const linear = (sum.length === k ? sum[j] : sum[i]) + l1;
    // The positive root of push f^2 + linear f - pull = 0, in the form that needs no difference of like numbers.
    const root = linear + Math.sqrt(linear * linear + 4 * pull * push);
    const next = root > 0 ? (2 * pull) / root : f;
    factor[at] = next > TINY ? next : 0;
  }
}
