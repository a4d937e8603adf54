import { optionsObject } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { addHistory, type Image, type SpectrumSource } from "../data";
import type { Engine } from "../engine/engine";
import {
  checkEigenSize,
  leadingEigenvectors,
  orthonormalise,
  type RowBlocksOptions,
  rayleighRitz,
  rowBlocks,
  type TruncatedSvd,
  transpose,
  truncatedSvd,
} from "../engine/linear-algebra";
import { loadEngine } from "../engine/load";
import { centredMoments } from "./centred-moments";
import { fitMeasured } from "./impute";
import { decomposable } from "./measured-source";
import type { Missing } from "./missing";
import type { PcaResult } from "./results";
import { checkComponents, isHeld, type ScanMatrix, type SpectraInput, type SpectraMatrix } from "./scan-matrix";
import { heldMatrix, streamedBlocks } from "./source-matrix";

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
   * are computed too. A source is read once more to find them, and for single values twice in each round of filling in,
   * of which there may be tens. Default "refuse".
   */
  readonly missing?: Missing;
  /** Rows of a source that are read at once; without effect on the result. Default: as many as fill 64 MiB. */
  readonly block?: number;
  /** The engine to compute on; default that of `loadEngine()`. @internal */
  readonly engine?: Engine;
}

/** Eigenvectors carried beside those asked for, so that the last float64 step can set them right. */
const SPARE = 5;

/** Bytes of a block of spectra in memory, and spectra whose mean is taken from all. */
const BLOCK_BYTES = 64 * 2 ** 20;
const SAMPLED = 256;

/**
 * Principal component analysis of the spectra, centred on their mean. Products and eigenvectors are float32 on the
 * engine; a last step in float64 inside the space they span makes variances and components right to about 1e-6.
 * The sign of each component makes its largest-magnitude channel positive.
 *
 * Of a source (see `open`) the exact solver reads everything twice: for the sums of outer products, and for the scores.
 *
 * @returns maps [components, rows, columns], components [components, channels], mean, variances and their shares
 * @throws DataError (NaN, fewer than two spectra), OptionError, EngineError (too large for wasm), CancelledError
 * @example
 * const parts = await pca(spectra, { components: 10 });
 * plot.pca(parts)
 */
export async function pca(spectra: SpectraInput | SpectrumSource, options: PcaOptions = {}): Promise<PcaResult> {
  optionsObject("pca", options);
  const { solver = "exact", seed = 0, mask, missing = "refuse" } = options;
  const pace = createPace("the PCA", options);
  const matrix = await matrixOf(spectra, options, pace);
  const { pixels, channels } = matrix;
  const k = options.components ?? Math.min(10, pixels, channels);
  checkComponents(k, matrix);
  checkPca(pixels, solver);
  const engine = options.engine ?? (await loadEngine());

  const fit = (filled: SpectraMatrix) => decompose(engine, filled, { k, solver, seed, pace });
  const { fitted, imputation } = await fitMeasured(matrix, fit, (model) => modelOf(model, k), pace);
  const { svd, mean, squares } = fitted;
  const { left, values, right } = svd;
  const scores = new Float32Array(pixels * k);
  for (let j = 0; j < k; j++) {
    const sign = signOf(right.subarray(j * channels, (j + 1) * channels));
    for (let c = 0; c < channels; c++) right[j * channels + c] *= sign;
    for (let i = 0; i < pixels; i++) scores[i * k + j] = sign * values[j] * left[j * pixels + i];
  }
  const variance = squares / (pixels - 1);
  const explainedVariance = values.map((value) => value ** 2 / (pixels - 1));
  const used = {
    components: k,
    solver,
    ...(solver === "exact" ? {} : { seed }),
    ...(missing === "refuse" ? {} : { missing }),
    ...(imputation === undefined ? {} : { imputation }),
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

/** The spectra as a matrix. Few spectra of many channels are a small matrix, which is then held in memory. */
async function matrixOf(
  spectra: SpectraInput | SpectrumSource,
  { mask, solver = "exact", missing, block }: PcaOptions,
  pace: Pace,
): Promise<SpectraMatrix> {
  const check = { remedy: NAN_REMEDY, missing, later: solver === "exact" && missing !== "ignore" };
  const matrix = await decomposable(spectra, mask, check, { block, pace });
  return solver === "exact" && !isHeld(matrix) && matrix.pixels < matrix.channels ? heldMatrix(matrix) : matrix;
}

/** The value that mean and components give a pixel and channel. */
function modelOf({ mean, svd }: Decomposed, k: number): (pixel: number, channel: number) => number {
  const { left, values, right } = svd;
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

interface Settings {
  readonly k: number;
  readonly solver: "exact" | "randomised";
  readonly seed: number;
  readonly pace: Pace;
}

/** The leading singular triplets of the centred data, their mean, and the sum of squares about it. */
interface Decomposed {
  readonly svd: TruncatedSvd;
  readonly mean: Float64Array;
  readonly squares: number;
}

async function decompose(engine: Engine, matrix: SpectraMatrix, settings: Settings): Promise<Decomposed> {
  const { pixels, channels } = matrix;
  const { k, solver, seed, pace } = settings;
  if (solver === "exact") {
    checkEigenSize(engine, Math.min(pixels, channels), 'use { solver: "randomised" }, or bin the energy axis');
  }
  if (solver === "exact" && isHeld(matrix) && pixels < channels) return byPixels(engine, matrix, settings);
  const held = isHeld(matrix) ? rowBlocks(engine, matrix.data, pixels, channels, nearMean(matrix)) : undefined;
  const x = held ?? streamedBlocks(engine, matrix);
  try {
    const { shift, left, mean, squares, products } = await centredMoments(x, { products: solver === "exact", pace });
    // A value that is not finite makes its column's sum so: finding it there takes no look at every value.
    if (isHeld(matrix) && !left.every(Number.isFinite)) matrix.check?.();
    if (products === undefined) {
      const rest = Float32Array.from(held === undefined ? mean : left);
      return { mean, squares, svd: await truncatedSvd(x, k, { seed, pace, shift: rest }) };
    }
    const basis = leadingEigenvectors(engine, products, channels, { count: k, spare: SPARE });
    await pace.step();
    const taken = held === undefined ? { shift } : {};
    return { mean, squares, svd: await rayleighRitz(x, basis, k, { ...taken, left, pace }) };
  } finally {
    held?.dispose();
  }
}

/** Blocks as large as the products like them, less a mean of some spectra: the products need nothing taken then. */
function nearMean({ data, pixels, channels }: ScanMatrix): RowBlocksOptions {
  const less = new Float32Array(channels);
  const count = Math.min(pixels, SAMPLED);
  for (let i = 0; i < count; i++) {
    const start = Math.floor((i * pixels) / count) * channels;
    for (let c = 0; c < channels; c++) less[c] += data[start + c] / count;
  }
  return { less, blockBytes: BLOCK_BYTES };
}

/** Fewer pixels than channels: the small problem is that of X X^T, whose vectors X^T turns into those wanted. */
async function byPixels(engine: Engine, matrix: ScanMatrix, { k, pace }: Settings): Promise<Decomposed> {
  const { pixels, channels } = matrix;
  matrix.check?.();
  const { mean, centred, squares } = centre(matrix);
  const turned = rowBlocks(engine, Float32Array.from(transpose(centred, pixels, channels)), channels, pixels);
  const vectors = leadingEigenvectors(engine, turned.gram(), pixels, { count: k, spare: SPARE });
  const width = vectors.length / pixels;
  turned.dispose();
  await pace.step();
  const x = rowBlocks(engine, centred, pixels, channels);
  try {
    const columns = x.transposedTimes(Float32Array.from(transpose(vectors, width, pixels)), width);
    orthonormalise(columns, channels, width);
    return { mean, squares, svd: await rayleighRitz(x, transpose(columns, channels, width), k, { pace }) };
  } finally {
    x.dispose();
  }
}

/** The data less their mean. */
function centre({ data, pixels, channels }: ScanMatrix): {
  mean: Float64Array;
  centred: Float32Array;
  squares: number;
} {
  const mean = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) mean[i % channels] += data[i] / pixels;
  const centred = data.map((value, i) => value - mean[i % channels]);
  return { mean, centred, squares: centred.reduce((sum, value) => sum + value * value, 0) };
}

/** 1 or -1, so that the entry of largest magnitude becomes positive. */
function signOf(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}
