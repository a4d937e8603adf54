import { refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { type Axis, axisValues, type Image, type SpectrumImage } from "../data";
import { checkElectronVolts } from "./align-zero-loss";
import { checkSignal } from "./check-signal";
import { crop } from "./crop";
import type { TermName } from "./curve-models";
import type { FitWeights } from "./fit-curve";
import { createFitMaps, FIT_STATUS } from "./fit-maps";
import { type EnergyWindow, type WindowChannels, windowChannels } from "./fit-windows";
import { meanSpectrum } from "./mean-spectrum";
import { eachPixel, type PixelWorkOptions } from "./pixel-work";
import { remade } from "./signal-value";
import { type TailEstimate, type TailEstimator, tailEstimator } from "./zero-loss-tails";

/** How the zero-loss peak under the losses is estimated. */
export type ZeroLossRemovalMethod = "power-law" | "mirrored" | "reflected-tail";

/** Options of `removeZeroLoss`; energies in eV. */
export interface ZeroLossRemovalOptions extends PixelWorkOptions {
  /**
   * `"power-law"`: the two-term law fitted to the window; `"mirrored"`: the gain side mirrored about 0 eV;
   * `"reflected-tail"`: the mirrored gain side, scaled to the data in the window. Default "power-law".
   */
  readonly method?: ZeroLossRemovalMethod;
  /**
   * Energies [from, to] on the loss side where the spectrum is nothing but the tail of the peak, or several such ranges.
   * Everything below is the zero-loss peak. Not for "mirrored", which needs none.
   */
  readonly window?: EnergyWindow;
  /** The two terms of the law. Default ["exponential", "power-law"]. */
  readonly terms?: readonly [TermName, TermName];
  /** `"pixel"`: each pixel has its own law; `"mean"`: the decays are those of the mean spectrum. Default "pixel". */
  readonly shape?: "pixel" | "mean";
  /** How the channels count in the fit. Default "counts". */
  readonly weights?: FitWeights;
  /** The lowest energy to keep in the result. Default: the whole axis. */
  readonly cut?: number;
}

/** Spectra without their zero-loss peak, and how that was found. */
export interface ZeroLossRemoval {
  readonly kind: "zero-loss-removal";
  /** 0 below the window, NaN in pixels whose fit failed. */
  readonly spectra: SpectrumImage;
  /** The zero-loss peak of each pixel on the whole axis: the data below the window, the estimate from there on. */
  readonly zeroLoss: SpectrumImage;
  /** Maps of the law's parameters (intensities of a channel, tau in eV), or of the scale of the reflected tail. */
  readonly parameters: Readonly<Record<string, Image>>;
  /** Root mean square of the residuals in the window over the mean there; NaN for the mirrored side. */
  readonly error: Image;
  /**
   * 0 estimated; 1 suspect: more is taken away above the window than there is, or the gain side ends too soon to be
   * continued (0 beyond); 2 too few values; 3 no convergence. Pixels of 2 and 3 are NaN.
   */
  readonly status: Image;
  readonly failed: number;
  readonly suspect: number;
  readonly window: readonly (readonly [number, number])[];
  /** Mean spectrum before, with its axis: for the picture. */
  readonly before: { readonly mean: Float32Array; readonly energy: Axis };
  readonly options: Readonly<Record<string, unknown>> & { readonly method: ZeroLossRemovalMethod };
  readonly metadata: SpectrumImage["metadata"];
  readonly history: SpectrumImage["history"];
}

const CALL = "removeZeroLoss";

/** What is left above the window may be this share of what was taken below nothing: rounding and noise about zero. */
const TOO_MUCH = 0.01;

/**
 * Takes the zero-loss peak off low-loss spectra whose peak lies at 0 eV (`alignZeroLoss`).
 *
 * `"power-law"`: A1 exp(-E / tau1) + A2 E^-r2, fitted to the window of each spectrum, amplitudes of at least 0. A tail
 * falls: r is at least 1.5 (2 is that of a Lorentzian's wings) and at most 30, tau at most the energy at which the window
 * ends. With few counts two terms are more than a pixel can tell: shape: "mean" takes their decays from the mean
 * spectrum. This is how K. M. Roccapriore et al., Small 17, 2100181 (2021), doi:10.1002/smll.202100181 remove the peak ("a
 * two-term exponential power law"); they give no equation, so `terms` chooses among its readings.
 * `"mirrored"` and `"reflected-tail"`: the peak is taken to be symmetric, at all energies or in the form of its tail
 * (R. F. Egerton, "Electron Energy-Loss Spectroscopy in the Electron Microscope", 3rd ed., Springer 2011,
 * doi:10.1007/978-1-4419-9583-4). They need a recorded gain side; beyond it the power law through its outer half goes on,
 * and its noise adds to that of the spectra.
 *
 * @throws OptionError for a window off the axis or too narrow, AxisError for an axis that is not in eV or has no gain
 *   side, DataError where no pixel can be fitted or the peak is not at 0, MemoryError, CancelledError
 * @example
 * const { spectra } = await alignZeroLoss(lowLoss, { crop: "common" });
 * const removed = await removeZeroLoss(spectra, { window: [0.08, 0.16], cut: 0.2 });
 * removed   // last expression of a cell: the mean spectrum with the fitted peak, the maps of the fit
 */
export async function removeZeroLoss(
  spectra: SpectrumImage,
  options: ZeroLossRemovalOptions,
): Promise<ZeroLossRemoval> {
  checkSignal(CALL, spectra, ["spectrum-image"]);
  const { energy } = spectra.axes;
  checkElectronVolts(CALL, energy);
  const settings = checked(options ?? {});
  const window = windowOf(settings, energy, options?.window);
  const { data, shape } = spectra;
  const channels = shape[2];
  const pixels = shape[0] * shape[1];
  checkMemory(8 * data.length, `spectra and zero-loss peaks ${shape.join(" x ")}`, "crop or bin the spectra first");
  const energies = axisValues(energy);
  const mean = meanSpectrum(spectra);
  if (settings.method !== "power-law") checkCentred(mean, energies);
  const tail: TailEstimator = tailEstimator(settings, energies, window, mean);
  const from = settings.method === "mirrored" ? Number.MIN_VALUE : window.windows[0][0];
  const zeroLoss = new Float32Array(data.length);
  const left = new Float32Array(data.length);
  const maps = createFitMaps(spectra, tail.names, tail.units);
  const curve = new Float64Array(channels);
  await eachPixel("the zero-loss removal", pixels, options, (pixel) => {
    const start = pixel * channels;
    const values = data.subarray(start, start + channels);
    const found: TailEstimate = tail.estimate(values, curve);
    const lost = found.status === FIT_STATUS.noData || found.status === FIT_STATUS.failed;
    let above = 0;
    let taken = 0;
    for (let c = 0; c < channels; c++) {
      const under = energies[c] < from ? values[c] : curve[c];
      zeroLoss[start + c] = lost ? Number.NaN : under;
      left[start + c] = lost ? Number.NaN : values[c] - under;
      if (!(energies[c] > tail.last) || !Number.isFinite(left[start + c])) continue;
      above += left[start + c];
      taken += under;
    }
    const status = found.status === FIT_STATUS.fitted && above < -TOO_MUCH * taken ? FIT_STATUS.suspect : found.status;
    maps.set(pixel, lost ? undefined : found.parameters, found.error, status);
  });
  const used = {
    method: settings.method,
    ...(settings.method === "mirrored" ? {} : { window: window.windows }),
    ...(settings.method === "power-law"
      ? { terms: settings.terms, shape: settings.shape, weights: settings.weights }
      : {}),
    ...(settings.cut === undefined ? {} : { cut: settings.cut }),
  };
  const finished = maps.finish(CALL, used);
  checkAny(finished.failed, pixels);
  const whole = remade(spectra, left, {}, CALL, used);
  const result = settings.cut === undefined ? whole : cutBelow(whole, settings.cut);
  return Object.freeze({
    kind: "zero-loss-removal",
    spectra: result,
    zeroLoss: remade(spectra, zeroLoss, {}, CALL, { ...used, part: "zero-loss peak" }),
    ...finished,
    window: window.windows,
    before: Object.freeze({ mean, energy }),
    options: Object.freeze(used),
    metadata: spectra.metadata,
    history: result.history,
  });
}

/** Options of `removeZeroLoss` that say how the tail is estimated. */
export interface TailSettings {
  readonly method: ZeroLossRemovalMethod;
  readonly terms: readonly [TermName, TermName];
  readonly shape: "pixel" | "mean";
  readonly weights: FitWeights;
  readonly cut?: number;
}

function checked(options: ZeroLossRemovalOptions): TailSettings {
  const { method = "power-law", shape = "pixel", weights = "counts", cut } = options;
  const { terms = ["exponential", "power-law"] as const } = options;
  wordOption(CALL, "method", method, ["power-law", "mirrored", "reflected-tail"]);
  wordOption(CALL, "shape", shape, ["pixel", "mean"]);
  wordOption(CALL, "weights", weights, ["equal", "counts"]);
  const known = ["exponential", "power-law"];
  if (!Array.isArray(terms) || terms.length !== 2 || !terms.every((term) => known.includes(term))) {
    throw refusedOption(CALL, "terms", terms, 'two of "exponential" and "power-law"');
  }
  return { method, shape, weights, terms, ...(cut === undefined ? {} : { cut }) };
}

/** The window, on the loss side; none for the mirrored gain side. */
function windowOf(settings: TailSettings, energy: Axis, window: EnergyWindow | undefined): WindowChannels {
  if (settings.method === "mirrored") {
    if (window === undefined) return { channels: new Int32Array(), energies: new Float64Array(), windows: [] };
    throw refusedOption(CALL, "window", window, 'none with method: "mirrored": "reflected-tail" is scaled to a window');
  }
  return windowChannels(CALL, energy, window, { least: settings.method === "power-law" ? 5 : 1, positive: true });
}

/** Throws unless the mean spectrum is highest within two channels of 0 eV. */
function checkCentred(mean: Float32Array, energies: Float64Array): void {
  const step = energies[1] - energies[0];
  if (!(step > 0) || !(energies[0] < -3 * step)) {
    throw new SpecbookError("AxisError", "the spectra have no gain side to mirror", {
      got: `energies from ${energies[0]} to ${energies[energies.length - 1]} eV`,
      needed: "a rising axis that begins well below 0 eV",
      remedy: 'take method: "power-law", which needs the loss side only',
    });
  }
  let top = 0;
  for (let c = 0; c < mean.length; c++) if (mean[c] > mean[top] || Number.isNaN(mean[top])) top = c;
  if (Math.abs(energies[top]) <= 2 * step) return;
  throw new SpecbookError("DataError", "the zero-loss peak is not at 0 eV", {
    got: `a mean spectrum whose largest value is at ${Number(energies[top].toPrecision(4))} eV`,
    needed: "spectra aligned to 0 eV: the gain side is mirrored about it",
    remedy: "align first: const { spectra } = await alignZeroLoss(lowLoss)",
  });
}

function cutBelow(spectra: SpectrumImage, cut: number): SpectrumImage {
  const { offset, scale, size } = spectra.axes.energy;
  return crop(spectra, { energy: scale > 0 ? [cut, offset + scale * (size - 1)] : [cut, offset] });
}

function checkAny(failed: number, pixels: number): void {
  if (failed < pixels) return;
  throw new SpecbookError("DataError", "no pixel has a zero-loss tail that can be fitted", {
    got: `${pixels} pixels without values in the window, or whose fit does not converge`,
    needed: "at least one",
    remedy: "look at the mean spectrum, and take a window on the falling flank of the peak, before the losses begin",
  });
}
