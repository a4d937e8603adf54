import { SpecbookError } from "../core/errors";
import type { Pace } from "../core/pace";
import { type BlockedMatrix, rowBlocks, truncatedSvd } from "../engine/linear-algebra";
import { alternate, type NmfCheck, type NmfOutcome } from "./alternate";
import { givenStart } from "./given-start";
import { type Factors, hals } from "./hals";
import { descendLowRank, fitsLowRank } from "./low-rank";
import { filled, withoutGaps } from "./missing";
import type { NmfStart } from "./nmf-options";
import { nndsvdFactors, nndsvdStart, randomStart } from "./nmf-start";
import { NO_PENALTY, type Penalties } from "./penalties";
import { isHeld, type SpectraMatrix } from "./scan-matrix";
import { streamedBlocks } from "./source-matrix";

/** What a run of NMF minimises. */
export interface NmfProblem {
  readonly x: BlockedMatrix;
  /** Whether values are missing. */
  readonly isMasked: boolean;
  readonly loss: "frobenius" | "kullback-leibler";
  readonly penalties?: Penalties;
  readonly mean: number;
  readonly squaredNorm: number;
}

/** One run: where it starts, and when it stops. */
export interface NmfRun {
  readonly k: number;
  readonly init: NmfStart;
  readonly seed: number;
  readonly lowRank: boolean;
  readonly iterations: number;
  readonly tolerance: number;
  readonly pace: Pace;
  readonly onCheck: (iteration: number, error: number) => void;
}

/** Factors, and how they were come by. */
export interface NmfDescent {
  readonly factors: Factors;
  readonly outcome: NmfOutcome;
}

/** Iterations on the data themselves after those on a low-rank matrix. */
const LEAST_EXACT = 10;

/** Singular triplets beside those that the start is made from. */
const SPARE = 10;

/** One run from its start to its end. Plain least squares have a quicker way than the other problems. */
export async function descend(problem: NmfProblem, matrix: SpectraMatrix, run: NmfRun): Promise<NmfDescent> {
  const { isMasked, x, loss, penalties } = problem;
  if (loss !== "frobenius" || penalties !== undefined || isMasked) {
    const factors = await start(problem, matrix, run);
    const all = { ...problem, penalties: penalties ?? { w: NO_PENALTY, h: NO_PENALTY } };
    return { factors, outcome: await alternate(all, factors, run) };
  }
  const rank = Math.min(run.k + SPARE, x.rows, x.columns);
  const isQuick = run.lowRank && (run.init === "nndsvd" || run.init === "nndsvda") && run.iterations > LEAST_EXACT;
  return isQuick && fitsLowRank(x.rows, x.columns, run.k, rank)
    ? leastSquares(problem, run, await throughLowRank(problem, rank, run))
    : leastSquares(problem, run, { factors: await start(problem, matrix, run), checks: [] });
}

interface Begun {
  readonly factors: Factors;
  readonly checks: NmfCheck[];
  readonly before?: { readonly iterations: number; readonly first: number };
}

/** The start, and the iterations on the matrix of low rank that it comes from. */
async function throughLowRank({ x, mean, squaredNorm }: NmfProblem, rank: number, run: NmfRun): Promise<Begun> {
  const { k, init, seed, iterations, tolerance, pace, onCheck } = run;
  const svd = await truncatedSvd(x, rank, { seed, pace, oversampling: 0 });
  const factors = nndsvdFactors(svd, k, fillOf(init, mean));
  const checks: NmfCheck[] = [];
  const before = await descendLowRank(svd, factors, squaredNorm, {
    iterations: iterations - LEAST_EXACT,
    tolerance,
    pace,
    onCheck: (iteration, error) => {
      checks.push({ iteration, error, objective: (error ** 2 * squaredNorm) / 2 });
      onCheck(iteration, error);
    },
  });
  return { factors, checks, before };
}

async function leastSquares({ x, squaredNorm }: NmfProblem, run: NmfRun, begun: Begun): Promise<NmfDescent> {
  const { factors, checks, before } = begun;
  const { state, iterations } = await hals(x, factors, squaredNorm, {
    ...run,
    before,
    onCheck: (iteration, error) => {
      checks.push({ iteration, error, objective: (error ** 2 * squaredNorm) / 2 });
      run.onCheck(iteration, error);
    },
  });
  if (checks.length === 0) throw run.pace.cancelled(); // too early to tell how good the factors are
  return { factors, outcome: { state, iterations, checks } };
}

async function start({ x, mean }: NmfProblem, matrix: SpectraMatrix, run: NmfRun): Promise<Factors> {
  const { k, init, seed, pace } = run;
  if (init === "random") return randomStart(x.rows, x.columns, k, mean, seed);
  if (init === "nndsvd" || init === "nndsvda") {
    const { gaps } = matrix;
    const held =
      isHeld(matrix) && matrix.observed !== undefined
        ? rowBlocks(x.engine, filled(matrix), matrix.pixels, matrix.channels)
        : undefined;
    const streamed =
      gaps &&
      streamedBlocks(
        x.engine,
        withoutGaps(matrix, (_, channel) => gaps.means[channel]),
      );
    try {
      return await nndsvdStart(held ?? streamed ?? x, k, fillOf(init, mean), { seed, pace });
    } finally {
      held?.dispose();
    }
  }
  if (typeof init === "object") return givenStart(matrix, k, init);
  throw new SpecbookError("OptionError", "unknown start for the NMF", {
    got: `init: ${JSON.stringify(init)}`,
    needed: '"nndsvd", "nndsvda", "random", or { maps, endmembers }',
    remedy: "leave it out for nndsvda",
  });
}

/** What stands for the zeros of the start. */
function fillOf(init: NmfStart, mean: number): number {
  return init === "nndsvd" ? 0 : Math.sqrt(mean);
}
