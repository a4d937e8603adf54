import type { Axis, SpectrumImage, SpectrumSource } from "../data";
import { energyChannels } from "../signal/energy-range";
import { channelBand } from "./channel-band";

/** Spectra that the search for a first band looks at. */
const SAMPLES = 500;

/** A band as [from, to], checked against the axis. */
export function bandAt(axis: Axis, band: readonly [number, number]): readonly [number, number] {
  energyChannels("explore", axis, band);
  return [band[0], band[1]];
}

/** A band of a tenth of the axis: around the tallest peak of some spectra, in the middle where none are in memory. */
export function firstBand(spectra: SpectrumImage | SpectrumSource): readonly [number, number] {
  const { energy } = spectra.axes;
  const half = Math.max(0, Math.round(energy.size / 20) - 1);
  const middle = spectra.kind === "spectrum-image" ? tallest(spectra) : Math.floor(energy.size / 2);
  const first = Math.min(Math.max(0, middle - half), Math.max(0, energy.size - 1 - 2 * half));
  const last = Math.min(energy.size - 1, first + 2 * half);
  return channelBand(energy, first, last);
}

function tallest({ data, shape: [rows, columns, channels] }: SpectrumImage): number {
  const sum = new Float64Array(channels);
  const step = Math.max(1, Math.floor((rows * columns) / SAMPLES));
  for (let pixel = 0; pixel < rows * columns; pixel += step) {
    for (let c = 0; c < channels; c++) {
      const value = data[pixel * channels + c];
      if (Number.isFinite(value)) sum[c] += value;
    }
  }
  return sum.indexOf(sum.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY));
}
