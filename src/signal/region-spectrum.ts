import type { Axis, SpectrumImage } from "../data";
import { type Region, regionPixels } from "./region";

/** Mean spectrum of a region and its spread. */
export interface RegionSpectrum {
  readonly kind: "region-spectrum";
  /** Mean over the region, [channels], in the units of the data. */
  readonly mean: Float32Array;
  /** Standard deviation over the region's pixels (n in the denominator), [channels]. */
  readonly deviation: Float32Array;
  /** Pixels averaged. */
  readonly pixels: number;
  readonly energy: Axis;
}

/**
 * The mean spectrum of a rectangle or a mask.
 *
 * @throws ShapeError for a region outside the scan or without a pixel
 * @example
 * const vacuum = regionSpectrum(spectra, { rows: [0, 10], columns: [0, 75] });
 */
export function regionSpectrum(spectra: SpectrumImage, region: Region): RegionSpectrum {
  const [rows, columns, channels] = spectra.shape;
  const pixels = regionPixels([rows, columns], region);
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (const pixel of pixels) {
    for (let c = 0; c < channels; c++) sum[c] += spectra.data[pixel * channels + c];
  }
  const mean = sum.map((value) => value / pixels.length);
  for (const pixel of pixels) {
    for (let c = 0; c < channels; c++) squares[c] += (spectra.data[pixel * channels + c] - mean[c]) ** 2;
  }
  return Object.freeze({
    kind: "region-spectrum",
    mean: Float32Array.from(mean),
    deviation: Float32Array.from(squares, (value) => Math.sqrt(value / pixels.length)),
    pixels: pixels.length,
    energy: spectra.axes.energy,
  });
}
