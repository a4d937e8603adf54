import type { Grid } from "./picture";

const CELLS = 60;
/** Standard deviation of the smoothing, in cells. */
const WIDTH = 1.5;

/** Points per cell of a 60 x 60 grid over a rectangle, smoothed by a Gaussian of 1.5 cells; row 0 is the smallest y. */
export function density(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  xRange: readonly [number, number],
  yRange: readonly [number, number],
): Grid {
  const counts = new Float64Array(CELLS * CELLS);
  const cell = (v: number, [low, high]: readonly [number, number]) =>
    Math.max(0, Math.min(CELLS - 1, Math.floor((CELLS * (v - low)) / (high - low))));
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i]) && Number.isFinite(y[i])) counts[cell(y[i], yRange) * CELLS + cell(x[i], xRange)]++;
  }
  return { data: smoothed(smoothed(counts, 1, CELLS), CELLS, 1), rows: CELLS, columns: CELLS };
}

/** One pass along one direction; what would leave the grid stays at its edge, so that the sum is kept. */
function smoothed(values: Float64Array, step: number, stride: number): Float64Array {
  const reach = Math.ceil(3 * WIDTH);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / WIDTH) ** 2));
  const sum = kernel.reduce((a, b) => a + b, 0);
  const out = new Float64Array(values.length);
  for (let line = 0; line < CELLS; line++) {
    for (let i = 0; i < CELLS; i++) {
      const v = values[line * stride + i * step];
      if (v === 0) continue;
      kernel.forEach((weight, k) => {
        const at = Math.max(0, Math.min(CELLS - 1, i + k - reach));
        out[line * stride + at * step] += (v * weight) / sum;
      });
    }
  }
  return out;
}
