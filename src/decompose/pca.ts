import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { addHistory, type Image } from "../data";
import type { Engine } from "../engine/engine";
import {
  checkEigenSize,
  orthonormalise,
  rayleighRitz,
  rowBlocks,
  symmetricEigen,
  type TruncatedSvd,
  transpose,
  truncatedSvd,
} from "../engine/linear-algebra";
import { loadEngine } from "../engine/load";
import { impute } from "./impute";
import type { Missing } from "./missing";
import type { PcaResult } from "./results";
import { checkComponents, type ScanMatrix, type SpectraInput, scanMatrix } from "./scan-matrix";

/** Options of `pca`. */
export interface PcaOptions extends LongWorkOptions {
  /** Number of components. Default 10, or as many as the data have if that is less. */
  readonly components?: number;
  /**
   * `"exact"`: eigenvectors of the covariance of the channels (or of the pixels, where these are fewer);
   * `"randomised"`: approximate in a flat noise tail, for data with too many channels and pixels for that.
   * Default "exact".
   */
  readonly solver?: "exact" | "randomised";
  /** Seed of the randomised solver; without effect on the exact one. Default 0. */
  readonly seed?: number;
  /** Decomposes only the pixels where this is not 0 (scan-shaped); the maps are NaN elsewhere. */
  readonly mask?: Image | ArrayLike<number>;
  /**
   * `"ignore"`: pixels and channels that are NaN throughout are left out (NaN in the result), and single NaN values count
   * nothing for the components: they take the values that the components give them (Kiers 1997), with which the variances
   * are computed too. Default "refuse".
   */
  readonly missing?: Missing;
  /** The engine to compute on; default that of `loadEngine()`. @internal */
  readonly engine?: Engine;
}

/** Eigenvectors carried beside those asked for, so that the last float64 step can set them right. */
const SPARE = 5;

/**
 * Principal component analysis of the spectra, centred on their mean. Products and eigenvectors are float32 on the
 * engine; a last step in float64 inside the space they span makes variances and components right to about 1e-6.
 * The sign of each component makes its largest-magnitude channel positive.
 *
 * @returns maps [components, rows, columns], components [components, channels], mean, variances and their shares
 * @throws DataError (NaN, fewer than two spectra), OptionError, EngineError (too large for wasm), CancelledError
 * @example
 * const parts = await pca(spectra, { components: 10 });
 * plot.pca(parts)
 */
export async function pca(spectra: SpectraInput, options: PcaOptions = {}): Promise<PcaResult> {
  const { solver = "exact", seed = 0, mask, missing = "refuse" } = options;
  const matrix = scanMatrix(spectra, mask, { remedy: NAN_REMEDY, missing });
  const { pixels, channels } = matrix;
  const k = options.components ?? Math.min(10, pixels, channels);
  checkComponents(k, matrix);
  checkPca(pixels, solver);
  const pace = createPace("the PCA", options);
  const engine = options.engine ?? (await loadEngine());
  const fit = (data: Float32Array) => principal(engine, data, matrix, { k, solver, seed, pace });
  const whole = matrix.observed && (await impute(matrix, async (data) => modelOf(await fit(data), k), pace));
  const { mean, variance, parts } = await fit(whole?.data ?? matrix.data);

  const { left, values, right } = parts;
  const scores = new Float32Array(pixels * k);
  for (let j = 0; j < k; j++) {
    const sign = signOf(right.subarray(j * channels, (j + 1) * channels));
    for (let c = 0; c < channels; c++) right[j * channels + c] *= sign;
    for (let i = 0; i < pixels; i++) scores[i * k + j] = sign * values[j] * left[j * pixels + i];
  }
  const explainedVariance = values.map((value) => value ** 2 / (pixels - 1));
  const used = {
    components: k,
    solver,
    ...(solver === "exact" ? {} : { seed }),
    ...(missing === "refuse" ? {} : { missing }),
    ...(whole === undefined ? {} : { imputation: { iterations: whole.iterations, converged: whole.converged } }),
    masked: mask !== undefined,
    engine: engine.name,
  };
  return Object.freeze({
    kind: "pca",
    maps: matrix.toMaps(scores, k),
    components: matrix.toSpectra(right, k),
    mean: matrix.toSpectra(mean, 1).data,
    explainedVariance,
    explainedVarianceRatio: explainedVariance.map((value) => (variance > 0 ? value / variance : 0)),
    axes: matrix.axes,
    options: Object.freeze(used),
    metadata: matrix.metadata,
    history: addHistory(matrix.history, "pca", used),
  });
}

/** Mean, total variance and the leading singular triplets of centred data. */
interface Principal {
  readonly mean: Float64Array;
  readonly variance: number;
  readonly parts: TruncatedSvd;
}

async function principal(
  engine: Engine,
  data: Float32Array,
  matrix: ScanMatrix,
  options: Parameters<typeof decompose>[3],
): Promise<Principal> {
  const mean = meanSpectrum(data, matrix.channels);
  const { centred, variance } = centre(data, mean);
  return { mean, variance, parts: await decompose(engine, centred, matrix, options) };
}

/** The value that mean and components give a pixel and channel. */
function modelOf({ mean, parts }: Principal, k: number): (pixel: number, channel: number) => number {
  const { left, values, right } = parts;
  const [pixels, channels] = [left.length / k, right.length / k];
  return (pixel, channel) => {
    let sum = mean[channel];
    for (let j = 0; j < k; j++) sum += values[j] * left[j * pixels + pixel] * right[j * channels + channel];
    return sum;
  };
}

const NAN_REMEDY =
  "crop the scan or the energy axis to the valid part, leave pixels out with mask, or NaN out with " +
  '{ missing: "ignore" }';

function checkPca(pixels: number, solver: string): void {
  if (pixels < 2) {
    throw new SpecbookError("DataError", "one spectrum has no variance", {
      got: `${pixels} spectrum`,
      needed: "at least 2, and more than the components asked for",
      remedy: "give the whole spectrum image, or a larger mask",
    });
  }
  if (solver === "exact" || solver === "randomised") return;
  throw new SpecbookError("OptionError", "unknown PCA solver", {
    got: `solver: ${JSON.stringify(solver)}`,
    needed: '"exact" or "randomised"',
    remedy: "leave it out for exact",
  });
}

function meanSpectrum(data: Float32Array, channels: number): Float64Array {
  const mean = new Float64Array(channels);
  for (let start = 0; start < data.length; start += channels) {
    for (let c = 0; c < channels; c++) mean[c] += data[start + c];
  }
  return mean.map((sum) => (sum * channels) / data.length);
}

/** The data less their mean, and the total variance (n - 1 in the denominator). */
function centre(data: Float32Array, mean: Float64Array): { centred: Float32Array; variance: number } {
  const channels = mean.length;
  const centred = new Float32Array(data.length);
  let squares = 0;
  for (let start = 0; start < data.length; start += channels) {
    for (let c = 0; c < channels; c++) {
      const value = data[start + c] - mean[c];
      centred[start + c] = value;
      squares += value * value;
    }
  }
  return { centred, variance: squares / (data.length / channels - 1) };
}

async function decompose(
  engine: Engine,
  centred: Float32Array,
  { pixels, channels }: ScanMatrix,
  options: { k: number; solver: "exact" | "randomised"; seed: number; pace: Pace },
): Promise<TruncatedSvd> {
  const { k, solver, seed, pace } = options;
  const small = Math.min(pixels, channels);
  if (solver === "exact") checkEigenSize(engine, small, 'use { solver: "randomised" }, or bin the energy axis');
  const x = rowBlocks(engine, centred, pixels, channels);
  try {
    if (solver === "randomised") return await truncatedSvd(x, k, { seed, pace });
    const width = Math.min(k + SPARE, small);
    const basis = channels <= pixels ? channelBasis() : pixelBasis();
    await pace.step();
    return rayleighRitz(x, basis, k);

    function channelBasis(): Float64Array {
      return leading(x.gram(), channels);
    }

    /** Fewer pixels than channels: the small problem is that of X X^T, whose vectors X^T turns into those wanted. */
    function pixelBasis(): Float64Array {
      const turned = rowBlocks(engine, Float32Array.from(transpose(centred, pixels, channels)), channels, pixels);
      const vectors = leading(turned.gram(), pixels);
      turned.dispose();
      const columns = x.transposedTimes(Float32Array.from(transpose(vectors, width, pixels)), width);
      orthonormalise(columns, channels, width);
      return transpose(columns, channels, width);
    }

    function leading(gram: Float64Array, size: number): Float64Array {
      return symmetricEigen(engine, gram, size).vectors.subarray(0, width * size);
    }
  } finally {
    x.dispose();
  }
}

/** 1 or -1, so that the entry of largest magnitude becomes positive. */
function signOf(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}
