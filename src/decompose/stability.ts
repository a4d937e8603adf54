import { wordOption } from "../core/check-option";
import { isSpecbookError, SpecbookError } from "../core/errors";
import { createPace } from "../core/pace";
import { addHistory, type HistoryEntry, type SpectrumSource } from "../data";
import { assign } from "./assignment";
import { SIMILARITIES, type Similarity, similarityTable } from "./match-components";
import { nmf } from "./nmf";
import type { NmfOptions } from "./nmf-options";
import type { NmfResult } from "./results";
import type { SpectraInput } from "./scan-matrix";

/** Options of `stability`; the others are those of `nmf`. */
export interface StabilityOptions extends Omit<NmfOptions, "components" | "init" | "restarts" | "onProgress"> {
  /** Numbers of components to try. Default [2, 3, 4, 5, 6]. */
  readonly components?: number | readonly number[];
  /** Random starts of each, at least 2. Default 10. */
  readonly restarts?: number;
  /** How alike endmembers are. Default "correlation". */
  readonly similarity?: Similarity;
  /** Score from which a number of components counts as stable. Default 0.9. */
  readonly threshold?: number;
  /** Called after every run. */
  readonly onProgress?: (progress: StabilityProgress) => void;
}

/** How far a stability analysis is. */
export interface StabilityProgress {
  readonly run: number;
  readonly runs: number;
  readonly components: number;
  /** Relative error of the run. */
  readonly error: number;
}

/** How far NMF gives the same endmembers from different starts, for each number of components. */
export interface StabilityResult {
  readonly kind: "stability";
  /** Numbers of components tried. */
  readonly components: readonly number[];
  /** Mean similarity of matched endmembers over all pairs of runs: 1 where all starts end alike. */
  readonly scores: readonly number[];
  /** Standard deviation of that over the pairs. */
  readonly deviations: readonly number[];
  /** For each component of the best run, the mean similarity of its partners in the other runs. */
  readonly componentScores: readonly (readonly number[])[];
  /** Lowest relative error of the runs. */
  readonly errors: readonly number[];
  /** The run of the lowest objective. */
  readonly best: readonly NmfResult[];
  /** The largest number of components with a score of at least the threshold; absent where there is none. */
  readonly suggested?: number;
  readonly axes: NmfResult["axes"];
  readonly options: Readonly<Record<string, unknown>> & { readonly seed: number; readonly threshold: number };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/**
 * Runs NMF from several random starts for each number of components, matches the endmembers of every pair of runs one to
 * one and averages their similarity: too many components split spectra in ways that change from start to start. After
 * the stability NMF of S. Wu et al., PNAS 113, 4290 (2016), doi:10.1073/pnas.1521171113, with one-to-one pairs in the
 * place of their two maxima, which let several components share a partner.
 *
 * A score of 1 says that the answer does not depend on the start, not that it is right: one component is always stable.
 *
 * @throws what `nmf` throws; the CancelledError carries the numbers of components that are done as `partial`
 * @example
 * const found = await stability(spectra, { components: [2, 3, 4, 5, 6], restarts: 10, seed: 1 });
 * const parts = found.best[found.components.indexOf(4)];
 */
export async function stability(
  spectra: SpectraInput | SpectrumSource,
  options: StabilityOptions = {},
): Promise<StabilityResult> {
  const { components, restarts = 10, similarity = "correlation", threshold = 0.9, onProgress, ...rest } = options;
  const seed = rest.seed ?? 0;
  const sizes = typeof components === "number" ? [components] : (components ?? [2, 3, 4, 5, 6]);
  checkRuns(sizes, restarts, threshold);
  wordOption("stability", "similarity", similarity, SIMILARITIES);
  const pace = createPace("the stability analysis", options);
  const done: SizeStability[] = [];
  const result = () => assemble(sizes, done, { ...rest, restarts, similarity, threshold, seed });
  try {
    for (const size of sizes) {
      const runs: NmfResult[] = [];
      for (let run = 0; run < restarts; run++) {
        runs.push(await nmf(spectra, { ...rest, components: size, init: "random", seed: seed + run }));
        const { error } = runs[run];
        onProgress?.({ run: done.length * restarts + run + 1, runs: sizes.length * restarts, components: size, error });
        await pace.rest();
      }
      done.push(compareRuns(runs, similarity));
    }
  } catch (error) {
    if (!isSpecbookError(error, "CancelledError")) throw error;
    throw Object.assign(pace.cancelled(), { cause: error.cause, partial: done.length > 0 ? result() : undefined });
  }
  return result();
}

interface SizeStability {
  readonly best: NmfResult;
  readonly score: number;
  readonly deviation: number;
  readonly componentScores: readonly number[];
  readonly error: number;
}

function compareRuns(runs: readonly NmfResult[], similarity: Similarity): SizeStability {
  const final = ({ objective }: NmfResult) => objective.values[objective.values.length - 1];
  const chosen = runs.reduce((best, run, i) => (final(run) < final(runs[best]) ? i : best), 0);
  const pairScores: number[] = [];
  const perComponent = new Float64Array(runs[0].options.components);
  for (let i = 0; i < runs.length; i++) {
    for (let j = i + 1; j < runs.length; j++) {
      const [a, b] = j === chosen ? [j, i] : [i, j]; // the best run's components are the rows
      const { data, shape } = similarityTable(runs[a].endmembers, runs[b].endmembers, similarity);
      const matched = Array.from(assign(data, shape[0], shape[1]), (column, row) => data[row * shape[1] + column]);
      pairScores.push(mean(matched));
      if (a === chosen) for (const [row, value] of matched.entries()) perComponent[row] += value / (runs.length - 1);
    }
  }
  const score = mean(pairScores);
  return {
    best: runs[chosen],
    score,
    deviation: Math.sqrt(mean(pairScores.map((value) => (value - score) ** 2))),
    componentScores: Object.freeze(Array.from(perComponent)),
    error: Math.min(...runs.map((run) => run.error)),
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function assemble(
  sizes: readonly number[],
  done: readonly SizeStability[],
  options: Readonly<Record<string, unknown>> & { seed: number; threshold: number },
): StabilityResult {
  const { engine, signal, mask, ...named } = options;
  const used = { ...named, components: sizes, masked: mask !== undefined };
  const stable = sizes.filter((_, i) => i < done.length && done[i].score >= options.threshold);
  const [{ best }] = done;
  return Object.freeze({
    kind: "stability",
    components: Object.freeze(sizes.slice(0, done.length)),
    scores: Object.freeze(done.map(({ score }) => score)),
    deviations: Object.freeze(done.map(({ deviation }) => deviation)),
    componentScores: Object.freeze(done.map(({ componentScores }) => componentScores)),
    errors: Object.freeze(done.map(({ error }) => error)),
    best: Object.freeze(done.map((size) => size.best)),
    ...(stable.length === 0 ? {} : { suggested: Math.max(...stable) }),
    axes: best.axes,
    options: Object.freeze(used),
    metadata: best.metadata,
    history: addHistory(best.history.slice(0, -1), "stability", used),
  });
}

function checkRuns(sizes: readonly number[], restarts: number, threshold: number): void {
  if (sizes.length > 0 && Number.isInteger(restarts) && restarts >= 2 && threshold >= -1 && threshold <= 1) return;
  throw new SpecbookError("OptionError", "the stability analysis cannot be run so", {
    got: `components: [${sizes.join(", ")}], restarts: ${restarts}, threshold: ${threshold}`,
    needed: "some numbers of components, at least 2 restarts of each, a threshold from -1 to 1",
    remedy: "for example { components: [2, 3, 4, 5], restarts: 10 }",
  });
}
