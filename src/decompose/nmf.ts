import { optionsObject } from "../core/check-option";
import { isSpecbookError, SpecbookError } from "../core/errors";
import { createPace, type Pace } from "../core/pace";
import type { SpectrumSource } from "../data";
import type { Engine } from "../engine/engine";
import { type RowBlocks, rowBlocks } from "../engine/linear-algebra";
import { loadEngine } from "../engine/load";
import type { NmfOutcome } from "./alternate";
import type { Factors } from "./hals";
import { maskedBlocks } from "./masked-blocks";
import { decomposable } from "./measured-source";
import { descend, type NmfProblem } from "./nmf-descent";
import { checkNmfOptions, type NmfOptions } from "./nmf-options";
import { nmfResult } from "./nmf-result";
import { type Penalties, resolvePenalties } from "./penalties";
import type { NmfRestart, NmfResult } from "./results";
import { checkComponents, isHeld, type ScanMatrix, type SpectraInput, type SpectraMatrix } from "./scan-matrix";
import { streamedBlocks } from "./source-matrix";

/**
 * Non-negative matrix factorisation: the spectrum of each pixel as a sum of few endmember spectra with abundances, all
 * of at least 0. Minimises |X - WH|^2 / 2 (Frobenius) by hierarchical alternating least squares, or the Kullback-Leibler
 * divergence sum(X log(X / WH) - X + WH) by the multiplicative updates of Lee and Seung; either with penalties on the
 * factors, whose objective `PenaltyOptions` defines. No iteration lets the objective grow.
 *
 * Components come in the order of falling energy |map| |endmember|; each map is scaled to a largest value of 1 and its
 * endmember carries the units. NMF has no unique solution: compare starts and seeds (`restarts`, `stability`) before
 * reading meaning into one. Between checks the errors in `trace` come from inner products; the last, `error`, is that of
 * the residual itself.
 *
 * @returns maps [components, rows, columns], endmembers [components, channels], errors, objective, options as used
 * @throws DataError (NaN or negative values, all zero), OptionError, MemoryError; CancelledError, which carries the
 *   best factors so far as `partial`
 * @example
 * const parts = await nmf(spectra, { components: 4 });
 * plot.nmf(parts)
 * @example
 * await nmf(counts, { components: 4, loss: "kullback-leibler", restarts: 10, seed: 1 })
 */
export async function nmf(spectra: SpectraInput | SpectrumSource, options: NmfOptions = {}): Promise<NmfResult> {
  optionsObject("nmf", options);
  checkNmfOptions(options);
  const pace = createPace("the NMF", options);
  const { components: k = 4, seed = 0, restarts = 1, mask, loss = "frobenius", missing = "refuse" } = options;
  const { iterations = 500, tolerance = 1e-4, init = restarts > 1 ? "random" : "nndsvda", lowRank = true } = options;
  const check = { nonNegative: true, remedy: NEGATIVE_REMEDY };
  const matrix = await decomposable(spectra, mask, { ...check, missing }, { block: options.block, pace });
  checkComponents(k, matrix);
  const size = await moments(matrix, pace);
  const penalties = resolvePenalties(options, {
    mean: size.mean,
    loss,
    pixels: matrix.places,
    channels: matrix.channelIndex,
  });
  const engine = options.engine ?? (await loadEngine());
  const held = isHeld(matrix) ? heldBlocks(engine, matrix) : undefined;
  const x = held ?? streamedBlocks(engine, matrix);
  const isMasked = matrix.gaps !== undefined || (isHeld(matrix) && matrix.observed !== undefined);
  const problem: NmfProblem = { x, isMasked, loss, penalties, ...size };
  const used = {
    components: k,
    loss,
    init: typeof init === "string" ? init : "given",
    seed,
    ...(restarts === 1 ? {} : { restarts }),
    iterations,
    tolerance,
    ...(lowRank ? {} : { lowRank }),
    ...penalties?.used,
    ...(missing === "refuse" ? {} : { missing }),
    masked: mask !== undefined,
    engine: engine.name,
  };
  const runs: NmfRestart[] = [];
  let best: { factors: Factors; outcome: NmfOutcome } | undefined;
  const result = ({ factors, outcome }: NonNullable<typeof best>) =>
    nmfResult(matrix, factors, outcome, {
      used,
      objective: objectiveName(loss, penalties),
      ...(restarts === 1 ? {} : { restarts: runs }),
    });
  try {
    for (let run = 0; run < restarts; run++) {
      const which = restarts === 1 ? {} : { restart: run + 1, restarts };
      const { factors, outcome } = await descend(problem, matrix, {
        k,
        init,
        seed: seed + run,
        lowRank,
        iterations,
        tolerance,
        pace,
        onCheck: (iteration, error) => options.onProgress?.({ iteration, iterations, error, ...which }),
      }).catch((error: unknown) => {
        // Stopped before this start had anything: those before it have.
        if (best === undefined || !isSpecbookError(error, "CancelledError")) throw error;
        throw Object.assign(error, { partial: result(best) });
      });
      const last = outcome.checks[outcome.checks.length - 1];
      runs.push({
        seed: seed + run,
        error: last.error,
        objective: last.objective / (matrix.pixels * matrix.channels),
        iterations: outcome.iterations,
        converged: outcome.state === "converged",
      });
      if (best === undefined || !(last.objective >= lastObjective(best.outcome))) best = { factors, outcome };
      if (outcome.state === "stopped") throw Object.assign(pace.cancelled(), { partial: result(best) });
    }
    return result(best as NonNullable<typeof best>); // at least one run was made
  } finally {
    held?.dispose();
  }
}

/** All numbers on the engine. */
function heldBlocks(engine: Engine, matrix: ScanMatrix): RowBlocks {
  const x = rowBlocks(engine, matrix.data, matrix.pixels, matrix.channels);
  return matrix.observed === undefined ? x : maskedBlocks(x, matrix.observed);
}

const NEGATIVE_REMEDY =
  "find out why first (background subtracted too far? wrong signal?); to set them to 0 by your own choice: " +
  "spectrumImage(spectra.data.map((v) => (v > 0 ? v : 0)), spectra.shape, spectra); pca takes negative values as they " +
  'are, and missing: "ignore" leaves NaN out';

const lastObjective = ({ checks }: NmfOutcome) => checks[checks.length - 1].objective;

function objectiveName(loss: NmfProblem["loss"], penalties: Penalties | undefined): string {
  const distance = loss === "frobenius" ? "half squared difference" : "Kullback-Leibler divergence";
  return [distance, ...Object.keys(penalties?.used ?? {})].join(" + ");
}

/** Mean and sum of squares of the measured values. */
async function moments(matrix: SpectraMatrix, pace: Pace): Promise<{ mean: number; squaredNorm: number }> {
  let sum = 0;
  let squaredNorm = 0;
  for await (const piece of matrix.pieces()) {
    for (const value of piece) {
      if (Number.isNaN(value)) continue;
      sum += value;
      squaredNorm += value * value;
    }
    if (!isHeld(matrix)) await pace.step();
  }
  const all = matrix.pixels * matrix.channels;
  const observed = isHeld(matrix) ? matrix.observed : undefined;
  const count =
    observed === undefined ? all - (matrix.gaps?.count ?? 0) : observed.reduce((total, one) => total + one, 0);
  if (sum > 0) return { mean: sum / count, squaredNorm };
  throw new SpecbookError("DataError", "there is nothing to factorise", {
    got: `${all} values, all 0`,
    needed: "some values above 0",
    remedy: "check that the right signal was loaded, and the mask if one is given",
  });
}
