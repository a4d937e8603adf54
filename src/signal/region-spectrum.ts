import { SpecbookError } from "../core/errors";
import type { Axis, Image, SpectrumImage } from "../data";

/**
 * Part of a scan: a rectangle in scan pixels, each bound [first, last + 1] as in `slice` (left out: the whole length),
 * or a mask of the scan's shape in which every value other than 0 (NaN counts as 0) is inside.
 */
export type Region =
  | { readonly rows?: readonly [number, number]; readonly columns?: readonly [number, number] }
  | { readonly mask: Image | ArrayLike<number> };

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
  const pixels = "mask" in region ? maskPixels(spectra, region.mask) : rectanglePixels(spectra, region);
  const channels = spectra.shape[2];
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

function rectanglePixels(
  spectra: SpectrumImage,
  { rows = [0, spectra.shape[0]], columns = [0, spectra.shape[1]] }: Extract<Region, { rows?: unknown }>,
): number[] {
  const sides = [
    ["rows", rows, spectra.shape[0]],
    ["columns", columns, spectra.shape[1]],
  ] as const;
  for (const [name, [from, to], size] of sides) {
    if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to <= size && from < to) continue;
    throw new SpecbookError("ShapeError", "the region lies outside the scan, or is empty", {
      got: `${name} [${from}, ${to}]`,
      needed: `whole numbers, 0 <= first < end <= ${size}`,
      remedy: `for example { ${name}: [0, ${size}] } for all ${name}; the end is one past the last`,
    });
  }
  const pixels: number[] = [];
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) pixels.push(row * spectra.shape[1] + column);
  }
  return pixels;
}

function maskPixels(spectra: SpectrumImage, mask: Image | ArrayLike<number>): number[] {
  const values: ArrayLike<number> = "kind" in mask ? mask.data : mask;
  const [rows, columns] = spectra.shape;
  const shape = "kind" in mask ? mask.shape.join(" x ") : `${values.length} values`;
  const fits = "kind" in mask ? mask.shape[0] === rows && mask.shape[1] === columns : values.length === rows * columns;
  if (!fits) {
    throw new SpecbookError("ShapeError", "the mask has another size than the scan", {
      got: shape,
      needed: `${rows} x ${columns} = ${rows * columns} values`,
      remedy: "make the mask on the scan grid of the spectra, row by row",
    });
  }
  const pixels = Array.from(values, (value, i) => (value !== 0 && !Number.isNaN(value) ? i : -1)).filter((i) => i >= 0);
  if (pixels.length === 0) {
    throw new SpecbookError("ShapeError", "the mask holds no pixel", {
      got: "0 everywhere",
      needed: "at least one value other than 0",
      remedy: "check the threshold the mask was made with",
    });
  }
  return pixels;
}
