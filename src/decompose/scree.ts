import { countOption, refusedOption, wordOption } from "../core/check-option";
import { createPace, type LongWorkOptions } from "../core/pace";
import { addHistory, type HistoryEntry, type Image } from "../data";
import type { Engine } from "../engine/engine";
import { checkEigenSize, rowBlocks, symmetricEigen, transpose } from "../engine/linear-algebra";
import { loadEngine } from "../engine/load";
import { gavishDonohoFloor, marchenkoPasturFloor } from "./marchenko-pastur";
import { parallelAnalysis } from "./parallel-analysis";
import { poissonWeighted } from "./poisson-weights";
import type { PcaResult } from "./results";
import { type SpectraInput, scanMatrix } from "./scan-matrix";

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
 * then all methods suggest too many components, "parallel" included.
 *
 * @throws DataError (NaN; with Poisson weighting negative values), OptionError, EngineError (too large for wasm),
 *   CancelledError
 * @example
 * const found = await scree(spectra);
 * const parts = await nmf(spectra, { components: Math.max(1, found.suggested) });
 */
export async function scree(spectra: SpectraInput, options: ScreeOptions = {}): Promise<ScreeResult> {
  const { method = "marchenko-pastur", weighting = "none", centred = weighting === "none", mask } = options;
  const { permutations = 20, quantile = 0.95, seed = 0 } = options;
  wordOption("scree", "method", method, ["marchenko-pastur", "gavish-donoho", "parallel"]);
  wordOption("scree", "weighting", weighting, ["none", "poisson"]);
  countOption("scree", "permutations", permutations);
  if (!(quantile > 0 && quantile <= 1))
    throw refusedOption("scree", "quantile", quantile, "a share above 0, at most 1");
  const matrix = scanMatrix(spectra, mask, {
    remedy: "crop the scan or the energy axis to the valid part, or leave pixels out with mask",
  });
  const { pixels, channels } = matrix;
  if (pixels < 3 || channels < 2) {
    throw refusedOption("scree", "set of spectra", `${pixels} x ${channels}`, "at least 3 pixels and 2 channels");
  }
  const pace = createPace("the scree analysis", options);
  const engine = options.engine ?? (await loadEngine());
  const small = Math.min(pixels, channels);
  checkEigenSize(engine, small, "bin the energy axis");
  const weighted = weighting === "poisson" ? poissonWeighted(matrix.data, channels) : matrix.data;
  const data = centred ? withoutMean(weighted, channels) : weighted;
  const degrees = centred ? pixels - 1 : pixels;
  const { variances, spectrum, turned } = components(engine, data, pixels, channels, degrees);
  await pace.step();

  const floors = {
    "marchenko-pastur": marchenkoPasturFloor(variances.subarray(0, Math.min(degrees, channels)), degrees, channels),
    "gavish-donoho": gavishDonohoFloor(variances.subarray(0, Math.min(degrees, channels)), degrees, channels),
  };
  const least = ROUNDING * variances[0];
  const told = variances.filter((v) => v > least);
  const above = (rank: number) => Math.min(rank, told.length);
  const parallel =
    method !== "parallel"
      ? undefined
      : await parallelAnalysis(
          engine,
          { turned: turned(), channels, pixels, variances: told, spectrum, degrees },
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

interface Components {
  readonly variances: Float64Array;
  /** Spectrum of unit length of a component. */
  readonly spectrum: (component: number) => Float64Array;
  /** A copy of the data as [channels, pixels]. */
  readonly turned: () => Float32Array;
}

/** All eigenvalues of the covariance of the channels, or of the pixels where these are fewer. */
function components(engine: Engine, data: Float32Array, pixels: number, channels: number, degrees: number): Components {
  const wide = channels > pixels;
  const turned = () => Float32Array.from(transpose(data, pixels, channels));
  const x = wide ? rowBlocks(engine, turned(), channels, pixels) : rowBlocks(engine, data, pixels, channels);
  const size = Math.min(pixels, channels);
  try {
    const { values, vectors } = symmetricEigen(engine, x.gram(), size);
    return {
      variances: values.map((value) => Math.max(0, value) / degrees),
      spectrum: (component) => {
        const vector = vectors.subarray(component * size, (component + 1) * size);
        return wide ? unit(spectraAlong(data, channels, vector)) : Float64Array.from(vector);
      },
      turned,
    };
  } finally {
    x.dispose();
  }
}

function spectraAlong(data: Float32Array, channels: number, scores: Float64Array): Float64Array {
  const sum = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) sum[i % channels] += scores[Math.floor(i / channels)] * data[i];
  return sum;
}

function unit(values: Float64Array): Float64Array {
  const length = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)) || 1;
  return values.map((v) => v / length);
}

function withoutMean(data: Float32Array, channels: number): Float32Array {
  const mean = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) mean[i % channels] += data[i];
  for (let c = 0; c < channels; c++) mean[c] *= channels / data.length;
  return data.map((value, i) => value - mean[i % channels]);
}
