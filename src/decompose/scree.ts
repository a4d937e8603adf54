import { countOption, refusedOption, wordOption } from "../core/check-option";
import { createPace, type LongWorkOptions } from "../core/pace";
import { addHistory, type HistoryEntry, type Image, type SpectrumSource } from "../data";
import type { Engine } from "../engine/engine";
import { checkEigenSize } from "../engine/linear-algebra";
import { loadEngine } from "../engine/load";
import { gavishDonohoFloor, marchenkoPasturFloor } from "./marchenko-pastur";
import { parallelAnalysis } from "./parallel-analysis";
import { poissonWeighted } from "./poisson-weights";
import type { PcaResult } from "./results";
import { isHeld, isSource, type ScanMatrix, type SpectraInput, type SpectraMatrix, scanMatrix } from "./scan-matrix";
import { heldMatrix, sourceMatrix } from "./source-matrix";
import { allVariances } from "./variances";

/** How the number of components above the noise is found. */
export type RankMethod = "marchenko-pastur" | "gavish-donoho" | "parallel";

/** Options of `scree`. */
export interface ScreeOptions extends LongWorkOptions {
  /**
   * `"marchenko-pastur"`: above what independent noise of one size reaches once in a hundred times; `"gavish-donoho"`: worth
   * keeping for the smallest error of the data rebuilt; `"parallel"`: above what the same values reach with their order
   * lost, for noise that differs from channel to channel. Default "marchenko-pastur".
   */
  readonly method?: RankMethod;
  /**
   * `"poisson"`: each value over the root of what mean spectrum and mean image expect there (Keenan & Kotula 2004), so that
   * the noise of counts has the variance 1 that the methods assume. Default "none".
   */
  readonly weighting?: "none" | "poisson";
  /** Take the mean spectrum out first, as `pca` does. Default true without weighting, false with it. */
  readonly centred?: boolean;
  /** Permutations for each component of `"parallel"`. Default 20. */
  readonly permutations?: number;
  /** Share of the permutations that a component must exceed. Default 0.95. */
  readonly quantile?: number;
  /** Seed of the permutations. Default 0. */
  readonly seed?: number;
  /** Looks at the pixels where this is not 0 only (scan-shaped). */
  readonly mask?: Image | ArrayLike<number>;
  /** Rows of a source that are read at once; without effect on the result. Default: as many as fill 64 MiB. */
  readonly block?: number;
  /** Called after every permutation. */
  readonly onProgress?: (progress: ScreeProgress) => void;
  /** The engine to compute on; default that of `loadEngine()`. @internal */
  readonly engine?: Engine;
}

/** How far the permutations are: of the component tested, from 1. */
export interface ScreeProgress {
  readonly component: number;
  readonly permutation: number;
  readonly permutations: number;
}

/** The variances along all principal components of a spectrum image, and how many stand out of the noise. */
export interface ScreeResult {
  readonly kind: "scree";
  /** Variance along each component, falling: as many as pixels or channels, what is less. */
  readonly variances: Float64Array;
  /** Their shares of the total, and the sums of these. */
  readonly ratio: Float64Array;
  readonly cumulative: Float64Array;
  /** Number of components above the noise by the chosen method. */
  readonly suggested: number;
  /** The number by each method that was tried. */
  readonly ranks: Readonly<Partial<Record<RankMethod, number>>>;
  readonly noise: {
    /** Variance of the noise of one value, from the tail of the variances. */
    readonly variance: number;
    /** Variance below which a component counts as noise, by the chosen method. */
    readonly edge: number;
    /** true where the float32 rounding of the products lies above the noise, and the edge is that. */
    readonly rounding: boolean;
  };
  readonly axes: PcaResult["axes"];
  readonly options: Readonly<Record<string, unknown>> & { readonly method: RankMethod; readonly seed: number };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** Share of the first variance that float32 products and eigenvalues cannot tell from 0. */
const ROUNDING = 2e-7;

/**
 * Variances along all principal components, the noise floor, and the number of components above it.
 *
 * Data that were smoothed, resampled or summed over overlapping windows have noise that is alike in neighbouring channels:
 * then all methods suggest too many components, "parallel" included. A source (see `open`) is read once, with Poisson
 * weighting twice; "parallel" reads it into memory.
 *
 * @throws DataError (NaN; with Poisson weighting negative values), OptionError, EngineError (too large for wasm),
 *   CancelledError
 * @example
 * const found = await scree(spectra);
 * const parts = await nmf(spectra, { components: Math.max(1, found.suggested) });
 */
export async function scree(spectra: SpectraInput | SpectrumSource, options: ScreeOptions = {}): Promise<ScreeResult> {
  const { method = "marchenko-pastur", weighting = "none", centred = weighting === "none", mask } = options;
  const { permutations = 20, quantile = 0.95, seed = 0 } = options;
  wordOption("scree", "method", method, ["marchenko-pastur", "gavish-donoho", "parallel"]);
  wordOption("scree", "weighting", weighting, ["none", "poisson"]);
  countOption("scree", "permutations", permutations);
  if (!(quantile > 0 && quantile <= 1))
    throw refusedOption("scree", "quantile", quantile, "a share above 0, at most 1");
  const pace = createPace("the scree analysis", options);
  const matrix = await matrixOf(spectra, options);
  const { pixels, channels } = matrix;
  if (pixels < 3 || channels < 2) {
    throw refusedOption("scree", "set of spectra", `${pixels} x ${channels}`, "at least 3 pixels and 2 channels");
  }
  const engine = options.engine ?? (await loadEngine());
  checkEigenSize(engine, Math.min(pixels, channels), "bin the energy axis");
  const weighted = weighting === "poisson" ? await poissonWeighted(matrix) : matrix;
  const found = await allVariances(engine, weighted, { centred, pace });
  const { values: variances, degrees } = found;
  await pace.step();

  const floors = {
    "marchenko-pastur": marchenkoPasturFloor(variances.subarray(0, Math.min(degrees, channels)), degrees, channels),
    "gavish-donoho": gavishDonohoFloor(variances.subarray(0, Math.min(degrees, channels)), degrees, channels),
  };
  const least = ROUNDING * variances[0];
  const told = variances.filter((v) => v > least);
  const above = (rank: number) => Math.min(rank, told.length);
  const parallel =
    method !== "parallel" || !isHeld(weighted)
      ? undefined
      : await parallelAnalysis(
          engine,
          {
            turned: turned(weighted, found.mean),
            channels,
            pixels,
            variances: told,
            spectrum: found.spectrum,
            degrees,
          },
          {
            permutations,
            quantile,
            seed,
            pace,
            onProgress: (component, permutation) =>
              options.onProgress?.({ component: component + 1, permutation: permutation + 1, permutations }),
          },
        );
  const ranks: Partial<Record<RankMethod, number>> = {
    "marchenko-pastur": above(floors["marchenko-pastur"].rank),
    "gavish-donoho": above(floors["gavish-donoho"].rank),
    ...(parallel === undefined ? {} : { parallel: parallel.rank }),
  };
  const edge = method === "parallel" ? (parallel?.limits.at(-1) ?? 0) : floors[method].edge;
  const total = variances.reduce((sum, v) => sum + v, 0);
  const ratio = variances.map((v) => (total > 0 ? v / total : 0));
  let sum = 0;
  const used = {
    method,
    weighting,
    centred,
    ...(method === "parallel" ? { permutations, quantile } : {}),
    seed,
    masked: mask !== undefined,
    engine: engine.name,
  };
  return Object.freeze({
    kind: "scree",
    variances,
    ratio,
    cumulative: ratio.map((share) => {
      sum += share;
      return sum;
    }),
    suggested: ranks[method] ?? 0,
    ranks: Object.freeze(ranks),
    noise: Object.freeze({
      variance: floors["marchenko-pastur"].variance,
      edge: Math.max(edge, least),
      rounding: least > edge,
    }),
    axes: matrix.axes,
    options: Object.freeze(used),
    metadata: matrix.metadata,
    history: addHistory(matrix.history, "scree", used),
  });
}

const REMEDY = "crop the scan or the energy axis to the valid part, or leave pixels out with mask";

/** The spectra as a matrix; permutations need all of it in memory. */
async function matrixOf(
  spectra: SpectraInput | SpectrumSource,
  { mask, method, block }: ScreeOptions,
): Promise<SpectraMatrix> {
  if (!isSource(spectra)) return scanMatrix(spectra, mask, { remedy: REMEDY });
  const matrix = sourceMatrix(spectra, mask, { remedy: REMEDY }, block);
  return method === "parallel" || matrix.pixels < matrix.channels ? heldMatrix(matrix) : matrix;
}

/** The data less their mean as [channels, pixels]. */
function turned({ data, pixels, channels }: ScanMatrix, mean: Float64Array): Float32Array {
  const result = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const c = i % channels;
    result[c * pixels + (i - c) / channels] = data[i] - mean[c];
  }
  return result;
}
