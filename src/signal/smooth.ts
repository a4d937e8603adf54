import { countOption, positiveOption, refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { createPace, type LongWorkOptions } from "../core/pace";
import type { Axis, SpectrumImage } from "../data";
import { checkSignal } from "./check-signal";
import { checkSpectra } from "./check-spectra";
import { requiredOption } from "./required-option";
import { savitzkyGolayWeights } from "./savitzky-golay";
import { remade } from "./signal-value";

/** Options of `smooth`. */
export interface SmoothOptions extends LongWorkOptions {
  /** `"savitzky-golay"`: a polynomial through the neighbours; `"gaussian"`: their mean under a bell. Default the first. */
  readonly method?: "savitzky-golay" | "gaussian";
  /**
   * Width in eV: of the polynomial's window (all channels whose centres lie within half of it on either side), or the
   * bell's full width at half maximum.
   */
  readonly window?: number;
  /** The polynomial's window as an odd number of channels, instead of `window`. */
  readonly windowChannels?: number;
  /** Degree of the polynomial. Default 2. */
  readonly order?: number;
  /** Derivative over energy to take, per eV^n; of the polynomial only. Default 0. */
  readonly derivative?: number;
  readonly onProgress?: (progress: { readonly done: number; readonly pixels: number }) => void;
}

/**
 * Spectra smoothed along the energy, or their derivative. Within half a window of either end the polynomial of the
 * outermost whole window is read at each channel (Savitzky & Golay's fit, no padding); the bell mirrors the spectrum at
 * its ends, which keeps the sum.
 *
 * @throws OptionError for a window narrower than the polynomial needs or wider than the axis; DataError for NaN
 * @example
 * const smooth = await smooth(spectra, { window: 5, order: 3 });               // eV
 * const slope = await smooth(spectra, { window: 5, order: 3, derivative: 1 }); // per eV
 */
export async function smooth(spectra: SpectrumImage, options: SmoothOptions): Promise<SpectrumImage> {
  checkSignal("smooth", spectra, ["spectrum-image"]);
  const { method = "savitzky-golay", onProgress } = options;
  wordOption("smooth", "method", method, ["savitzky-golay", "gaussian"]);
  checkSpectra(spectra, "smoothing");
  const [rows, columns, channels] = spectra.shape;
  const { filter, record } =
    method === "gaussian" ? gaussian(options, spectra.axes.energy) : polynomial(options, spectra.axes.energy);
  checkMemory(
    4 * spectra.data.length,
    `smoothed spectra ${spectra.shape.join(" x ")}`,
    "crop or bin the spectra first",
  );
  const pace = createPace("the smoothing", options);
  const result = new Float32Array(spectra.data.length);
  const pixels = rows * columns;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * channels;
    filter(spectra.data.subarray(from, from + channels), result.subarray(from, from + channels));
    if ((pixel + 1) % columns !== 0) continue;
    onProgress?.({ done: pixel + 1, pixels });
    await pace.step();
  }
  const smoothed = remade(spectra, result, {}, "smooth", { method, ...record });
  return record.derivative > 0 ? perEnergy(smoothed, record.derivative) : smoothed;
}

type Filter = (values: Float32Array, into: Float32Array) => void;

interface Chosen {
  readonly filter: Filter;
  readonly record: Readonly<Record<string, unknown>> & { readonly derivative: number };
}

function polynomial(options: SmoothOptions, energy: Axis): Chosen {
  const { window, order = 2, derivative = 0 } = options;
  countOption("smooth", "order", order, 0);
  countOption("smooth", "derivative", derivative, 0);
  const size = windowSize(options, energy);
  if (derivative > order) throw refusedOption("smooth", "derivative", derivative, `at most order: ${order}`);
  const needed = order + 1 + (order % 2); // an odd number of channels
  if (size < needed || size > energy.size) {
    const step = Number(Math.abs(energy.scale).toPrecision(6));
    throw new SpecbookError("OptionError", "smooth cannot use this window", {
      got: `${window === undefined ? "" : `window: ${window} ${energy.units}, which is `}${size} channels for order ${order}`,
      needed: `${needed} to ${energy.size} channels of ${step} ${energy.units} each`,
      remedy: `for example { window: ${Number((step * Math.min(energy.size - 1, needed + 4)).toPrecision(4))}, order: ${order} }`,
    });
  }
  const half = (size - 1) / 2;
  const weights = savitzkyGolayWeights(half, order, derivative);
  const unit = energy.scale ** -derivative;
  for (const row of weights) for (let i = 0; i < size; i++) row[i] *= unit;
  const filter: Filter = (values, into) => {
    const last = values.length - half;
    for (let c = half; c < last; c++) into[c] = product(weights[half], values, c - half);
    for (let place = 0; place < half; place++) {
      into[place] = product(weights[place], values, 0);
      into[last + place] = product(weights[half + 1 + place], values, values.length - size);
    }
  };
  return { filter, record: { windowChannels: size, window, order, derivative } };
}

function windowSize({ window, windowChannels }: SmoothOptions, energy: Axis): number {
  if ((window === undefined) === (windowChannels === undefined)) {
    throw requiredOption("smooth", {
      name: "window",
      value: { window, windowChannels },
      needed: "one of window (in eV) and windowChannels",
      remedy: "for example { windowChannels: 7 }",
    });
  }
  if (windowChannels !== undefined) {
    if (Number.isInteger(windowChannels) && windowChannels % 2 === 1 && windowChannels > 0) return windowChannels;
    throw refusedOption("smooth", "windowChannels", windowChannels, "an odd number of channels");
  }
  positiveOption("smooth", "window", window ?? 0);
  return 2 * Math.floor((window ?? 0) / Math.abs(energy.scale) / 2 + 1e-6) + 1;
}

function product(weights: Float64Array, values: Float32Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * values[from + i];
  return sum;
}

/** Standard deviations up to which the bell reaches. */
const REACH = 4;

function gaussian(options: SmoothOptions, energy: Axis): Chosen {
  const { window, windowChannels, order, derivative } = options;
  for (const [name, value] of Object.entries({ windowChannels, order, derivative })) {
    if (value !== undefined) throw refusedOption("smooth", name, value, 'nothing with method: "gaussian"');
  }
  if (window === undefined) {
    throw requiredOption("smooth", {
      name: "window",
      value: window,
      needed: "the bell's full width at half maximum, in eV",
      remedy: `for example { method: "gaussian", window: ${Number((3 * Math.abs(energy.scale)).toPrecision(4))} }`,
    });
  }
  positiveOption("smooth", "window", window);
  const sigma = window / Math.sqrt(8 * Math.LN2) / Math.abs(energy.scale);
  const reach = Math.floor(REACH * sigma + 0.5);
  if (reach > energy.size) throw refusedOption("smooth", "window", window, "a width well below that of the axis");
  const bell = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const sum = bell.reduce((a, b) => a + b, 0);
  const weights = bell.map((v) => v / sum);
  const padded = new Float32Array(energy.size + 2 * reach);
  const filter: Filter = (values, into) => {
    padded.set(values, reach);
    for (let i = 0; i < reach; i++) {
      padded[reach - 1 - i] = values[i];
      padded[reach + values.length + i] = values[values.length - 1 - i];
    }
    for (let c = 0; c < values.length; c++) into[c] = product(weights, padded, c);
  };
  return { filter, record: { window, derivative: 0 } };
}

function perEnergy(spectra: SpectrumImage, derivative: number): SpectrumImage {
  const { units, quantity } = spectra.metadata;
  const per = `${spectra.axes.energy.units}${derivative === 1 ? "" : `^${derivative}`}`;
  const metadata = {
    ...spectra.metadata,
    quantity: `Derivative of ${typeof quantity === "string" ? quantity.toLowerCase() : "intensity"}`,
    units: typeof units === "string" && units !== "" ? `${units}/${per}` : `1/${per}`,
  };
  return Object.freeze({ ...spectra, metadata: Object.freeze(metadata) });
}
