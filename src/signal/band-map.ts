import { wordOption } from "../core/check-option";
import { addHistory, type Image, image, type SpectrumImage } from "../data";
import { checkSignal } from "./check-signal";
import { energyChannels } from "./energy-range";

/** Options of `bandMap`. */
export interface BandMapOptions {
  /** [from, to] in eV, both included. Default the whole axis. */
  readonly energy?: readonly [number, number];
  /** What is taken of the channels: their mean (default), their sum, their integral over energy (times eV), the largest. */
  readonly by?: "mean" | "sum" | "integral" | "maximum";
}

/**
 * The map of an energy band: the spectrum between two energies as one number a pixel. NaN where a channel of the band is
 * NaN.
 *
 * @throws AxisError for a band outside the axis, OptionError
 * @example
 * plot.maps([bandMap(spectra, { energy: [0.42, 0.52] }), bandMap(spectra, { energy: [0.7, 0.8] })])
 */
export function bandMap(spectra: SpectrumImage, options: BandMapOptions = {}): Image {
  checkSignal("bandMap", spectra, ["spectrum-image"]);
  const { energy, by = "mean" } = options;
  wordOption("bandMap", "by", by, ["mean", "sum", "integral", "maximum"]);
  const [rows, columns, channels] = spectra.shape;
  const axis = spectra.axes.energy;
  const { first, end } = energy === undefined ? { first: 0, end: channels } : energyChannels("bandMap", axis, energy);
  const factor = { mean: 1 / (end - first), sum: 1, integral: Math.abs(axis.scale), maximum: 1 }[by];
  const data = Float32Array.from({ length: rows * columns }, (_, pixel) => {
    let value = by === "maximum" ? Number.NEGATIVE_INFINITY : 0;
    for (let at = pixel * channels + first; at < pixel * channels + end; at++) {
      const one = spectra.data[at];
      value = by === "maximum" ? Math.max(value, one) : value + one;
    }
    return value * factor;
  });
  const { y, x } = spectra.axes;
  const [low, high] = [axis.offset + axis.scale * first, axis.offset + axis.scale * (end - 1)].map((value) =>
    Number(value.toPrecision(5)),
  );
  const title = `${Math.min(low, high)} to ${Math.max(low, high)} ${axis.units}`;
  return image(data, [rows, columns], {
    axes: { y, x },
    metadata: { ...spectra.metadata, ...integralUnits(spectra, by), title, signal: title },
    history: addHistory(spectra.history, "bandMap", {
      by,
      channels: [first, end],
      ...(energy === undefined ? {} : { energy }),
    }),
  });
}

/** An integral over energy has the units of the data times eV. */
function integralUnits({ metadata: { units }, axes }: SpectrumImage, by: BandMapOptions["by"]) {
  return by === "integral" && typeof units === "string" && units !== ""
    ? { units: `${units} ${axes.energy.units}` }
    : {};
}
