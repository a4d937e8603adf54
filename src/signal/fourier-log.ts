import { refusedOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import type { Axis, SpectrumImage } from "../data";
import { checkElectronVolts } from "./align-zero-loss";
import { checkSignal } from "./check-signal";
import { powerOfTwo, type RealFourier, realFourier } from "./fourier";
import { meanSpectrum } from "./mean-spectrum";
import { eachPixel, type PixelWorkOptions } from "./pixel-work";
import { requiredOption } from "./required-option";
import { remade } from "./signal-value";
import { checkZeroLoss } from "./thickness";

/** Options of `fourierLog`. */
export interface FourierLogOptions extends PixelWorkOptions {
  /** The zero-loss peak of each pixel: `zeroLoss` of `removeZeroLoss`. */
  readonly zeroLoss: SpectrumImage;
  /**
   * With what resolution the result is seen: `"zero-loss"`: that of the measurement; { fwhm } in eV: a Gaussian's. One
   * narrower than the peak sharpens, and amplifies noise. Default "zero-loss".
   */
  readonly modifier?: "zero-loss" | { readonly fwhm: number };
}

/** Spectra without plural scattering. */
export interface Deconvolution {
  readonly kind: "deconvolution";
  /** Losses of electrons that lost energy once, in the units of the data; NaN in pixels that could not be deconvolved. */
  readonly spectra: SpectrumImage;
  /** Pixels without data, or with values missing between others. */
  readonly failed: number;
  /** Mean spectra of what went in: all losses, without the zero-loss peak. */
  readonly before: { readonly mean: Float32Array; readonly energy: Axis };
  readonly options: Readonly<Record<string, unknown>>;
  readonly metadata: SpectrumImage["metadata"];
  readonly history: SpectrumImage["history"];
}

const CALL = "fourierLog";

/**
 * Fourier-log deconvolution: the single-scattering distribution from spectra with plural scattering, J1 = Z ln(J / Z) in
 * the Fourier domain, seen with the zero-loss peak Z or with a Gaussian of its area (D. W. Johnson, J. C. H. Spence, J.
 * Phys. D 7, 771 (1974), doi:10.1088/0022-3727/7/6/304; R. F. Egerton, "Electron Energy-Loss Spectroscopy in the Electron
 * Microscope", 3rd ed., Springer 2011, section 4.1, doi:10.1007/978-1-4419-9583-4).
 *
 * Beyond its last channel a spectrum falls to zero like a quarter of a cosine over half the axis, in channels that are added
 * for it: no measured value is touched. The phase of the logarithm is followed from frequency to frequency.
 *
 * @throws OptionError, ShapeError where the peaks do not belong to the spectra, AxisError, DataError where no pixel can be
 *   deconvolved, MemoryError, CancelledError
 * @example
 * const removed = await removeZeroLoss(spectra, { window: [2, 4] });
 * const single = await fourierLog(spectra, { zeroLoss: removed.zeroLoss });
 */
export async function fourierLog(spectra: SpectrumImage, options: FourierLogOptions): Promise<Deconvolution> {
  checkSignal(CALL, spectra, ["spectrum-image"]);
  const { energy } = spectra.axes;
  checkElectronVolts(CALL, energy);
  if (energy.scale < 0) throw descending(energy);
  const { zeroLoss, modifier = "zero-loss" } = options ?? {};
  if (zeroLoss === undefined) {
    throw requiredOption(CALL, {
      name: "zeroLoss",
      value: zeroLoss,
      needed: "the zero-loss peak of each pixel",
      remedy: "const { zeroLoss } = await removeZeroLoss(spectra, { window: [2, 4] })",
    });
  }
  checkZeroLoss(CALL, spectra, zeroLoss);
  if (modifier !== "zero-loss" && !(Number.isFinite(modifier?.fwhm) && modifier.fwhm > 0)) {
    throw refusedOption(CALL, "modifier", modifier, '"zero-loss" or { fwhm: width in eV }');
  }
  const { data, shape } = spectra;
  const [rows, columns, channels] = shape;
  const pixels = rows * columns;
  checkMemory(4 * data.length, `deconvolved spectra ${shape.join(" x ")}`, "crop or bin the energy axis first");
  const fourier = realFourier(powerOfTwo(2 * channels));
  const gaussian = modifier === "zero-loss" ? undefined : gaussianSpectrum(fourier.size, energy, modifier.fwhm);
  const deconvolve = deconvolver(fourier, channels, gaussian);
  const result = new Float32Array(data.length);
  let failed = 0;
  await eachPixel("the deconvolution", pixels, options, (pixel) => {
    const part = (values: Float32Array) => values.subarray(pixel * channels, (pixel + 1) * channels);
    if (!deconvolve(part(data), part(zeroLoss.data), part(result))) failed++;
  });
  if (failed === pixels) {
    throw new SpecbookError("DataError", "no pixel can be deconvolved", {
      got: `${pixels} pixels without counts, or with values that are missing between others`,
      needed: "whole low-loss spectra with their zero-loss peaks",
      remedy: 'align with crop: "common", and look at the status map of removeZeroLoss',
    });
  }
  const used = { zeroLoss: "given", modifier };
  const single = remade(spectra, result, {}, CALL, used);
  const [all, peaks] = [meanSpectrum(spectra), meanSpectrum(zeroLoss)];
  return Object.freeze({
    kind: "deconvolution",
    spectra: single,
    failed,
    before: Object.freeze({ mean: all.map((value, c) => value - peaks[c]), energy }),
    options: Object.freeze(used),
    metadata: spectra.metadata,
    history: single.history,
  });
}

/** Below this share of its largest value a spectrum has no frequency to divide by. */
const NOTHING = 1e-12;
/** Below this share of the peak's area angles are those of noise, and not followed. */
const NOISY = 1e-3;

/** Deconvolves one spectrum after the other; false where that cannot be done, and NaN written. */
function deconvolver(fourier: RealFourier, channels: number, gaussian: Float64Array | undefined) {
  const { size } = fourier;
  const real = new Float64Array(size);
  const all = new Float64Array(2 * size);
  const peak = new Float64Array(2 * size);
  return (spectrum: Float32Array, zeroLoss: Float32Array, into: Float32Array): boolean => {
    const [first, end] = finiteRange(spectrum, zeroLoss);
    into.fill(Number.NaN);
    if (end - first < 8 || !padded(spectrum, first, end, real)) return false;
    fourier.forward(real, all);
    if (!padded(zeroLoss, first, end, real)) return false;
    fourier.forward(real, peak);
    const area = peak[0];
    if (!(area > 0) || !(all[0] > 0)) return false;
    let phase = 0;
    for (let k = 0; k <= size / 2; k++) {
      const [jr, ji, zr, zi] = [all[2 * k], all[2 * k + 1], peak[2 * k], peak[2 * k + 1]];
      const square = zr * zr + zi * zi;
      const [qr, qi] = [(jr * zr + ji * zi) / square, (ji * zr - jr * zi) / square];
      // The principal angle; where the peak stands above noise, moved by whole turns to the one nearest to the one before.
      const angle = Math.atan2(qi, qr);
      const turns = square > (NOISY * area) ** 2 ? Math.round((phase - angle) / (2 * Math.PI)) : 0;
      const followed = angle + 2 * Math.PI * turns;
      const log = 0.5 * Math.log(qr * qr + qi * qi);
      const lost = !(square > (NOTHING * area) ** 2) || !Number.isFinite(log);
      phase = lost ? phase : followed;
      const [gr, gi] = gaussian === undefined ? [zr, zi] : [area * gaussian[2 * k], area * gaussian[2 * k + 1]];
      all[2 * k] = lost ? 0 : gr * log - gi * phase;
      all[2 * k + 1] = lost ? 0 : gr * phase + gi * log;
      if (k === 0 || k === size / 2) all[2 * k + 1] = 0;
      else all.set([all[2 * k], -all[2 * k + 1]], 2 * (size - k));
    }
    fourier.inverse(all, real);
    for (let c = first; c < end; c++) into[c] = real[c];
    return true;
  };

  /** The values from `first` to `end`, falling to zero beyond; false where one between them is missing. */
  function padded(values: Float32Array, first: number, end: number, into: Float64Array): boolean {
    into.fill(0);
    for (let c = first; c < end; c++) {
      if (!Number.isFinite(values[c])) return false;
      into[c] = values[c];
    }
    // The mean of the last channels: the noise of one would be drawn out over the whole fall.
    let level = 0;
    for (let c = end - 5; c < end; c++) level += values[c] / 5;
    const fall = Math.min(channels >> 1, size - end);
    for (let i = 0; i < fall; i++) into[end + i] = level * Math.cos((0.5 * Math.PI * (i + 1)) / fall) ** 2;
    return true;
  }
}

/** The channels between the missing values at both ends, which alignment leaves. */
function finiteRange(a: Float32Array, b: Float32Array): [number, number] {
  let first = 0;
  let end = a.length;
  const missing = (c: number) => !Number.isFinite(a[c]) || !Number.isFinite(b[c]);
  while (first < end && missing(first)) first++;
  while (end > first && missing(end - 1)) end--;
  return [first, end];
}

/** The Fourier transform of a Gaussian of area 1 at 0 eV. */
function gaussianSpectrum(size: number, { offset, scale }: Axis, fwhm: number): Float64Array {
  const sigma = fwhm / (2 * Math.sqrt(2 * Math.LN2) * scale);
  const origin = -offset / scale;
  const spectrum = new Float64Array(2 * size);
  for (let k = 0; k <= size / 2; k++) {
    const w = (2 * Math.PI * k) / size;
    const height = Math.exp(-0.5 * (sigma * w) ** 2);
    spectrum[2 * k] = height * Math.cos(w * origin);
    spectrum[2 * k + 1] = -height * Math.sin(w * origin);
  }
  return spectrum;
}

function descending({ offset, scale }: Axis): SpecbookError {
  return new SpecbookError("AxisError", `${CALL} needs a rising energy axis`, {
    got: `an axis from ${offset} eV in steps of ${scale} eV`,
    needed: "energies that rise from channel to channel",
    remedy: "turn the axis round, and the spectra with it, when the file is loaded",
  });
}
