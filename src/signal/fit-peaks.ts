import { countOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { createPace } from "../core/pace";
import { axisValues, type SpectrumImage } from "../data";
import { checkValues } from "../data/check-values";
import { checkSignal } from "./check-signal";
import { checkSpectra, spectraCheck } from "./check-spectra";
import { crop } from "./crop";
import { createLeastSquaresSolver, type LeastSquaresFit, type LeastSquaresSolver } from "./levenberg-marquardt";
import type { PeakFit } from "./peak-fit";
import { collector, meetsBound, type PixelFit } from "./peak-maps";
import { type LinearStart, type PeakModel, peakModel, sameColumns } from "./peak-model";
import { checkPeaks, type FitPeaksOptions } from "./peak-options";
import { regionPixels } from "./region";

/** The share of the squares that a last step gains: parameters to a ten-thousandth of their deviations. */
const TOLERANCE = 1e-9;

/**
 * Peaks fitted to the spectrum of each pixel by least squares, with analytic derivatives: maps of centre, width, height
 * and area, each with its standard deviation. A fit that does not converge is NaN in the maps and 1 in `failed`.
 *
 * @throws OptionError for peaks that cannot be fitted, AxisError for energies outside the axis, DataError for NaN;
 * CancelledError when stopped
 * @example
 * const fit = await fitPeaks(spectra, {
 *   peaks: [{ name: "edge", centre: 0.4, width: 0.1 }, { name: "face", centre: 0.65, width: 0.15 }],
 *   background: "linear", energy: [0.25, 0.9],
 * });
 * plot.map(fit.peaks[0].centre, { colours: "viridis" })
 */
export async function fitPeaks(spectra: SpectrumImage, options: FitPeaksOptions): Promise<PeakFit> {
  checkSignal("fitPeaks", spectra, ["spectrum-image"]);
  const { energy, start = "mean", maxIterations = 100, mask, onProgress } = options;
  countOption("fitPeaks", "maxIterations", maxIterations);
  const part = energy === undefined ? spectra : crop(spectra, { energy });
  const [rows, columns, channels] = part.shape;
  const x = axisValues(part.axes.energy);
  checkPeaks(options, Math.min(x[0], x[channels - 1]), Math.max(x[0], x[channels - 1]));
  const pixels = regionPixels([rows, columns], mask === undefined ? {} : { mask });
  checkPixels(part, pixels);
  const model = peakModel(x, options);
  checkChannels(channels, model);
  checkMemory(
    4 * part.data.length,
    `fitted spectra ${part.shape.join(" x ")}`,
    "give the energies to fit, or bin the scan",
  );

  const solve = createLeastSquaresSolver({ points: channels, parameters: model.size });
  const y = new Float64Array(channels);
  const limits = { lower: model.lower, upper: model.upper, maxIterations, tolerance: TOLERANCE };
  const residuals = model.residuals(y);
  const mean = meanFit(part, pixels, model, options, (problem, from) =>
    solve(problem, from, { ...limits, maxIterations: 500 }),
  );
  const given = givenStart(model, options);
  const atMean = model.linearStart(mean.parameters) ?? given;
  const maps = collector(part, model, { ...options, start, maxIterations, mask: mask !== undefined });
  const warm = warmStarts(model, columns);
  const pace = createPace("the peak fit", options);
  const from = new Float64Array(model.size);

  for (const [done, pixel] of pixels.entries()) {
    fill(y, part, pixel);
    if (start === "given") given(y, from);
    else atMean(y, from);
    if (start === "neighbours") warm.improve(pixel, y, from);
    let fit = solve(residuals, from, limits);
    if (!fit.converged || meetsBound(model, fit.parameters)) {
      if (start === "given") atMean(y, from);
      else given(y, from);
      fit = better(fit, solve(residuals, from, limits));
    }
    if (start === "neighbours") warm.keep(pixel, fit);
    maps.add(pixel, y, fit);
    if (done % columns === columns - 1 || done === pixels.length - 1)
      onProgress?.({ done: done + 1, pixels: pixels.length, failed: maps.failures() });
    await pace.step();
  }
  return maps.result(pixels.length);
}

/** A fit that ended is better than one that did not; of two that did, the one that leaves less. */
function better(first: LeastSquaresFit, second: LeastSquaresFit): LeastSquaresFit {
  if (first.converged !== second.converged) return first.converged ? first : second;
  return second.cost < first.cost ? second : first;
}

/** Spectra outside the mask may hold anything. */
function checkPixels(part: SpectrumImage, pixels: readonly number[]): void {
  const [rows, columns, channels] = part.shape;
  if (pixels.length === rows * columns) {
    checkSpectra(part, "fitting peaks");
    return;
  }
  const check = spectraCheck(part.shape, "fitting peaks");
  for (const pixel of pixels) {
    const from = pixel * channels;
    checkValues(part.data.subarray(from, from + channels), { ...check, from });
  }
}

function checkChannels(channels: number, { size }: PeakModel): void {
  if (channels > size) return;
  throw new SpecbookError("OptionError", "fitPeaks has too few channels for its parameters", {
    got: `${channels} channels for ${size} parameters`,
    needed: `more than ${size} channels`,
    remedy: "widen the energies to fit, fit fewer peaks, or a simpler background",
  });
}

function fill(y: Float64Array, { data, shape: [, , channels] }: SpectrumImage, pixel: number): void {
  for (let c = 0; c < channels; c++) y[c] = data[pixel * channels + c];
}

/** The start that the options give: their numbers, and heights and background that fit best where they give none. */
function givenStart(model: PeakModel, { peaks }: FitPeaksOptions): LinearStart {
  const linear = model.linearStart(model.given);
  if (linear === undefined) throw sameColumns(model);
  return (y, into) => {
    linear(y, into);
    for (const [i, { from }] of model.peaks.entries()) into[from + 2] = peaks[i].height ?? into[from + 2];
  };
}

/** The fit of the mean spectrum, from which the pixels start. */
function meanFit(
  part: SpectrumImage,
  pixels: readonly number[],
  model: PeakModel,
  options: FitPeaksOptions,
  solve: (problem: Parameters<LeastSquaresSolver>[0], from: Float64Array) => LeastSquaresFit,
): LeastSquaresFit {
  const channels = part.shape[2];
  const y = new Float64Array(channels);
  for (const pixel of pixels) {
    for (let c = 0; c < channels; c++) y[c] += part.data[pixel * channels + c] / pixels.length;
  }
  const from = new Float64Array(model.size);
  givenStart(model, options)(y, from);
  const fit = solve(model.residuals(y), from);
  // A mean that cannot be fitted says nothing about where the pixels' peaks are: they start where the options say.
  return fit.converged ? fit : { ...fit, parameters: from };
}

/** Starts at the converged fits of the pixels to the left and above, where they come nearer than the start at hand. */
function warmStarts(model: PeakModel, columns: number) {
  const kept: { pixel: number; start: LinearStart }[] = [];
  const candidate = new Float64Array(model.size);
  const curve = new Float64Array(model.x.length);
  const distance = (y: Float64Array, parameters: Float64Array) => {
    model.evaluate(parameters, curve);
    return y.reduce((sum, v, c) => sum + (v - curve[c]) ** 2, 0);
  };
  return {
    improve(pixel: number, y: Float64Array, from: Float64Array): void {
      let best = distance(y, from);
      for (const near of pixel % columns === 0 ? [pixel - columns] : [pixel - 1, pixel - columns]) {
        const entry = kept[((near % columns) + columns) % columns];
        if (entry?.pixel !== near) continue;
        entry.start(y, candidate);
        const reached = distance(y, candidate);
        // A neighbour that lost its peak would lead all after it astray; its start is far off, and so is not taken.
        if (!(reached < best)) continue;
        best = reached;
        from.set(candidate);
      }
    },
    keep(pixel: number, { parameters, converged }: PixelFit): void {
      const start = converged ? model.linearStart(parameters) : undefined;
      if (start !== undefined) kept[pixel % columns] = { pixel, start };
    },
  };
}
