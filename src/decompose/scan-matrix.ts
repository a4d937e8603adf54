import { wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import {
  type Axis,
  axis,
  type FloatArray,
  type HistoryEntry,
  type Image,
  type SpectrumImage,
  type SpectrumSource,
} from "../data";
import { checkValues, type ValueCheck } from "../data/check-values";
import { regionPixels } from "../signal";
import type { ScanPlaces } from "./curvature";
import { type Missing, measuredMatrix } from "./missing";

/** What a decomposition takes: a spectrum image, or a bare array [pixels, channels] or [rows, columns, channels]. */
export type SpectraInput = SpectrumImage | FloatArray;

/** True for spectra that are read part by part. */
export function isSource(input: SpectraInput | SpectrumSource): input is SpectrumSource {
  return "kind" in input && input.kind === "spectrum-source";
}

/** True where all numbers lie in memory. */
export function isHeld(matrix: SpectraMatrix): matrix is ScanMatrix {
  return matrix.data !== undefined;
}

/** The spectra of the pixels to decompose, one per row, and how to get back to the scan. */
export interface SpectraMatrix {
  readonly pixels: number;
  readonly channels: number;
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
  /** Where the pixels lie in the scan. */
  readonly places: ScanPlaces;
  /** Channel of the energy axis of each column, rising. */
  readonly channelIndex: ArrayLike<number>;
  /** [pixels, channels], where all lie in memory. */
  readonly data?: Float32Array;
  /** What single values are missing, where not all lie in memory: they are NaN in the pieces. */
  readonly gaps?: Gaps;
  /** The numbers [pixels, channels] in pieces of whole pixels, from the first; a piece is valid until the next. */
  pieces(): AsyncIterable<Float32Array>;
  /** [pixels, k] row-major as maps [k, rows, columns]; NaN at pixels that were left out. */
  toMaps(values: ArrayLike<number>, k: number): FloatArray;
  /** The inverse of `toMaps`: maps [k, rows, columns] at the pixels decomposed, [pixels, k]. */
  fromMaps(maps: Float32Array, k: number): Float32Array;
  /** [k, channels] as spectra over the whole energy axis; NaN at channels that were left out. */
  toSpectra(values: ArrayLike<number>, k: number): FloatArray;
  /** The inverse of `toSpectra`. */
  fromSpectra(spectra: Float32Array, k: number): Float32Array;
}

/** Values that are missing here and there in data that are read part by part. */
export interface Gaps {
  readonly count: number;
  /** Mean of the measured values of each channel. [channels] */
  readonly means: Float64Array;
}

/** The same with all numbers in memory. */
export interface ScanMatrix extends SpectraMatrix {
  /** Shares memory with the input where every pixel is used. */
  readonly data: Float32Array;
  /** 1 where a value was measured, 0 where it is missing and `data` holds 0; absent where all were. */
  readonly observed?: Uint8Array;
  /** Throws a DataError where a value cannot be used; absent where all were looked at. */
  readonly check?: () => void;
}

/** How `scanMatrix` checks its values. */
export interface ScanCheck extends Pick<ValueCheck, "nonNegative" | "remedy"> {
  /** Default "refuse". */
  readonly missing?: Missing;
  /** Leaves the look at the values to the matrix' `check`, for those whom their sums tell as well. Default false. */
  readonly later?: boolean;
}

/** Lays the spectra out as a matrix and checks their values. */
export function scanMatrix(
  input: SpectraInput,
  mask: Image | ArrayLike<number> | undefined,
  { missing = "refuse", later = false, ...check }: ScanCheck,
): ScanMatrix {
  wordOption("the decomposition", "missing", missing, ["refuse", "ignore"]);
  const { rows, columns, channels, axes } = layout(input);
  const chosen = mask === undefined ? undefined : regionPixels([rows, columns], { mask });
  const given = chosen === undefined ? input.data : gather(input.data, chosen, channels);
  const measured = missing === "ignore" ? measuredMatrix(given, channels) : undefined;
  const data = measured?.data ?? given;
  const whole = data.length === input.data.length;
  const dimensions = whole ? ["row", "column", "channel"] : ["pixel that was kept", "channel"];
  const count = measured?.channels.length ?? channels;
  const shape = whole ? [rows, columns, channels] : [data.length / count, count];
  const look = () => checkValues(data, { what: "spectra", shape, dimensions, ...check });
  if (!later) look();
  const index = Int32Array.from({ length: data.length / count }, (_, i) => {
    const kept = measured === undefined ? i : measured.pixels[i];
    return chosen === undefined ? kept : chosen[kept];
  });
  const channelIndex = measured?.channels ?? Int32Array.from({ length: channels }, (_, c) => c);
  const origin = "kind" in input ? input : { metadata: {}, history: [] };
  return {
    ...spectraMatrix({ ...origin, axes }, index, channelIndex),
    pieces: async function* () {
      yield data;
    },
    data,
    ...(measured?.observed === undefined ? {} : { observed: measured.observed }),
    ...(later ? { check: look } : {}),
  };
}

/** What a matrix says of its pixels and channels, without the numbers. */
export function spectraMatrix(
  { axes, metadata, history }: Pick<SpectraMatrix, "axes" | "metadata" | "history">,
  index: Int32Array,
  channelIndex: Int32Array,
): Omit<SpectraMatrix, "pieces"> {
  const [rows, columns, energies] = [axes.y.size, axes.x.size, axes.energy.size];
  const [pixels, count, scan] = [index.length, channelIndex.length, rows * columns];
  return {
    pixels,
    channels: count,
    axes,
    metadata,
    history,
    places: { rows, columns, index },
    channelIndex,
    toMaps: (values, k) => {
      const maps = new Float32Array(k * scan);
      if (pixels < scan) maps.fill(Number.NaN);
      for (let i = 0; i < pixels; i++) {
        for (let j = 0; j < k; j++) maps[j * scan + index[i]] = values[i * k + j];
      }
      return Object.freeze({ data: maps, shape: Object.freeze([k, rows, columns]) });
    },
    fromMaps: (maps, k) =>
      Float32Array.from({ length: pixels * k }, (_, i) => maps[(i % k) * scan + index[Math.floor(i / k)]]),
    toSpectra: (values, k) => {
      const spectra = new Float32Array(k * energies);
      if (count < energies) spectra.fill(Number.NaN);
      for (let i = 0; i < k * count; i++)
        spectra[Math.floor(i / count) * energies + channelIndex[i % count]] = values[i];
      return Object.freeze({ data: spectra, shape: Object.freeze([k, energies]) });
    },
    fromSpectra: (spectra, k) =>
      Float32Array.from(
        { length: k * count },
        (_, i) => spectra[Math.floor(i / count) * energies + channelIndex[i % count]],
      ),
  };
}

function layout(input: SpectraInput): {
  rows: number;
  columns: number;
  channels: number;
  axes: ScanMatrix["axes"];
} {
  if ("kind" in input) {
    const [rows, columns, channels] = input.shape;
    return { rows, columns, channels, axes: input.axes };
  }
  const shape = input.shape.length === 2 ? [input.shape[0], 1, input.shape[1]] : input.shape;
  const [rows, columns, channels] = shape;
  if (shape.length !== 3 || rows * columns * channels !== input.data.length || input.data.length === 0) {
    throw new SpecbookError("ShapeError", "the array is no set of spectra", {
      got: `${input.data.length} values with shape ${input.shape.join(" x ")}`,
      needed: "[pixels, channels] or [rows, columns, channels], the energy last",
      remedy:
        "give the shape that belongs to the array, or a spectrum image: spectrumImage(data, [rows, columns, channels])",
    });
  }
  const axes = { y: axis("y", rows), x: axis("x", columns), energy: axis("channel", channels, { units: "channel" }) };
  return { rows, columns, channels, axes };
}

function gather(data: Float32Array, pixels: readonly number[], channels: number): Float32Array {
  const gathered = new Float32Array(pixels.length * channels);
  for (const [i, pixel] of pixels.entries()) {
    gathered.set(data.subarray(pixel * channels, (pixel + 1) * channels), i * channels);
  }
  return gathered;
}

/** Throws unless the number of components is a whole number from 1 to what the matrix can have. */
export function checkComponents(components: number, { pixels, channels }: SpectraMatrix): void {
  const most = Math.min(pixels, channels);
  if (Number.isInteger(components) && components >= 1 && components <= most) return;
  throw new SpecbookError("OptionError", "the number of components is not usable", {
    got: `components: ${components} for ${pixels} pixels of ${channels} channels`,
    needed: `a whole number from 1 to ${most}`,
    remedy: `for example { components: ${Math.min(4, most)} }`,
  });
}
