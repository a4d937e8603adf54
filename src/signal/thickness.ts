import { positiveOption, refusedOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { type Axis, addHistory, axisValues, type Image, image, type SpectrumImage } from "../data";
import { checkElectronVolts } from "./align-zero-loss";
import { checkSignal } from "./check-signal";
import { meanSpectrum } from "./mean-spectrum";
import { topChannel, widthAtHalf } from "./zero-loss-peak";

/** Options of `thickness`. */
export interface ThicknessOptions {
  /** The zero-loss peak of each pixel: `zeroLoss` of `removeZeroLoss`. Default: all below `threshold`. */
  readonly zeroLoss?: SpectrumImage;
  /** Energy below which everything counts as zero loss, eV. Default: the first minimum after the peak of the mean spectrum. */
  readonly threshold?: number;
  /** Mean free path, nm, e.g. of `meanFreePath`: the map is in nm. Default: the map is in mean free paths. */
  readonly meanFreePath?: number;
}

/** Thickness of a specimen, pixel by pixel. */
export interface Thickness {
  readonly kind: "thickness";
  /** t / lambda, or t in nm where a mean free path was given. NaN where there is no zero-loss peak. */
  readonly map: Image;
  /** Pixels without a value. */
  readonly failed: number;
  /** Energy below which everything counted as zero loss, eV; undefined where the peaks were given. */
  readonly threshold: number | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly metadata: SpectrumImage["metadata"];
  readonly history: SpectrumImage["history"];
}

const CALL = "thickness";

/**
 * Thickness by the log-ratio of low-loss spectra: t / lambda = ln(It / I0), all counts over those of the zero-loss peak
 * (R. F. Egerton, "Electron Energy-Loss Spectroscopy in the Electron Microscope", 3rd ed., Springer 2011, section 5.1,
 * doi:10.1007/978-1-4419-9583-4). Losses beyond the end of the axis are missing, so it is too thin where the axis ends
 * before the second or third plasmon.
 *
 * In nanometres only where a mean free path is given: it depends on the material, the beam and the angles.
 *
 * @throws AxisError for an axis that is not in eV or without the peak, OptionError, ShapeError, DataError without any
 *   pixel that has a peak
 * @example
 * thickness(lowLoss, { zeroLoss: removed.zeroLoss })
 * thickness(lowLoss, { meanFreePath: meanFreePath({ beamEnergy: 200, collection: 20, density: 2.33 }) })
 */
export function thickness(spectra: SpectrumImage, options: ThicknessOptions = {}): Thickness {
  checkSignal(CALL, spectra, ["spectrum-image"]);
  checkElectronVolts(CALL, spectra.axes.energy);
  const { zeroLoss, meanFreePath } = options;
  if (meanFreePath !== undefined) positiveOption(CALL, "meanFreePath", meanFreePath);
  if (zeroLoss !== undefined) checkZeroLoss(CALL, spectra, zeroLoss);
  if (zeroLoss !== undefined && options.threshold !== undefined) {
    throw refusedOption(CALL, "threshold", options.threshold, "none where zeroLoss is given");
  }
  const { data, shape, axes } = spectra;
  const [rows, columns, channels] = shape;
  const energies = axisValues(axes.energy);
  const threshold = zeroLoss === undefined ? checkedThreshold(spectra, options.threshold, energies) : undefined;
  const values = Float32Array.from({ length: rows * columns }, (_, pixel) => {
    let [all, zero] = [0, 0];
    for (let c = 0, at = pixel * channels; c < channels; c++, at++) {
      if (!Number.isFinite(data[at])) continue; // at the ends of aligned spectra
      all += data[at];
      const peak = zeroLoss === undefined ? (energies[c] < (threshold as number) ? data[at] : 0) : zeroLoss.data[at];
      zero += peak;
    }
    const ratio = Math.log(all / zero) * (meanFreePath ?? 1);
    return zero > 0 && Number.isFinite(ratio) ? ratio : Number.NaN;
  });
  const failed = values.filter(Number.isNaN).length;
  if (failed === values.length) throw noPeak(axes.energy);
  const used = Object.freeze({
    zeroLoss: zeroLoss === undefined ? "threshold" : "given",
    ...(threshold === undefined ? {} : { threshold }),
    ...(meanFreePath === undefined ? {} : { meanFreePath }),
  });
  const history = addHistory(spectra.history, CALL, used);
  const [quantity, units] = meanFreePath === undefined ? ["t / λ", ""] : ["Thickness", "nm"];
  return Object.freeze({
    kind: "thickness",
    map: image(values, [rows, columns], {
      axes: { y: axes.y, x: axes.x },
      metadata: { ...spectra.metadata, signal: "Thickness", quantity, units },
      history,
    }),
    failed,
    threshold,
    options: used,
    metadata: spectra.metadata,
    history,
  });
}

/** Throws unless zero-loss peaks belong to these spectra: one for each pixel, on the same energy axis. */
export function checkZeroLoss(call: string, spectra: SpectrumImage, zeroLoss: SpectrumImage): void {
  checkSignal(call, zeroLoss, ["spectrum-image"]);
  const [a, b] = [spectra.axes.energy, zeroLoss.axes.energy];
  const near = (x: number, y: number) => Math.abs(x - y) < 1e-3 * Math.abs(a.scale);
  const same = spectra.shape.every((size, i) => size === zeroLoss.shape[i]);
  if (same && near(a.offset, b.offset) && near(a.scale * a.size, b.scale * a.size)) return;
  throw new SpecbookError("ShapeError", `${call}: the zero-loss peaks do not belong to the spectra`, {
    got: `${zeroLoss.shape.join(" x ")} from ${b.offset} eV beside ${spectra.shape.join(" x ")} from ${a.offset} eV`,
    needed: "a peak for each spectrum, on the same energy axis",
    remedy: "give the spectra that went into removeZeroLoss, and the zeroLoss that came out (cut leaves it whole)",
  });
}

function checkedThreshold(spectra: SpectrumImage, given: number | undefined, energies: Float64Array): number {
  const threshold = given ?? firstMinimum(meanSpectrum(spectra), energies, spectra.axes.energy);
  const [low, high] = [Math.min(...energies), Math.max(...energies)];
  if (threshold > Math.max(0, low) && threshold < high) return threshold;
  throw refusedOption(CALL, "threshold", threshold, `an energy above 0 on the axis, which ends at ${high} eV`);
}

/** The energy of the lowest channel between the peak and the highest loss; of the running mean of three channels. */
function firstMinimum(mean: Float32Array, energies: Float64Array, axis: Axis): number {
  const rising = energies[0] < energies[energies.length - 1];
  const [values, xs] = rising ? [mean, energies] : [mean.slice().reverse(), energies.slice().reverse()];
  const top = topChannel(values, 0, values.length);
  const width = top < 0 ? Number.NaN : widthAtHalf(values, top);
  if (!(Math.abs(xs[top]) <= 2 * width * Math.abs(axis.scale))) throw noPeak(axis);
  const smooth = (i: number) => values[i - 1] + values[i] + values[i + 1];
  let i = top + Math.ceil(width);
  while (i < values.length - 2 && smooth(i + 1) <= smooth(i)) i++;
  return xs[i];
}

function noPeak({ offset, scale, size }: Axis): SpecbookError {
  return new SpecbookError("DataError", "the spectra have no zero-loss peak at 0 eV", {
    got: `spectra from ${offset} to ${offset + scale * (size - 1)} eV without a peak near 0`,
    needed: "low-loss spectra with their zero-loss peak: its counts are what the others are compared with",
    remedy: "align the spectra first (alignZeroLoss), or load the low-loss spectra",
  });
}
