import { secondDerivatives } from "./line-samplers";

/** A cubic spline through values one step apart. */
export interface CubicSpline {
  readonly values: Float64Array;
  /** Second derivatives at the values, per step squared. */
  readonly curvatures: Float64Array;
}

/** The cubic spline through these values. */
export function cubicSpline(values: Float64Array): CubicSpline {
  const curvatures = new Float64Array(values.length);
  secondDerivatives(values, curvatures, new Float64Array(values.length));
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
