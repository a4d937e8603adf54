import { addHistory, type Image, image, type SpectrumImage } from "../data";
import { checkElectronVolts } from "./align-zero-loss";
import { checkSignal } from "./check-signal";
import { energyChannels } from "./energy-range";
import { topChannel, widthAtHalf } from "./zero-loss-peak";

/** Options of `zeroLossWidth`. */
export interface ZeroLossWidthOptions {
  /** Energies between which the peak is looked for, eV. Default the whole axis. */
  readonly search?: readonly [number, number];
}

/**
 * The full width at half maximum of the zero-loss peak of each spectrum, in eV: the energy resolution. Straight lines
 * between the channels; NaN where there is no peak.
 *
 * @throws AxisError for an energy axis that is not in eV
 * @example
 * plot.map(zeroLossWidth(lowLoss), { legend: "FWHM (eV)" })
 */
export function zeroLossWidth(spectra: SpectrumImage, options: ZeroLossWidthOptions = {}): Image {
  checkSignal("zeroLossWidth", spectra, ["spectrum-image"]);
  const { data, shape, axes, metadata } = spectra;
  const [rows, columns, channels] = shape;
  checkElectronVolts("zeroLossWidth", axes.energy);
  const { first, end } = options.search
    ? energyChannels("zeroLossWidth", axes.energy, options.search)
    : { first: 0, end: channels };
  const widths = Float32Array.from({ length: rows * columns }, (_, pixel) => {
    const values = data.subarray(pixel * channels, (pixel + 1) * channels);
    const top = topChannel(values, first, end);
    return top < 0 ? Number.NaN : widthAtHalf(values, top) * Math.abs(axes.energy.scale);
  });
  return image(widths, [rows, columns], {
    axes: { y: axes.y, x: axes.x },
    metadata: {
      ...metadata,
      signal: "Width of the zero-loss peak",
      quantity: "Full width at half maximum",
      units: "eV",
    },
    history: addHistory(spectra.history, "zeroLossWidth", { ...options }),
  });
}
