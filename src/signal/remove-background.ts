import { countOption, refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { axisValues, type Image, type SpectrumImage } from "../data";
import { checkElectronVolts } from "./align-zero-loss";
import { type BackgroundCurve, type BackgroundModel, backgroundCurve } from "./background-models";
import { checkSignal } from "./check-signal";
import { createCurveFitter, type FitWeights } from "./fit-curve";
import { countFinite, createFitMaps, FIT_STATUS, relativeDeviation } from "./fit-maps";
import { type EnergyWindow, windowChannels } from "./fit-windows";
import { eachPixel, type PixelWorkOptions } from "./pixel-work";
import { remade } from "./signal-value";

/** Options of `removeBackground`; energies in eV. */
export interface BackgroundOptions extends PixelWorkOptions {
  /** `"power-law"`: A E^-r; `"exponential"`: A exp(-E / tau); `"polynomial"`; `"offset"`: a constant. Default the first. */
  readonly model?: BackgroundModel;
  /** Energies [from, to] before the edge where the spectrum is nothing but background, or several such ranges. */
  readonly window: EnergyWindow;
  /** Degree of the polynomial. Default 2. */
  readonly order?: number;
  /**
   * True takes what sums over the two halves of the window say (areas for the power law, mean logarithms for the
   * exponential); false fits from there. Without effect on the others. Default false.
   */
  readonly fast?: boolean;
  /** How the channels count in the fit. Default "equal". */
  readonly weights?: FitWeights;
  /** What becomes of the channels below the window: the curve is taken away there too, or they are set to 0. Default the first. */
  readonly below?: "subtract" | "zero";
}

/** Spectra without their background, and how it was found. */
export interface BackgroundRemoval {
  readonly kind: "background-removal";
  /** NaN where a pixel's fit failed, and where the curve has no value (a power law at and below 0 eV). */
  readonly spectra: SpectrumImage;
  /** The fitted curves, on the whole axis. */
  readonly background: SpectrumImage;
  /** A map of each parameter of the formula; intensities are those of a channel, energies in eV. */
  readonly parameters: Readonly<Record<string, Image>>;
  /** Root mean square of the residuals in the window over the mean there. */
  readonly error: Image;
  /**
   * 0 fitted; 1 suspect: the curve falls below zero or rises above the window; 2 too few values in the window; 3 no
   * convergence, or no finite curve. Pixels of 2 and 3 are NaN.
   */
  readonly status: Image;
  /** Pixels with status 2 or 3. */
  readonly failed: number;
  /** Pixels with status 1. */
  readonly suspect: number;
  readonly window: readonly (readonly [number, number])[];
  readonly options: Readonly<Record<string, unknown>> & { readonly model: BackgroundModel };
  readonly metadata: SpectrumImage["metadata"];
  readonly history: SpectrumImage["history"];
}

const CALL = "removeBackground";
const MODELS: readonly BackgroundModel[] = ["power-law", "exponential", "polynomial", "offset"];

/**
 * Fits a curve to a window of each spectrum and takes it away on the whole axis.
 *
 * The fit is of least squares, by Levenberg-Marquardt in float64; a power law and an exponential are fitted in the form
 * I0 (E / E0)^-r and I0 exp(-(E - E0) / tau) about the middle E0 of the window. Negative results are kept: noise about
 * nothing is half below zero.
 *
 * @throws OptionError for a window off the axis or too narrow, AxisError for an axis that is not in eV, DataError where no
 *   pixel can be fitted, MemoryError, CancelledError
 * @example
 * const edge = await removeBackground(coreLoss, { window: [400, 450] });
 * edge   // last expression of a cell: the fit with its window, maps of the parameters and of what is left
 */
export async function removeBackground(spectra: SpectrumImage, options: BackgroundOptions): Promise<BackgroundRemoval> {
  checkSignal(CALL, spectra, ["spectrum-image"]);
  const { energy } = spectra.axes;
  checkElectronVolts(CALL, energy);
  const { model: name = "power-law", order = 2, fast = false, weights = "equal", below = "subtract" } = options ?? {};
  checkWords(name, weights, below, order);
  const least = { "power-law": 3, exponential: 3, polynomial: order + 2, offset: 1 }[name];
  const { channels, energies, windows } = windowChannels(CALL, energy, options?.window, {
    least,
    positive: name === "power-law",
  });
  if (fast && windows.length > 1) {
    throw refusedOption(CALL, "fast", fast, "false with several windows: halves of one are what it compares");
  }
  const curve = backgroundCurve(name, energies, { order, step: Math.abs(energy.scale) });
  const { data, shape } = spectra;
  const size = shape[2];
  const pixels = shape[0] * shape[1];
  checkMemory(8 * data.length, `spectra and background ${shape.join(" x ")}`, "crop or bin the energy axis first");
  const background = new Float32Array(data.length);
  const left = new Float32Array(data.length);
  const maps = createFitMaps(spectra, curve.model.names, curve.model.units);
  const fit = createPixelFit(curve, energies, { fast, weights });
  const all = axisValues(energy);
  const whole = new Float64Array(size);
  const values = new Float64Array(channels.length);
  const last = Math.max(...energies);
  await eachPixel("the background removal", pixels, options, (pixel) => {
    const from = pixel * size;
    for (let i = 0; i < channels.length; i++) values[i] = data[from + channels[i]];
    const found = fit(values, least);
    if (found.parameters !== undefined) curve.model.evaluate(found.parameters, all, whole);
    const status = found.parameters === undefined ? found.status : look(whole, all, last);
    const failed = status === FIT_STATUS.failed || status === FIT_STATUS.noData;
    if (failed) whole.fill(Number.NaN);
    maps.set(pixel, failed ? undefined : curve.model.told(found.parameters!), found.error, status);
    for (let c = 0; c < size; c++) {
      if (!(Math.abs(whole[c]) <= MOST)) whole[c] = Number.NaN;
      background[from + c] = whole[c];
      left[from + c] = below === "zero" && all[c] < windows[0][0] && !failed ? 0 : data[from + c] - whole[c];
    }
  });
  const used = {
    model: name,
    window: windows,
    ...(name === "polynomial" ? { order } : {}),
    ...(curve.linear ? {} : { fast }),
    ...(fast && !curve.linear ? {} : { weights }),
    below,
  };
  const finished = maps.finish(CALL, used);
  checkAny(finished.failed, pixels);
  const result = remade(spectra, left, {}, CALL, used);
  return Object.freeze({
    kind: "background-removal",
    spectra: result,
    background: remade(spectra, background, {}, CALL, { ...used, part: "background" }),
    ...finished,
    window: windows,
    options: Object.freeze(used),
    metadata: spectra.metadata,
    history: result.history,
  });
}

function checkWords(model: string, weights: string, below: string, order: number): void {
  wordOption(CALL, "model", model, MODELS);
  wordOption(CALL, "weights", weights, ["equal", "counts"]);
  wordOption(CALL, "below", below, ["subtract", "zero"]);
  countOption(CALL, "order", order, 0);
}

interface PixelFit {
  readonly parameters?: Float64Array;
  readonly error: number;
  readonly status: number;
}

/** Fits the window of one pixel after the other. */
function createPixelFit(
  curve: BackgroundCurve,
  energies: Float64Array,
  { fast, weights }: { readonly fast: boolean; readonly weights: FitWeights },
): (values: Float64Array, least: number) => PixelFit {
  const fitCurve = createCurveFitter(curve.model, energies, weights);
  const fitted = new Float64Array(energies.length);
  return (values, least) => {
    if (countFinite(values) < least) return { error: Number.NaN, status: FIT_STATUS.noData };
    const start = curve.closedForm(values);
    const onlyZeros = values.every((value) => value === 0 || Number.isNaN(value));
    let parameters = onlyZeros ? new Float64Array(curve.model.names.length) : start;
    if (!onlyZeros && (!fast || curve.linear)) {
      const found = fitCurve(values, start ?? curve.fallback(values));
      parameters = found.converged ? found.parameters : undefined;
    }
    if (parameters === undefined) return { error: Number.NaN, status: FIT_STATUS.failed };
    curve.model.evaluate(parameters, energies, fitted);
    return { parameters, error: onlyZeros ? 0 : relativeDeviation(values, fitted), status: FIT_STATUS.fitted };
  };
}

/** What the curve does above the window: without finite values it failed; below zero or rising it is suspect. */
function look(curve: Float64Array, energies: Float64Array, last: number): number {
  let suspect = false;
  let before = Number.NaN;
  const rising = energies[0] < energies[energies.length - 1];
  for (let k = 0; k < curve.length; k++) {
    const i = rising ? k : curve.length - 1 - k;
    if (energies[i] <= last) continue;
    if (!Number.isFinite(curve[i]) || Math.abs(curve[i]) > MOST) return FIT_STATUS.failed;
    if (curve[i] < 0 || curve[i] > before) suspect = true;
    before = curve[i];
  }
  return suspect ? FIT_STATUS.suspect : FIT_STATUS.fitted;
}

/** Largest value of float32. */
const MOST = 3.4e38;

function checkAny(failed: number, pixels: number): void {
  if (failed < pixels) return;
  throw new SpecbookError("DataError", "no pixel has a background that can be fitted", {
    got: `${pixels} pixels without finite values in the window, or whose fit does not converge`,
    needed: "at least one",
    remedy: "look at the mean spectrum, and take a window of background before the edge",
  });
}
