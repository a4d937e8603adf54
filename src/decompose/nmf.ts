import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { addHistory, type Image } from "../data";
import { checkValues } from "../data/check-values";
import type { Engine } from "../engine/engine";
import { type RowBlocks, rowBlocks, transpose } from "../engine/linear-algebra";
import { loadEngine } from "../engine/load";
import { type Factors, type HalsOutcome, hals } from "./hals";
import { nndsvdStart, randomStart } from "./nmf-start";
import type { NmfResult } from "./results";
import { checkComponents, type ScanMatrix, type SpectraInput, scanMatrix } from "./scan-matrix";

/** Where NMF starts from: a rule, or maps and endmembers to go on from, e.g. an earlier result. */
export type NmfStart = "nndsvd" | "nndsvda" | "random" | Pick<NmfResult, "maps" | "endmembers">;

/** Options of `nmf`. */
export interface NmfOptions extends LongWorkOptions {
  /** Number of endmembers. Default 4. */
  readonly components?: number;
  /**
   * `"nndsvd"`: from the singular vectors, with zeros; `"nndsvda"`: the same with the root of the data's mean for the
   * zeros (what scikit-learn does on data of mean 1; so a change of units changes nothing); `"random"`: seeded.
   * Default "nndsvda".
   */
  readonly init?: NmfStart;
  /** Seed of the random start, and of the randomised singular vectors. Default 0. */
  readonly seed?: number;
  /** Most iterations, each a sweep over the maps and one over the endmembers. Default 500. */
  readonly iterations?: number;
  /** Converged when the projected gradient is at most this share of that of the first iteration. Default 1e-4. */
  readonly tolerance?: number;
  /** Decomposes only the pixels where this is not 0 (scan-shaped); the maps are NaN elsewhere. */
  readonly mask?: Image | ArrayLike<number>;
  /** Called after every tenth iteration and the last. */
  readonly onProgress?: (progress: NmfProgress) => void;
  /** The engine to compute on; default that of `loadEngine()`. @internal */
  readonly engine?: Engine;
}

/** How far an NMF is. */
export interface NmfProgress {
  readonly iteration: number;
  readonly iterations: number;
  /** Relative error |X - WH| / |X| so far. */
  readonly error: number;
}

/**
 * Non-negative matrix factorisation: the spectrum of each pixel as a sum of few endmember spectra with abundances, all
 * of at least 0. Minimises |X - WH| (Frobenius) by hierarchical alternating least squares.
 *
 * Components come in the order of falling energy |map| |endmember|; each map is scaled to a largest value of 1 and its
 * endmember carries the units. NMF has no unique solution: compare starts and seeds before reading meaning into one.
 * Between checks the errors in `trace` come from inner products; the last, `error`, is that of the residual itself.
 *
 * @returns maps [components, rows, columns], endmembers [components, channels], errors, options as used
 * @throws DataError (NaN or negative values, all zero), OptionError, MemoryError; CancelledError, which carries the
 *   factors so far as `partial`
 * @example
 * const parts = await nmf(spectra, { components: 4 });
 * plot.nmf(parts)
 */
export async function nmf(spectra: SpectraInput, options: NmfOptions = {}): Promise<NmfResult> {
  const { components: k = 4, init = "nndsvda", seed = 0, iterations = 500, tolerance = 1e-4, mask } = options;
  const matrix = scanMatrix(spectra, mask, { nonNegative: true, remedy: NEGATIVE_REMEDY });
  checkComponents(k, matrix);
  checkNumbers(iterations, tolerance);
  const { mean, squaredNorm } = moments(matrix);
  const pace = createPace("the NMF", options);
  const engine = options.engine ?? (await loadEngine());
  const x = rowBlocks(engine, matrix.data, matrix.pixels, matrix.channels);
  try {
    const factors = await start(x, matrix, { k, init, seed, mean, pace });
    const outcome = await hals(engine, x, factors, squaredNorm, {
      iterations,
      tolerance,
      pace,
      onCheck: (iteration, error) => options.onProgress?.({ iteration, iterations, error }),
    });
    const used = {
      components: k,
      init: typeof init === "string" ? init : "given",
      seed,
      iterations,
      tolerance,
      masked: mask !== undefined,
      engine: engine.name,
    };
    const result = assemble(matrix, factors, outcome, used);
    if (outcome.state === "stopped") throw Object.assign(pace.cancelled(), { partial: result });
    return result;
  } finally {
    x.dispose();
  }
}

const NEGATIVE_REMEDY =
  "find out why first (background subtracted too far? wrong signal?); to set them to 0 by your own choice: " +
  "spectrumImage(spectra.data.map((v) => (v > 0 ? v : 0)), spectra.shape, spectra); pca takes negative values as they are";

function checkNumbers(iterations: number, tolerance: number): void {
  if (Number.isInteger(iterations) && iterations >= 1 && tolerance >= 0) return;
  throw new SpecbookError("OptionError", "the stopping rule of the NMF is not usable", {
    got: `iterations: ${iterations}, tolerance: ${tolerance}`,
    needed: "at least 1 iteration, a tolerance of at least 0",
    remedy: "leave both out for 500 and 1e-4",
  });
}

function moments({ data }: ScanMatrix): { mean: number; squaredNorm: number } {
  let sum = 0;
  let squaredNorm = 0;
  for (const value of data) {
    sum += value;
    squaredNorm += value * value;
  }
  if (sum > 0) return { mean: sum / data.length, squaredNorm };
  throw new SpecbookError("DataError", "there is nothing to factorise", {
    got: `${data.length} values, all 0`,
    needed: "some values above 0",
    remedy: "check that the right signal was loaded, and the mask if one is given",
  });
}

interface Start {
  readonly k: number;
  readonly init: NmfStart;
  readonly seed: number;
  readonly mean: number;
  readonly pace: Pace;
}

async function start(x: RowBlocks, matrix: ScanMatrix, { k, init, seed, mean, pace }: Start): Promise<Factors> {
  if (init === "random") return randomStart(x.rows, x.columns, k, mean, seed);
  if (init === "nndsvd" || init === "nndsvda")
    return nndsvdStart(x, k, init === "nndsvd" ? 0 : Math.sqrt(mean), { seed, pace });
  if (typeof init === "object") return givenStart(matrix, k, init);
  throw new SpecbookError("OptionError", "unknown start for the NMF", {
    got: `init: ${JSON.stringify(init)}`,
    needed: '"nndsvd", "nndsvda", "random", or { maps, endmembers }',
    remedy: "leave it out for nndsvda",
  });
}

function givenStart(matrix: ScanMatrix, k: number, given: Pick<NmfResult, "maps" | "endmembers">): Factors {
  const { maps, endmembers } = given;
  const scanPixels = matrix.axes.y.size * matrix.axes.x.size;
  if (maps.data.length !== k * scanPixels || endmembers.data.length !== k * matrix.channels) {
    throw new SpecbookError("ShapeError", "the given start does not fit the spectra", {
      got: `maps ${maps.shape.join(" x ")}, endmembers ${endmembers.shape.join(" x ")}`,
      needed: `maps ${k} x ${matrix.axes.y.size} x ${matrix.axes.x.size}, endmembers ${k} x ${matrix.channels}`,
      remedy: `give components: ${endmembers.shape[0]} if that is how many the start has, and the same scan`,
    });
  }
  const w = matrix.fromMaps(maps.data, k);
  const h = Float32Array.from(transpose(endmembers.data, k, matrix.channels));
  for (const [what, data, name] of [
    ["maps", w, "pixel"],
    ["endmembers", h, "channel"],
  ] as const) {
    checkValues(data, {
      what: `${what} to start from`,
      shape: [data.length / k, k],
      dimensions: [name, "component"],
      nonNegative: true,
      remedy: "start from factors without NaN or negative values, and with the same mask",
    });
  }
  return { w, h, k };
}

/** Brings the factors to their conventions: falling energy, largest abundance 1. */
function assemble(
  matrix: ScanMatrix,
  { w, h, k }: Factors,
  outcome: HalsOutcome,
  used: NmfResult["options"],
): NmfResult {
  const columns = Array.from({ length: k }, (_, j) => ({ j, ...measure(w, k, j), length: measure(h, k, j).norm }));
  columns.sort((a, b) => b.norm * b.length - a.norm * a.length);
  const scale = columns.map(({ largest }) => largest || 1); // a component without weight stays 0
  const maps = Float32Array.from(w, (_, i) => w[i - (i % k) + columns[i % k].j] / scale[i % k]);
  const endmembers = new Float32Array(h.length);
  for (const [place, { j }] of columns.entries()) {
    for (let c = 0; c < matrix.channels; c++) endmembers[place * matrix.channels + c] = h[c * k + j] * scale[place];
  }
  return Object.freeze({
    kind: "nmf",
    maps: matrix.toMaps(maps, k),
    endmembers: Object.freeze({ data: endmembers, shape: Object.freeze([k, matrix.channels]) }),
    error: outcome.trace[outcome.trace.length - 1],
    trace: Object.freeze(outcome.trace),
    converged: outcome.state === "converged",
    axes: matrix.axes,
    options: Object.freeze(used),
    metadata: matrix.metadata,
    history: addHistory(matrix.history, "nmf", { ...used, iterationsDone: outcome.iterations }),
  });
}

/** Length and largest value of a column. */
function measure(factor: Float32Array, k: number, j: number): { norm: number; largest: number } {
  let squares = 0;
  let largest = 0;
  for (let i = j; i < factor.length; i += k) {
    squares += factor[i] * factor[i];
    largest = Math.max(largest, factor[i]);
  }
  return { norm: Math.sqrt(squares), largest };
}
