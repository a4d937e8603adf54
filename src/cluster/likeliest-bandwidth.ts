import type { Kernel } from "./density-plane";

/** Values that decide; of more, evenly chosen ones. */
const MOST = 1000;
/** Factors between which the width is sought. */
const RANGE = [0.005, 3] as const;

/**
 * The factor of a kernel's width under which the values are likeliest, each seen from all others. A factor found from
 * fewer values is brought to all of them by the rate of Scott's rule.
 */
export function likeliestFactor(columns: readonly Float64Array[], { xx, xy, yy }: Kernel): number {
  const all = columns[0].length;
  const count = Math.min(MOST, all);
  const places = Int32Array.from({ length: count }, (_, i) => Math.floor((i * all) / count));
  const chosen = columns.map((values) => Float64Array.from(places, (at) => values[at]));
  const d = columns.length;
  const squares = new Float64Array((count * (count - 1)) / 2);
  const determinant = d === 1 ? xx : xx * yy - xy * xy;
  let at = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const x = chosen[0][i] - chosen[0][j];
      const y = d === 1 ? 0 : chosen[1][i] - chosen[1][j];
      squares[at++] = d === 1 ? (x * x) / xx : (yy * x * x - 2 * xy * x * y + xx * y * y) / determinant;
    }
  }
  const found = Math.exp(
    highest((log) => leftOut(squares, count, d, Math.exp(log)), Math.log(RANGE[0]), Math.log(RANGE[1])),
  );
  return found * (all / count) ** (-1 / (d + 4));
}

/** Sum of the logarithms of the density at each value from all others, less what does not depend on the factor. */
function leftOut(squares: Float64Array, count: number, d: number, factor: number): number {
  const sums = new Float64Array(count);
  const rate = -0.5 / factor ** 2;
  let at = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const value = Math.exp(rate * squares[at++]);
      sums[i] += value;
      sums[j] += value;
    }
  }
  // A value that no other reaches has a density of 0; the smallest number keeps the search on the side of wider kernels.
  let total = -count * d * Math.log(factor);
  for (const sum of sums) total += Math.log(Math.max(sum, Number.MIN_VALUE));
  return total;
}

/** Where a function of one number is highest: the best of a coarse grid, narrowed by golden sections. */
function highest(f: (x: number) => number, low: number, high: number): number {
  const steps = 24;
  const grid = Array.from({ length: steps + 1 }, (_, i) => low + ((high - low) * i) / steps);
  const values = grid.map(f);
  const best = values.indexOf(Math.max(...values));
  let [a, b] = [grid[Math.max(0, best - 1)], grid[Math.min(steps, best + 1)]];
  const golden = (Math.sqrt(5) - 1) / 2;
  let [c, d] = [b - golden * (b - a), a + golden * (b - a)];
  let [atC, atD] = [f(c), f(d)];
  while (b - a > 1e-4) {
    if (atC > atD) {
      [b, d, atD] = [d, c, atC];
      c = b - golden * (b - a);
      atC = f(c);
    } else {
      [a, c, atC] = [c, d, atD];
      d = a + golden * (b - a);
      atD = f(d);
    }
  }
  return (a + b) / 2;
}
