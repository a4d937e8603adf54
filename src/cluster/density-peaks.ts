import { SpecbookError } from "../core/errors";
import type { Density } from "./results";

/** A maximum of a density. */
export interface DensityPeak {
  /** Where it stands; y in two dimensions only. */
  readonly x: number;
  readonly y?: number;
  /** The density there. */
  readonly height: number;
  /**
   * How deep a way to a higher maximum must go: the highest pass as a share of this maximum's own height. Near 1 for a
   * bump on another's flank, near 0 for a group of its own, and 0 for the highest of all.
   */
  readonly valley: number;
  /** Share of the whole density from which the way up leads here. */
  readonly share: number;
}

/**
 * The maxima of a density, highest first, each with the valley that parts it from a higher one. A group that stands
 * apart has a low valley and a real share; a sample of one Gaussian has bumps too, with valleys near 1 or with almost no share.
 *
 * Points are taken from the highest down; each joins the region of its highest neighbour, and where two regions touch
 * the lower one ends (the persistence of maxima: H. Edelsbrunner, D. Letscher and A. Zomorodian, Discrete Comput.
 * Geom. 28, 511 (2002), doi:10.1007/s00454-002-2885-2).
 *
 * @throws OptionError for another value than the result of `density`
 * @example
 * const groups = densityPeaks(density(await latent(model, pairs))).filter(({ valley, share }) => valley < 0.5 && share > 0.1);
 */
export function densityPeaks(density: Density): readonly DensityPeak[] {
  checkDensity(density);
  const { x, y, values } = density;
  const neighbours = neighboursOn(x.length, values.length);
  const total = values.reduce((sum, value) => sum + value, 0);
  // Where there is no density at all, between groups far apart, there is no way up and no maximum.
  const order = Array.from(values.keys())
    .filter((point) => values[point] > 0)
    .sort((a, b) => values[b] - values[a]);
  const summit = new Int32Array(values.length).fill(-1); // the maximum that the way up from a point leads to
  const joined = new Map<number, number>(); // a maximum whose region has ended, and the higher one it ended in
  const found = new Map<number, { valley: number; mass: number }>();
  const highest = (peak: number): number => {
    const next = joined.get(peak);
    return next === undefined ? peak : highest(next);
  };
  for (const point of order) {
    const above = neighbours(point).filter((i) => summit[i] >= 0);
    if (above.length === 0) found.set(point, { valley: 0, mass: 0 });
    summit[point] = above.length === 0 ? point : summit[above.reduce((a, b) => (values[b] > values[a] ? b : a))];
    entry(found, summit[point]).mass += values[point];
    const meeting = [...new Set(above.map((i) => highest(summit[i])))].sort((a, b) => values[b] - values[a]);
    for (const lower of meeting.slice(1)) {
      joined.set(lower, meeting[0]);
      entry(found, lower).valley = values[point] / values[lower];
    }
  }
  const peaks = Array.from(found, ([point, { valley, mass }]) =>
    Object.freeze({
      x: x[point % x.length],
      ...(y === undefined ? {} : { y: y[Math.floor(point / x.length)] }),
      height: values[point],
      valley,
      share: mass / total,
    }),
  );
  return Object.freeze(peaks); // found from the highest down
}

function entry<T>(all: ReadonlyMap<number, T>, key: number): T {
  return all.get(key) as T; // each maximum is entered when it is found
}

/** The points around a point of a grid of this width: two in a line, up to eight in a plane. */
function neighboursOn(width: number, count: number): (point: number) => number[] {
  const height = count / width;
  return (point) => {
    const [row, column] = [Math.floor(point / width), point % width];
    const around: number[] = [];
    for (let r = Math.max(0, row - 1); r <= Math.min(height - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(width - 1, column + 1); c++) {
        if (r !== row || c !== column) around.push(r * width + c);
      }
    }
    return around;
  };
}

function checkDensity(density: Density): void {
  if (density?.kind === "density") return;
  throw new SpecbookError("OptionError", "densityPeaks reads a density", {
    got: `a value of kind ${String((density as { kind?: unknown } | undefined)?.kind)}`,
    needed: "the result of density",
    remedy: "densityPeaks(density(await latent(model, pairs)))",
  });
}
