import { median } from "../signal/order-statistics";

/** What a matrix of noise alone would look like, estimated from the small variances of the data. */
export interface NoiseFloor {
  /** Variance of the noise of one value. */
  readonly variance: number;
  /** Variance along a component above which it is not noise. */
  readonly edge: number;
  /** Number of components above it. */
  readonly rank: number;
}

/** Quantile 0.99 of the Tracy-Widom law of real matrices (I. M. Johnstone, cited below). */
const TRACY_WIDOM_99 = 2.0234;

/**
 * Number of components whose variance a matrix of independent noise would exceed once in a hundred times: above the edge
 * of the Marchenko-Pastur law (V. A. Marchenko and L. A. Pastur, Math. USSR Sbornik 1, 457 (1967),
 * doi:10.1070/SM1967v001n04ABEH001994) by the width of the largest value's own law (I. M. Johnstone, Annals of Statistics
 * 29, 295 (2001), doi:10.1214/aos/1009210544). The noise is the mean of the variances below the edge, with the degrees of
 * freedom that the others took made up for (S. Kritchman and B. Nadler, Chemometrics and Intelligent Laboratory Systems 94,
 * 19 (2008), doi:10.1016/j.chemolab.2008.06.002), by repetition from the noise on whose median no signal has a hold.
 *
 * @param variances all min(n, p) variances, falling
 * @param n number of independent spectra
 * @param p number of channels
 */
export function marchenkoPasturFloor(variances: ArrayLike<number>, n: number, p: number): NoiseFloor {
  const middle = median(Float64Array.from(variances));
  const side = Math.max(n, p);
  let floor = floorOf(variances, n, p, 0, (n * middle) / (side * marchenkoPasturMedian(Math.min(n, p) / side)));
  for (let pass = 0; pass < PASSES; pass++) {
    const rank = Math.min(floor.rank, variances.length - 1);
    let tail = 0;
    for (let i = rank; i < variances.length; i++) tail += variances[i];
    const next = floorOf(variances, n, p, rank, (n * tail) / ((n - rank) * (p - rank)));
    const settled = next.rank === floor.rank;
    floor = next;
    if (settled) break;
  }
  return floor;
}

/** Repetitions after which a rank that still changes is taken as it is. */
const PASSES = 20;

/** The edge for noise of a variance beside as many components, and what lies above it. */
function floorOf(variances: ArrayLike<number>, n: number, p: number, rank: number, variance: number): NoiseFloor {
  const [rows, columns] = [n - rank, p - rank];
  const sides = Math.sqrt(rows) + Math.sqrt(columns);
  const width = sides * (1 / Math.sqrt(rows) + 1 / Math.sqrt(columns)) ** (1 / 3);
  const edge = (variance * (sides * sides + TRACY_WIDOM_99 * width)) / n;
  return { variance, edge, rank: countAbove(variances, edge) };
}

/**
 * The hard threshold on singular values that makes the squared error of the truncated matrix smallest for noise of unknown
 * size: a multiple of their median (M. Gavish and D. L. Donoho, IEEE Trans. Information Theory 60, 5040 (2014),
 * doi:10.1109/TIT.2014.2323359, equations 3, 5 and 6). Higher than the edge of the noise: components just above that
 * cost more than they bring.
 */
export function gavishDonohoFloor(variances: ArrayLike<number>, n: number, p: number): NoiseFloor {
  const beta = Math.min(n, p) / Math.max(n, p);
  const known = 2 * (beta + 1) + (8 * beta) / (beta + 1 + Math.sqrt(beta * beta + 14 * beta + 1));
  const middle = median(Float64Array.from(variances));
  const mu = marchenkoPasturMedian(beta);
  const edge = (middle * known) / mu;
  return { variance: (n * middle) / (Math.max(n, p) * mu), edge, rank: countAbove(variances, edge) };
}

/** Median of the Marchenko-Pastur law of ratio beta <= 1 and unit variance. */
export function marchenkoPasturMedian(beta: number): number {
  const centre = 1 + beta;
  const half = 2 * Math.sqrt(beta);
  // With t = centre + half sin(a) the density's square-root ends turn into a smooth function of the angle a.
  const steps = 4000;
  const step = Math.PI / steps;
  const weight = (i: number) => {
    const a = -Math.PI / 2 + (i + 0.5) * step;
    return (half * Math.cos(a)) ** 2 / (2 * Math.PI * beta * (centre + half * Math.sin(a)));
  };
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const part = weight(i) * step;
    if (sum + part >= 0.5) return centre + half * Math.sin(-Math.PI / 2 + (i + (0.5 - sum) / part) * step);
    sum += part;
  }
  return centre;
}

function countAbove(variances: ArrayLike<number>, edge: number): number {
  let rank = 0;
  while (rank < variances.length && variances[rank] > edge) rank++;
  return rank;
}
