import { countOption, optionsObject, refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { type Axis, addHistory, axis, type Image, image, type SpectrumImage, spectrumImage } from "../data";
import { checkSignal } from "./check-signal";
import { energyChannels } from "./energy-range";
import { locateZeroLoss, type PeakWindow, type ZeroLossMethod } from "./locate-zero-loss";
import { meanSpectrum } from "./mean-spectrum";
import { eachPixel, type PixelWorkOptions } from "./pixel-work";
import { createShifter, type Interpolation } from "./shift-values";

/** Options of `alignZeroLoss`; energies in eV. */
export interface ZeroLossAlignmentOptions extends PixelWorkOptions {
  /**
   * `"maximum"`: top of the Gaussian through the channels of the window; `"centroid"`: centre of mass of the window, which
   * follows it; `"cross-correlation"`: with the mean of the aligned peaks. Default "cross-correlation".
   */
  readonly method?: ZeroLossMethod;
  /**
   * How much of the peak counts, on either side of its top: in eV, or in full widths at half maximum. Default
   * { fwhm: 0.5 } for the maximum, { fwhm: 1 } for the centroid, { fwhm: 2 } for the correlation.
   */
  readonly window?: PeakWindow;
  /** Energies between which the peak is looked for, on the axis as it is. Default the whole axis. */
  readonly search?: readonly [number, number];
  /** What spectra are correlated with: the mean, or the spectrum of a pixel [row, column]. Default "mean". */
  readonly reference?: "mean" | readonly [number, number];
  /** Times that the mean is made anew from the aligned spectra. Default 2; of the correlation only. */
  readonly passes?: number;
  /** False moves spectra by whole channels only, which leaves every number as it was measured. Default true. */
  readonly subChannel?: boolean;
  /** How values between the channels are found. Default "cubic". */
  readonly interpolation?: Interpolation;
  /**
   * `"none"` keeps the whole axis: channels that a spectrum was moved away from have no value, NaN. `"common"` keeps the
   * channels that all spectra have. Default "none".
   */
  readonly crop?: "none" | "common";
  /** A second spectrum image of the same scan (dual EELS), which is moved by the same energies. */
  readonly also?: SpectrumImage;
}

/** Spectra with their zero-loss peak at 0 eV. */
export interface ZeroLossAlignment {
  readonly kind: "zero-loss-alignment";
  /** A channel of the new axis lies at exactly 0. Spectra without a zero-loss peak are NaN. */
  readonly spectra: SpectrumImage;
  /** `also`, moved by the same energies; undefined where none was given. */
  readonly also: SpectrumImage | undefined;
  /** How far each spectrum was moved on its axis, eV: minus the energy that its peak had. NaN where none was found. */
  readonly shifts: Image;
  /** Spectra without a zero-loss peak. */
  readonly failed: number;
  /** Median full width at half maximum of the peaks, eV. */
  readonly width: number;
  /** Mean spectrum before, with the axis it had: for the picture. */
  readonly before: { readonly mean: Float32Array; readonly energy: Axis };
  readonly options: Readonly<Record<string, unknown>>;
  readonly metadata: SpectrumImage["metadata"];
  readonly history: SpectrumImage["history"];
}

const WINDOWS: Readonly<Record<ZeroLossMethod, PeakWindow>> = {
  maximum: { fwhm: 0.5 },
  centroid: { fwhm: 1 },
  "cross-correlation": { fwhm: 2 },
};

const CALL = "alignZeroLoss";

/**
 * Moves each spectrum so that its zero-loss peak lies at 0 eV. The place of the peak is measured to parts of a channel by
 * each method; the map of shifts is part of the result. Zero is the top of the peak ("maximum"), its centre of mass
 * ("centroid"), or the top of the mean peak ("cross-correlation").
 *
 * @throws AxisError for an energy axis that is not in eV, DataError without a zero-loss peak, OptionError, MemoryError,
 *   CancelledError
 * @example
 * const aligned = await alignZeroLoss(lowLoss, { also: coreLoss, crop: "common" });
 * aligned   // last expression of a cell: map of the shifts, mean spectrum before and after
 */
export async function alignZeroLoss(
  spectra: SpectrumImage,
  options: ZeroLossAlignmentOptions = {},
): Promise<ZeroLossAlignment> {
  optionsObject(CALL, options);
  checkSignal(CALL, spectra, ["spectrum-image"]);
  checkElectronVolts(CALL, spectra.axes.energy);
  const settings = checked(spectra, options);
  const { energy } = spectra.axes;
  const found = await locateZeroLoss(spectra, { ...settings, signal: options.signal, onProgress: options.onProgress });
  const places = settings.subChannel ? found.places : found.places.map(Math.round);
  const zero = Math.round(median(places));
  const used = recordOf(options, settings);
  const moves = places.map((place) => place - zero);
  const origin = energy.offset + zero * energy.scale;
  const move = (one: SpectrumImage) => moved(one, moves, { ...settings, options, origin, step: energy.scale, used });
  const aligned = await move(spectra);
  const shifts = image(
    Float32Array.from(places, (place) => -(energy.offset + place * energy.scale)),
    [spectra.shape[0], spectra.shape[1]],
    {
      axes: { y: spectra.axes.y, x: spectra.axes.x },
      metadata: { ...spectra.metadata, signal: "Shift of the zero-loss peak", quantity: "Shift", units: "eV" },
      history: addHistory(spectra.history, CALL, used),
    },
  );
  return Object.freeze({
    kind: "zero-loss-alignment",
    spectra: aligned,
    also: options.also && (await move(options.also)),
    shifts,
    failed: places.filter(Number.isNaN).length,
    width: found.width * Math.abs(energy.scale),
    before: Object.freeze({ mean: meanSpectrum(spectra), energy }),
    options: used,
    metadata: spectra.metadata,
    history: aligned.history,
  });
}

interface Settings {
  readonly method: ZeroLossMethod;
  readonly window: PeakWindow;
  readonly search: { readonly first: number; readonly end: number };
  readonly reference: "mean" | readonly [number, number];
  readonly passes: number;
  readonly subChannel: boolean;
  readonly interpolation: Interpolation;
  readonly crop: "none" | "common";
}

function checked(spectra: SpectrumImage, options: ZeroLossAlignmentOptions): Settings {
  const { method = "cross-correlation", passes = 2, subChannel = true, interpolation = "cubic" } = options;
  const { crop = "none", reference = "mean", also } = options;
  wordOption(CALL, "method", method, Object.keys(WINDOWS));
  wordOption(CALL, "interpolation", interpolation, ["linear", "cubic", "fourier"]);
  wordOption(CALL, "crop", crop, ["none", "common"]);
  countOption(CALL, "passes", passes);
  const window = options.window ?? WINDOWS[method];
  const given: { readonly eV?: unknown; readonly fwhm?: unknown } = Object(window);
  const size = given.eV ?? given.fwhm;
  if (typeof size !== "number" || !(size > 0))
    throw refusedOption(CALL, "window", window, "{ eV: number } or { fwhm: number }, above 0");
  const [rows, columns, channels] = spectra.shape;
  if (reference !== "mean" && !insideScan(reference, rows, columns)) {
    throw refusedOption(CALL, "reference", reference, `"mean" or [row, column] of ${rows} x ${columns} pixels`);
  }
  const search = options.search
    ? energyChannels(CALL, spectra.axes.energy, options.search)
    : { first: 0, end: channels };
  if (also !== undefined) checkAlso(spectra, also);
  return { method, window, search, reference, passes, subChannel, interpolation, crop };
}

function insideScan(pixel: readonly [number, number], rows: number, columns: number): boolean {
  const inside = (value: number, size: number) => Number.isInteger(value) && value >= 0 && value < size;
  return Array.isArray(pixel) && inside(pixel[0], rows) && inside(pixel[1], columns);
}

function checkAlso(spectra: SpectrumImage, also: SpectrumImage): void {
  checkSignal(CALL, also, ["spectrum-image"]);
  checkElectronVolts(CALL, also.axes.energy);
  if (also.shape[0] === spectra.shape[0] && also.shape[1] === spectra.shape[1]) return;
  throw new SpecbookError("ShapeError", "the second spectrum image is of another scan", {
    got: `${also.shape[0]} x ${also.shape[1]} pixels beside ${spectra.shape[0]} x ${spectra.shape[1]}`,
    needed: "the same rows and columns: each spectrum is moved by the shift of its own pixel",
    remedy: "give the two spectrum images that were recorded together",
  });
}

/** Throws unless an energy axis is in eV. */
export function checkElectronVolts(call: string, energy: Axis): void {
  if (energy.units === "eV") return;
  throw new SpecbookError("AxisError", `${call} needs energies in eV`, {
    got: `an axis "${energy.name}" in ${energy.units || "no units"}`,
    needed: "a calibrated energy axis in eV",
    remedy:
      'give the calibration: spectrumImage(data, shape, { axes: { energy: axis("energy", channels, { units: "eV", offset, scale }) } })',
  });
}

function recordOf(options: ZeroLossAlignmentOptions, settings: Settings): Readonly<Record<string, unknown>> {
  const { method, window, reference, passes, subChannel, interpolation, crop } = settings;
  return Object.freeze({
    method,
    window,
    ...(options.search ? { search: options.search } : {}),
    ...(method === "cross-correlation" ? { reference, passes } : {}),
    subChannel,
    ...(subChannel ? { interpolation } : {}),
    crop,
  });
}

/** A spectrum image whose spectra are read `moves` channels (of `step` eV) further on. */
async function moved(
  spectra: SpectrumImage,
  moves: Float64Array,
  how: Settings & {
    readonly options: PixelWorkOptions;
    readonly origin: number;
    readonly step: number;
    readonly used: Readonly<Record<string, unknown>>;
  },
): Promise<SpectrumImage> {
  const { data, shape, axes, metadata } = spectra;
  const [rows, columns, channels] = shape;
  const { energy } = axes;
  const own = moves.map((move) => inChannels((move * how.step) / energy.scale, how.subChannel));
  const { first, end } = how.crop === "common" ? commonChannels(own, channels) : { first: 0, end: channels };
  const size = end - first;
  checkMemory(
    4 * rows * columns * size,
    `aligned spectra ${rows} x ${columns} x ${size}`,
    "crop the energy axis first",
  );
  const result = new Float32Array(rows * columns * size);
  const shift = createShifter(channels, how.interpolation);
  const line = new Float32Array(channels);
  await eachPixel("the alignment", rows * columns, { signal: how.options.signal }, (pixel) => {
    const into = result.subarray(pixel * size, (pixel + 1) * size);
    if (Number.isNaN(own[pixel])) into.fill(Number.NaN);
    else {
      shift(data.subarray(pixel * channels, (pixel + 1) * channels), own[pixel], line);
      into.set(line.subarray(first, end));
    }
  });
  const offset = energy.offset - how.origin + first * energy.scale;
  return spectrumImage(result, [rows, columns, size], {
    axes: { ...axes, energy: axis(energy.name, size, { units: energy.units, scale: energy.scale, offset }) },
    metadata,
    history: addHistory(spectra.history, CALL, how.used),
  });
}

/** Whole channels where these are asked for, and where rounding alone makes a part of one. */
function inChannels(move: number, subChannel: boolean): number {
  return !subChannel || Math.abs(move - Math.round(move)) < 1e-9 ? Math.round(move) : move;
}

function commonChannels(moves: Float64Array, channels: number): { first: number; end: number } {
  let first = 0;
  let end = channels;
  for (const move of moves) {
    if (Number.isNaN(move)) continue;
    first = Math.max(first, Math.ceil(-move));
    end = Math.min(end, channels - Math.ceil(move));
  }
  if (first < end) return { first, end };
  throw new SpecbookError("DataError", "the spectra have no channel in common", {
    got: "shifts larger than the energy axis",
    needed: "channels that all spectra have after the alignment",
    remedy: 'look at the shifts with crop: "none": some pixels may have no zero-loss peak; narrow it by search',
  });
}

function median(values: Float64Array): number {
  const finite = values.filter((value) => !Number.isNaN(value)).sort();
  if (finite.length > 0) return finite[finite.length >> 1];
  throw new SpecbookError("DataError", "no zero-loss peak could be placed", {
    got: "peaks without a maximum inside the window",
    needed: "at least one spectrum with a peak",
    remedy: "make the window larger, or say where the peak is by search: [from, to] in eV",
  });
}
