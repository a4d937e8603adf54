import { countOption, refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions } from "../core/pace";
import { createRandom } from "../core/random";
import { addHistory, type FloatArray, type Image, type SpectrumSource } from "../data";
import type { Engine } from "../engine/engine";
import { plainEigen } from "../engine/linear-algebra";
import { type Contrast, type FastIca, fastIca } from "./fast-ica";
import type { Missing } from "./missing";
import { pca } from "./pca";
import type { IcaResult, PcaResult } from "./results";
import type { SpectraInput } from "./scan-matrix";

/** Options of `ica`. */
export interface IcaOptions extends LongWorkOptions {
  /** Number of components, and of principal components they are made of. Default 4. */
  readonly components?: number;
  /**
   * What is made independent: `"maps"` (pixels are the samples, as scikit-learn does with a matrix [pixels, channels]),
   * or `"spectra"` (channels are the samples, as HyperSpy does by default). Default "maps".
   */
  readonly independent?: "maps" | "spectra";
  /**
   * `"logcosh"`: for general use; `"exp"`: for sources with long tails; `"cube"`: kurtosis, quick and easily misled by
   * outliers. Default "logcosh".
   */
  readonly contrast?: Contrast;
  /** Seed of the directions to start from. Default 0. */
  readonly seed?: number;
  /** Most iterations. Default 200. */
  readonly iterations?: number;
  /** Converged when no direction turns by more than this in an iteration, as 1 - |cosine|. Default 1e-4. */
  readonly tolerance?: number;
  /** Decomposes only the pixels where this is not 0 (scan-shaped); the maps are NaN elsewhere. */
  readonly mask?: Image | ArrayLike<number>;
  /** What to do with NaN: see `pca`. Default "refuse". */
  readonly missing?: Missing;
  /** Rows of a source that are read at once; without effect on the result. Default: as many as fill 64 MiB. */
  readonly block?: number;
  /** Called after every iteration with the largest turn of a direction in it. */
  readonly onProgress?: (progress: IcaProgress) => void;
  /** The engine to compute on; default that of `loadEngine()`. @internal */
  readonly engine?: Engine;
}

/** How far an ICA is. */
export interface IcaProgress {
  readonly iteration: number;
  readonly iterations: number;
  readonly change: number;
}

/**
 * Independent component analysis on the subspace of the leading principal components, by symmetric FastICA (A. Hyvarinen,
 * IEEE Trans. Neural Networks 10, 626 (1999), doi:10.1109/72.761722). Explains the data exactly as well as that many
 * principal components, in directions whose maps (or spectra) are as independent as they can be.
 *
 * Conventions: each map has standard deviation 1, its spectrum carries the units; the largest-magnitude channel of each
 * spectrum is positive; components come in the order of falling length of their spectra.
 *
 * @returns maps [components, rows, columns], components [components, channels], mean, convergence
 * @throws DataError (NaN, fewer than two spectra, fewer independent spectra than components), OptionError; CancelledError,
 *   which carries the components so far as `partial`
 * @example
 * const parts = await ica(spectra, { components: 4, seed: 1 });
 * plot.ica(parts)
 */
export async function ica(spectra: SpectraInput | SpectrumSource, options: IcaOptions = {}): Promise<IcaResult> {
  const { components: k = 4, independent = "maps", contrast = "logcosh", seed = 0 } = options;
  const { iterations = 200, tolerance = 1e-4, mask, missing = "refuse", block, signal, engine } = options;
  wordOption("ica", "independent", independent, ["maps", "spectra"]);
  wordOption("ica", "contrast", contrast, ["logcosh", "exp", "cube"]);
  countOption("ica", "iterations", iterations);
  if (!(tolerance >= 0)) throw refusedOption("ica", "tolerance", tolerance, "a number of at least 0");
  const pace = createPace("the ICA", options);
  const principal = await pca(spectra, { components: k, mask, missing, block, signal, engine });
  const inputs = independent === "maps" ? finiteRows(principal.maps) : finiteRows(principal.components);
  const white = whiten(inputs, k);
  const random = createRandom(seed).fork("ica");
  const start = Float64Array.from({ length: k * k }, () => random.normal());
  const found = await fastIca(white.signals, k, start, {
    contrast,
    iterations,
    tolerance,
    afterEach: async (iteration, change) => {
      options.onProgress?.({ iteration, iterations, change });
      await pace.rest();
      return pace.stopped();
    },
  });
  const used = {
    components: k,
    independent,
    contrast,
    seed,
    iterations,
    tolerance,
    ...(missing === "refuse" ? {} : { missing }),
    masked: mask !== undefined,
    engine: principal.options.engine,
  };
  const result = assemble(principal, mixing(found.unmixing, white, k, independent), found, used);
  if (found.state === "stopped") throw Object.assign(pace.cancelled(), { partial: result });
  return result;
}

/** Signals [k, n] of mean 0 and variance 1, uncorrelated, and the step there: signals = whitening (inputs - means). */
interface White {
  readonly signals: Float64Array;
  /** [k, k] */
  readonly whitening: Float64Array;
  /** Its inverse. */
  readonly colouring: Float64Array;
}

function whiten(inputs: Float64Array, k: number): White {
  const n = inputs.length / k;
  const centred = Float64Array.from(inputs);
  for (let i = 0; i < k; i++) {
    const row = centred.subarray(i * n, (i + 1) * n);
    const mean = row.reduce((sum, v) => sum + v, 0) / n;
    for (let t = 0; t < n; t++) row[t] -= mean;
  }
  const covariance = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      let sum = 0;
      for (let t = 0; t < n; t++) sum += centred[i * n + t] * centred[j * n + t];
      covariance[i * k + j] = sum / n;
    }
  }
  const { values, vectors } = plainEigen(covariance, k);
  if (!(values[k - 1] > 1e-12 * values[0])) {
    throw new SpecbookError("DataError", "the data hold fewer independent spectra than components", {
      got: `${k} components, of which ${values.filter((value) => value > 1e-12 * values[0]).length} vary`,
      needed: "as many varying principal components",
      remedy: "ask for fewer components; scree(spectra) tells how many stand out of the noise",
    });
  }
  const whitening = new Float64Array(k * k);
  const colouring = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    const deviation = Math.sqrt(values[i]);
    for (let j = 0; j < k; j++) {
      whitening[i * k + j] = vectors[i * k + j] / deviation;
      colouring[j * k + i] = vectors[i * k + j] * deviation;
    }
  }
  return { signals: product(whitening, centred, k), whitening, colouring };
}

/** How the principal components mix: new = matrix * old, for the side made independent and for the other one. */
interface Mixing {
  readonly maps: Float64Array;
  readonly spectra: Float64Array;
}

/** With X = maps^T spectra, one side takes U = unmixing * whitening and the other its inverse transposed. */
function mixing(unmixing: Float64Array, white: White, k: number, independent: "maps" | "spectra"): Mixing {
  const own = product(unmixing, white.whitening, k);
  const inverse = product(white.colouring, transposed(unmixing, k), k);
  const other = transposed(inverse, k);
  return independent === "maps" ? { maps: own, spectra: other } : { maps: other, spectra: own };
}

function assemble(principal: PcaResult, mix: Mixing, found: FastIca, used: IcaResult["options"]): IcaResult {
  const k = used.components;
  const maps = mixed(principal.maps, mix.maps, k);
  const spectra = mixed(principal.components, mix.spectra, k);
  const size = maps.length / k;
  const channels = spectra.length / k;
  const parts = Array.from({ length: k }, (_, j) => {
    const map = maps.subarray(j * size, (j + 1) * size);
    const spectrum = spectra.subarray(j * channels, (j + 1) * channels);
    const deviation = deviationOf(map);
    const scale = deviation * signOf(spectrum);
    return { map: map.map((v) => v / scale), spectrum: spectrum.map((v) => v * scale) };
  });
  const length = (values: Float64Array) => values.reduce((sum, v) => (Number.isNaN(v) ? sum : sum + v * v), 0);
  parts.sort((a, b) => length(b.spectrum) - length(a.spectrum));
  const joined = (key: "map" | "spectrum", shape: readonly number[]): FloatArray => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (const [j, part] of parts.entries()) data.set(part[key], (j * data.length) / k);
    return Object.freeze({ data, shape: Object.freeze([...shape]) });
  };
  return Object.freeze({
    kind: "ica",
    maps: joined("map", principal.maps.shape),
    components: joined("spectrum", principal.components.shape),
    mean: principal.mean,
    explainedVarianceRatio: principal.explainedVarianceRatio.reduce((sum, share) => sum + share, 0),
    converged: found.state === "converged",
    trace: Object.freeze([...found.trace]),
    axes: principal.axes,
    options: Object.freeze(used),
    metadata: principal.metadata,
    history: addHistory(principal.history.slice(0, -1), "ica", { ...used, iterationsDone: found.trace.length }),
  });
}

/** The rows [k, n] without the places that are NaN, which are the same in all. */
function finiteRows({ data, shape }: FloatArray): Float64Array {
  const size = data.length / shape[0];
  return Float64Array.from(data.filter((_, i) => !Number.isNaN(data[i % size])));
}

/** matrix [k, k] times rows [k, n]. */
function product(matrix: Float64Array, rows: Float64Array, k: number): Float64Array {
  const n = rows.length / k;
  const result = new Float64Array(k * n);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const weight = matrix[i * k + j];
      for (let t = 0; t < n; t++) result[i * n + t] += weight * rows[j * n + t];
    }
  }
  return result;
}

const mixed = ({ data }: FloatArray, matrix: Float64Array, k: number) => product(matrix, Float64Array.from(data), k);

const transposed = (matrix: Float64Array, k: number) => matrix.map((_, i) => matrix[(i % k) * k + Math.floor(i / k)]);

function deviationOf(values: Float64Array): number {
  const finite = values.filter((v) => !Number.isNaN(v));
  const mean = finite.reduce((sum, v) => sum + v, 0) / finite.length;
  return Math.sqrt(finite.reduce((sum, v) => sum + (v - mean) ** 2, 0) / finite.length);
}

/** 1 or -1, so that the entry of largest magnitude becomes positive. */
function signOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}
