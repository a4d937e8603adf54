import { cubicSpline, splineCurvature, splineSlope } from "./cubic-spline";
import { cubicWeights } from "./shift-values";

/** Steps of Newton's rule from the highest channel to the largest correlation. */
const STEPS = 40;

/** A smooth shape with which the peaks of spectra are correlated. */
export interface PeakReference {
  /** Place of the peak in a spectrum, in channels, from a first guess; NaN where there is no largest correlation. */
  locate(values: ArrayLike<number>, near: number): number;
}

/**
 * The reference of a peak's shape: `values` [2 span + 1], the peak in the middle. Its lowest value is taken away and it
 * fades to zero over the outer quarter, so that neither a background nor the edges of the window pull. The correlation is
 * continuous in the shift (a cubic spline through the reference) and its largest value is found by Newton's rule: no grid.
 */
export function peakReference(values: Float64Array): PeakReference {
  const span = (values.length - 1) / 2;
  const base = values.reduce((a, b) => Math.min(a, b));
  const spline = cubicSpline(values.map((value, i) => (value - base) * fade(Math.abs(i - span) / span)));
  return {
    locate: (spectrum, near) => {
      let at = near;
      for (let step = 0; step < STEPS; step++) {
        let slope = 0;
        let curvature = 0;
        for (let i = Math.ceil(at - span); i <= at + span; i++) {
          const place = i - at + span;
          slope -= spectrum[i] * splineSlope(spline, place);
          curvature += spectrum[i] * splineCurvature(spline, place);
        }
        // Uphill where Newton's parabola opens upwards, never further than a channel at once.
        const wanted = curvature < 0 ? -slope / curvature : 0.5 * Math.sign(slope);
        const move = Math.max(-1, Math.min(1, wanted));
        at += move;
        if (!(Math.abs(at - near) <= span)) return Number.NaN;
        if (Math.abs(move) < 1e-6) return at;
      }
      return Number.NaN;
    },
  };
}

function fade(share: number): number {
  if (share <= 0.75) return 1;
  return Math.cos(Math.PI * 2 * (share - 0.75)) ** 2;
}

/** Adds the values of a spectrum at `place` - span .. `place` + span (cubic between the channels) to `sum`, if it has all. */
export function addAround(sum: Float64Array, values: ArrayLike<number>, place: number): boolean {
  const span = (sum.length - 1) / 2;
  const step = Math.floor(place);
  const [a, b, c, d] = cubicWeights(place - step);
  const read = (i: number) => a * values[i - 1] + b * values[i] + c * values[i + 1] + d * values[i + 2];
  for (let u = -span; u <= span; u++) if (!Number.isFinite(read(step + u))) return false;
  for (let u = -span; u <= span; u++) sum[u + span] += read(step + u);
  return true;
}
