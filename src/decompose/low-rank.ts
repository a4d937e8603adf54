import type { Pace } from "../core/pace";
import type { TruncatedSvd } from "../engine/linear-algebra";
import { FactorRecords, type SweepSums } from "./factor-records";
import type { Factors } from "./hals";

/** When to stop, and whom to tell. */
export interface LowRankOptions {
  readonly iterations: number;
  /** Stop when the projected gradient has fallen to this share of that of the first iteration. */
  readonly tolerance: number;
  readonly pace: Pace;
  /** Called after every tenth iteration with the relative error |X - WH| / |X|. */
  readonly onCheck?: (iteration: number, error: number) => void;
}

/** How far the work on the low-rank matrix came. */
export interface LowRankOutcome {
  readonly iterations: number;
  /** Projected gradient of the first iteration, to measure later ones by. */
  readonly first: number;
  readonly stopped: boolean;
}

const CHECK_EVERY = 10;

/** Whether there is room for the work. */
export function fitsLowRank(rows: number, columns: number, k: number, rank: number): boolean {
  return FactorRecords.fits(rows, k, rank) && FactorRecords.fits(columns, k, rank);
}

/**
 * Sweeps as `hals` does, with a truncated singular value decomposition U B^T in the place of X: products with it cost
 * rank / columns of those with X, and nothing is read. What the decomposition leaves out is at right angles to the
 * leading singular vectors, near which the factors lie, so that the path is nearly that with X (G. Zhou, A. Cichocki and
 * S. Xie, IEEE Trans. Signal Processing 60, 2928 (2012), doi:10.1109/TSP.2012.2190410). The factors are changed in place.
 */
export async function descendLowRank(
  svd: TruncatedSvd,
  factors: Factors,
  squaredNorm: number,
  options: LowRankOptions,
): Promise<LowRankOutcome> {
  const { iterations, tolerance, pace, onCheck } = options;
  const { w, h, k } = factors;
  const rank = svd.values.length;
  const rows = records(w, k, svd.left, rank);
  const columns = records(h, k, scaled(svd.right, svd.values), rank);
  let other: Omit<SweepSums, "violation"> = columns.sums();
  let first = 0;
  let done = 0;
  while (done < iterations && !pace.stopped()) {
    const swept = rows.sweep(other.gram, other.cross);
    const next = columns.sweep(swept.gram, swept.cross);
    other = next;
    const violation = swept.violation + next.violation;
    done++;
    if (done === 1) first = violation;
    if (done % CHECK_EVERY === 0) onCheck?.(done, errorOf(squaredNorm, swept, next));
    if (violation <= tolerance * first) break;
    await pace.rest();
  }
  rows.read(w);
  columns.read(h);
  return { iterations: done, first, stopped: pace.stopped() };
}

/** A factor beside singular vectors [rank, rows]. */
function records(factor: Float32Array, k: number, vectors: Float64Array, rank: number): FactorRecords {
  const result = new FactorRecords(factor.length / k, k, rank);
  result.write(factor, k, 0);
  const length = factor.length / k;
  for (let i = 0; i < rank; i++) result.write(vectors.subarray(i * length, (i + 1) * length), 1, k + i);
  return result;
}

function scaled(vectors: Float64Array, values: Float64Array): Float64Array {
  const length = vectors.length / values.length;
  return vectors.map((value, i) => value * values[Math.floor(i / length)]);
}

/** |X - WH^T| / |X| as if what the decomposition leaves out of X were at right angles to WH^T. */
function errorOf(squaredNorm: number, w: SweepSums, h: SweepSums): number {
  let squared = squaredNorm;
  for (let i = 0; i < w.cross.length; i++) squared -= 2 * w.cross[i] * h.cross[i];
  for (let i = 0; i < w.gram.length; i++) squared += w.gram[i] * h.gram[i];
  return Math.sqrt(Math.max(0, squared) / squaredNorm);
}
