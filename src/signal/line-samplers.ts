/** Writes the values of a line at new places. */
export type LineSampler = (line: Float64Array, into: Float64Array) => void;

/** Places in steps of the old axis: start, start + step, ... */
export interface Places {
  readonly start: number;
  readonly step: number;
  readonly size: number;
}

/** Rounding of places that are meant to be the end of the axis. */
const SLACK = 1e-6;

/** Each place with its lower neighbour and the share of the upper one; -1 outside. Within the outermost half step: the end. */
function neighbours(size: number, { start, step, size: count }: Places): { lower: Int32Array; share: Float64Array } {
  const lower = new Int32Array(count);
  const share = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const place = start + step * k;
    const inside = Math.min(size - 1, Math.max(0, place));
    lower[k] = Math.abs(place - inside) > 0.5 + SLACK ? -1 : Math.min(Math.max(0, size - 2), Math.floor(inside));
    share[k] = inside - lower[k];
  }
  return { lower, share };
}

/** Straight lines between neighbours. */
export function linearLine(size: number, places: Places, fill: number): LineSampler {
  const { lower, share } = neighbours(size, places);
  return (line, into) => {
    for (let k = 0; k < into.length; k++) {
      const i = lower[k];
      if (i < 0) into[k] = fill;
      else into[k] = share[k] === 0 ? line[i] : line[i] + share[k] * (line[i + 1] - line[i]);
    }
  };
}

/** The cubic spline through all points whose first and last two pieces are one cubic each ("not a knot"). */
export function cubicLine(size: number, places: Places, fill: number): LineSampler {
  const { lower, share } = neighbours(size, places);
  const bends = new Float64Array(size);
  const pivots = new Float64Array(size);
  return (line, into) => {
    secondDerivatives(line, bends, pivots);
    for (let k = 0; k < into.length; k++) {
      const i = lower[k];
      if (i < 0) {
        into[k] = fill;
        continue;
      }
      const [a, b] = [1 - share[k], share[k]];
      into[k] = a * line[i] + b * line[i + 1] + ((a ** 3 - a) * bends[i] + (b ** 3 - b) * bends[i + 1]) / 6;
    }
  };
}

/** Second derivatives (`bends`) of the spline through `line` at its knots, one step apart; `pivots` is working space. */
export function secondDerivatives(line: Float64Array, bends: Float64Array, pivots: Float64Array): void {
  const last = line.length - 1;
  const bend = (i: number) => line[i - 1] - 2 * line[i] + line[i + 1];
  // With equal third derivatives on both sides of the second and the last but one knot, these two equations stand alone.
  bends[1] = bend(1);
  bends[last - 1] = bend(last - 1);
  for (let i = 2; i < last - 1; i++) {
    const before = i === 2 ? 0 : 1 / pivots[i - 1];
    pivots[i] = 4 - before;
    bends[i] = 6 * bend(i) - (i === 2 ? bends[1] : before * bends[i - 1]);
  }
  for (let i = last - 2; i >= 2; i--) bends[i] = (bends[i] - bends[i + 1]) / pivots[i];
  bends[0] = 2 * bends[1] - bends[2];
  bends[last] = 2 * bends[last - 1] - bends[last - 2];
}

/** What each new interval covers of the old ones, whose values are spread evenly over their widths. */
export function areaLine(size: number, { start, step, size: count }: Places, fill: number): LineSampler {
  return (line, into) => {
    for (let k = 0; k < count; k++) {
      const [from, to] = [start + step * (k - 0.5) + 0.5, start + step * (k + 0.5) + 0.5].sort((a, b) => a - b);
      // A part of a channel would look like a dark one.
      if (from < -SLACK || to > size + SLACK) {
        into[k] = fill;
        continue;
      }
      const [low, high] = [Math.max(0, from), Math.min(size, to)];
      let sum = 0;
      for (let i = Math.floor(low); i < high; i++) sum += line[i] * (Math.min(high, i + 1) - Math.max(low, i));
      into[k] = sum;
    }
  };
}
