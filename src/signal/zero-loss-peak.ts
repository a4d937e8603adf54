/** Channel of the largest value from `first` to before `end`; -1 where that is no peak: at either end, not above zero. */
export function topChannel(values: ArrayLike<number>, first: number, end: number): number {
  let top = -1;
  let height = 0;
  for (let i = first; i < end; i++) {
    if (values[i] > height) {
      height = values[i];
      top = i;
    }
  }
  return top > first && top < end - 1 ? top : -1;
}

/**
 * Full width at half maximum of the peak whose highest channel is `top`, in channels, by straight lines between the
 * channels; NaN where the spectrum ends or has no value before it has fallen to a half.
 */
export function widthAtHalf(values: ArrayLike<number>, top: number): number {
  const half = values[top] / 2;
  const side = (step: number) => {
    let i = top;
    while (values[i] > half) i += step;
    // Beyond the end, or NaN: the comparison failed without a value at or below the half.
    if (!(values[i] <= half)) return Number.NaN;
    return Math.abs(i - top) - (half - values[i]) / (values[i - step] - values[i]);
  };
  return side(1) + side(-1);
}

/**
 * Place of the maximum between the channels: the vertex of the parabola through the logarithms within `reach` channels of
 * `near`, weighted by the counts (the Gaussian of R. A. Caruana et al., Anal. Chem. 58, 1162 (1986), with the weights that
 * counting noise asks for). NaN where these channels show no maximum.
 */
export function gaussianTop(values: ArrayLike<number>, near: number, reach: number): number {
  const middle = Math.round(near);
  const span = Math.max(1, Math.round(reach));
  const moments = new Float64Array(5);
  const sums = new Float64Array(3);
  for (let u = -span; u <= span; u++) {
    const value = values[middle + u];
    if (!(value > 0) || value === Number.POSITIVE_INFINITY) continue;
    const log = Math.log(value);
    for (let k = 0, power = value; k < 5; k++, power *= u) {
      moments[k] += power;
      if (k < 3) sums[k] += power * log;
    }
  }
  const [m0, m1, m2, m3, m4] = moments;
  // Cramer's rule for a + b u + c u^2; the common determinant cancels in the vertex -b / 2c, but not in its sign.
  const determinant = m0 * (m2 * m4 - m3 * m3) - m1 * (m1 * m4 - m2 * m3) + m2 * (m1 * m3 - m2 * m2);
  const [y0, y1, y2] = sums;
  const b = m0 * (y1 * m4 - y2 * m3) - y0 * (m1 * m4 - m2 * m3) + m2 * (m1 * y2 - m2 * y1);
  const c = m0 * (m2 * y2 - m3 * y1) - m1 * (m1 * y2 - m2 * y1) + y0 * (m1 * m3 - m2 * m2);
  if (!(c / determinant < 0)) return Number.NaN;
  const vertex = -b / (2 * c);
  return Math.abs(vertex) <= span ? middle + vertex : Number.NaN;
}

/** Steps in which a centroid's window follows it. */
const CENTROID_STEPS = 40;

/**
 * Centre of mass of the values within `reach` channels of itself: the window follows it until it stays (parts of channels
 * at its ends count in part). NaN where it does not come to rest within `reach` of `near`, or meets a missing value.
 */
export function centroid(values: ArrayLike<number>, near: number, reach: number): number {
  let at = near;
  for (let step = 0; step < CENTROID_STEPS; step++) {
    let mass = 0;
    let moment = 0;
    for (let i = Math.ceil(at - reach - 0.5); i <= at + reach + 0.5; i++) {
      const share = Math.min(1, reach + 0.5 - Math.abs(i - at));
      mass += share * values[i];
      moment += share * values[i] * (i - at);
    }
    const move = moment / mass;
    if (!(mass > 0) || !(Math.abs(at + move - near) <= reach)) return Number.NaN;
    at += move;
    if (Math.abs(move) < 1e-6) return at;
  }
  return Number.NaN;
}
