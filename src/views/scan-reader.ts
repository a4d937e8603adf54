import { memoryLimit } from "../core/memory";
import { createPace } from "../core/pace";
import { rowsAtOnce, type SpectrumImage, type SpectrumSource } from "../data";
import { type PixelRun, pixelCount, runsMask } from "./scan-shapes";
import { ScanSums } from "./scan-sums";

/** Reads what a view shows of a spectrum image. Means are taken in float64, and are NaN where a value is. */
export interface ScanReader {
  /** All numbers, [rows, columns, channels]; undefined where they are too many for the memory. */
  readonly whole?: () => Promise<Float32Array>;
  /** Mean spectrum of some pixels, [channels]. */
  regionMean(runs: readonly PixelRun[], signal?: AbortSignal): Promise<Float32Array>;
  /** Mean of the channels first..end - 1 at every pixel, [rows * columns]. */
  bandMean(first: number, end: number, signal?: AbortSignal): Promise<Float32Array>;
}

/** Told how much of the first pass is done, 0 to 1; undefined at its end. */
export type PassListener = (share: number | undefined) => void;

/** A larger share of the allowed memory than this stays in its file. */
const HELD_SHARE = 0.5;

/** A reader for spectra in memory, or in an open file: that is read into memory at the first question where it fits. */
export function scanReader(spectra: SpectrumImage | SpectrumSource, onPass: PassListener = () => {}): ScanReader {
  if (spectra.kind === "spectrum-image") return heldReader(spectra.shape, spectra.data, undefined, onPass);
  const [rows, columns, channels] = spectra.shape;
  const size = rows * columns * channels;
  if (4 * size > HELD_SHARE * memoryLimit()) return streamedReader(spectra);
  return heldReader(spectra.shape, undefined, spectra, onPass);
}

/** All numbers are in memory once `source` has been read; sums over parts of them make the answers quick. */
function heldReader(
  shape: readonly [number, number, number],
  given: Float32Array | undefined,
  source: SpectrumSource | undefined,
  onPass: PassListener,
): ScanReader {
  const [rows, columns, channels] = shape;
  let ready: Promise<{ data: Float32Array; sums: ScanSums }> | undefined;

  async function firstPass(): Promise<{ data: Float32Array; sums: ScanSums }> {
    // Not the running cell's stop signal: the view outlives its cell.
    const pace = createPace("the view of the spectra", { signal: new AbortController().signal });
    const data = given ?? new Float32Array(rows * columns * channels);
    const sums = new ScanSums(data, shape);
    const step = source === undefined ? 1 : rowsAtOnce(source);
    try {
      for (let first = 0; first < rows; first += step) {
        const end = Math.min(rows, first + step);
        if (source !== undefined) data.set(await source.readRows(first, end), first * columns * channels);
        for (let row = first; row < end; row++) {
          sums.addRow(row);
          await pace.rest();
        }
        onPass(end / rows);
      }
    } finally {
      onPass(undefined);
    }
    return { data, sums };
  }
  const prepared = () => {
    ready ??= firstPass().catch((error: unknown) => {
      ready = undefined; // a file may be there again at the next question
      throw error;
    });
    return ready;
  };

  return {
    whole: async () => given ?? (await prepared()).data,
    regionMean: async (runs, signal) => {
      const count = pixelCount(runs);
      // A pixel under the mouse needs no sums, and must not wait for them.
      const held = given !== undefined && count <= 64 ? undefined : await prepared();
      signal?.throwIfAborted();
      const sum =
        held === undefined ? new Float64Array(channels) : held.sums.regionSum(runsMask(runs, [rows, columns]));
      if (held === undefined && given !== undefined) addRuns(sum, given, runs, columns, 0);
      return divided(sum, count);
    },
    bandMean: async (first, end, signal) => {
      const { sums } = await prepared();
      signal?.throwIfAborted();
      return divided(sums.bandSum(first, end), end - first);
    },
  };
}

/** What memory cannot hold is read anew for every answer: a region costs its rows, a band the whole file. */
function streamedReader(source: SpectrumSource): ScanReader {
  const [rows, columns, channels] = source.shape;
  return {
    regionMean: async (runs, signal) => {
      const sum = new Float64Array(channels);
      for (const [first, end] of neededRows(runs, rowsAtOnce(source))) {
        const data = await source.readRows(first, end, signal);
        signal?.throwIfAborted();
        const inPiece = runs.filter(([row]) => row >= first && row < end);
        addRuns(sum, data, inPiece, columns, first);
      }
      const count = pixelCount(runs);
      return divided(sum, count);
    },
    bandMean: async (first, end, signal) => {
      const means = new Float32Array(rows * columns);
      const step = rowsAtOnce(source);
      for (let row = 0; row < rows; row += step) {
        const data = await source.readRows(row, Math.min(rows, row + step), signal);
        signal?.throwIfAborted();
        for (let pixel = 0; pixel < data.length / channels; pixel++) {
          let sum = 0;
          for (let c = first; c < end; c++) sum += data[pixel * channels + c];
          means[row * columns + pixel] = sum / (end - first);
        }
      }
      return means;
    },
  };
}

/** Sums over a count; a loop, because `from` with a function takes ten times as long. */
function divided(sums: Float64Array, count: number): Float32Array {
  const means = new Float32Array(sums.length);
  for (let i = 0; i < sums.length; i++) means[i] = sums[i] / count;
  return means;
}

/** Adds the spectra of runs up; `data` begins with the row `firstRow`. */
function addRuns(
  sum: Float64Array,
  data: Float32Array,
  runs: readonly PixelRun[],
  columns: number,
  firstRow: number,
): void {
  const channels = sum.length;
  for (const [row, from, end] of runs) {
    for (let column = from; column < end; column++) {
      const at = ((row - firstRow) * columns + column) * channels;
      for (let c = 0; c < channels; c++) sum[c] += data[at + c];
    }
  }
}

/** The rows that runs lie in, in pieces of at most `height` rows. */
function neededRows(runs: readonly PixelRun[], height: number): [number, number][] {
  const pieces: [number, number][] = [];
  for (const row of [...new Set(runs.map(([one]) => one))].sort((a, b) => a - b)) {
    const last = pieces.at(-1);
    if (last !== undefined && row - last[0] < height) last[1] = row + 1;
    else pieces.push([row, row + 1]);
  }
  return pieces;
}
