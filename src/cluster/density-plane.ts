/** Covariance of a Gaussian kernel of two variables. */
export interface Kernel {
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

/** Kernels are followed until they fall below exp(-45), 3e-20 of their peak: beyond float64 beside it. */
const REACH = 45;

/** The mean of a Gaussian at each sample, on a regular grid [y, x]; its integral over the plane is 1. */
export function densityOfPlane(
  sampleX: Float64Array,
  sampleY: Float64Array,
  x: Float64Array,
  y: Float64Array,
  { xx, xy, yy }: Kernel,
): Float64Array {
  const determinant = xx * yy - xy * xy;
  const step = (x[x.length - 1] - x[0]) / (x.length - 1);
  const row: Row = { first: x[0], step, points: x.length, curvature: yy / determinant };
  const sum = new Float64Array(x.length * y.length);
  for (let r = 0; r < y.length; r++) {
    const values = sum.subarray(r * x.length, (r + 1) * x.length);
    for (let i = 0; i < sampleX.length; i++) {
      const dy = y[r] - sampleY[i];
      // Along a row the Gaussian is one of x alone: its peak lies on the line of regression of x on y.
      const height = (0.5 * dy * dy) / yy;
      if (height < REACH) addRow(values, row, sampleX[i] + (xy / yy) * dy, height);
    }
  }
  const scale = 1 / (sampleX.length * 2 * Math.PI * Math.sqrt(determinant));
  return sum.map((value) => value * scale);
}

interface Row {
  readonly first: number;
  readonly step: number;
  readonly points: number;
  /** Second derivative of the negative logarithm along x. */
  readonly curvature: number;
}

/**
 * Adds exp(-height - curvature (x - peak)^2 / 2) to a row. From the point next to the peak outwards each value follows
 * from the last by two products: the ratio of neighbours of a Gaussian is itself geometric.
 */
function addRow(values: Float64Array, { first, step, points, curvature }: Row, peak: number, height: number): void {
  const start = Math.max(0, Math.min(points - 1, Math.round((peak - first) / step)));
  const offset = first + start * step - peak;
  const top = Math.exp(-height - 0.5 * curvature * offset * offset);
  const smallest = Math.exp(-REACH);
  if (top < smallest) return;
  const bend = Math.exp(-curvature * step * step);
  values[start] += top;
  for (const direction of [1, -1]) {
    let ratio = Math.exp(-curvature * step * (direction * offset + 0.5 * step));
    let value = top;
    for (let at = start + direction; at >= 0 && at < points; at += direction) {
      value *= ratio;
      ratio *= bend;
      if (value < smallest) break;
      values[at] += value;
    }
  }
}
