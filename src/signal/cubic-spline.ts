/** A natural cubic spline through values one step apart. */
export interface CubicSpline {
  readonly values: Float64Array;
  /** Second derivatives at the values, per step squared. */
  readonly curvatures: Float64Array;
}

/** The natural cubic spline (no curvature at its ends) through these values. */
export function cubicSpline(values: Float64Array): CubicSpline {
  const n = values.length;
  const curvatures = new Float64Array(n);
  const upper = new Float64Array(n);
  // The tridiagonal system 1 4 1 of the interior curvatures, by elimination from the left.
  for (let i = 1; i < n - 1; i++) {
    const right = 6 * (values[i - 1] - 2 * values[i] + values[i + 1]);
    const pivot = 4 - upper[i - 1];
    upper[i] = 1 / pivot;
    curvatures[i] = (right - curvatures[i - 1]) / pivot;
  }
  for (let i = n - 3; i > 0; i--) curvatures[i] -= upper[i] * curvatures[i + 1];
  return { values, curvatures };
}

/** First derivative of the spline at a place between 0 and its length - 1; 0 outside. */
export function splineSlope({ values, curvatures }: CubicSpline, x: number): number {
  const i = Math.floor(x);
  if (!(i >= 0 && i < values.length - 1)) return 0;
  const t = x - i;
  const s = 1 - t;
  return values[i + 1] - values[i] + ((3 * t * t - 1) * curvatures[i + 1] - (3 * s * s - 1) * curvatures[i]) / 6;
}

/** Second derivative of the spline at a place between 0 and its length - 1; 0 outside. */
export function splineCurvature({ values, curvatures }: CubicSpline, x: number): number {
  const i = Math.floor(x);
  if (!(i >= 0 && i < values.length - 1)) return 0;
  return (1 - (x - i)) * curvatures[i] + (x - i) * curvatures[i + 1];
}
