import { SpecbookError } from "../core/errors";
import type { SpectrumImage } from "../data";
import { addAround, type PeakReference, peakReference } from "./correlate-peak";
import type { ChannelRange } from "./energy-range";
import { eachPixel, type PixelWorkOptions } from "./pixel-work";
import { centroid, gaussianTop, topChannel, widthAtHalf } from "./zero-loss-peak";

/** How the place of a zero-loss peak is measured. */
export type ZeroLossMethod = "maximum" | "centroid" | "cross-correlation";

/** Half a width on either side of the peak: in eV, or in full widths at half maximum (the median of the scan's). */
export type PeakWindow = { readonly eV: number } | { readonly fwhm: number };

/** What `locateZeroLoss` needs to know. */
export interface LocateOptions extends PixelWorkOptions {
  readonly method: ZeroLossMethod;
  readonly window: PeakWindow;
  /** Channels in which the peak is looked for. */
  readonly search: ChannelRange;
  readonly reference: "mean" | readonly [number, number];
  readonly passes: number;
}

/** Places of the zero-loss peaks, in channels. */
export interface ZeroLossPlaces {
  /** [pixels]; NaN where there is no peak. */
  readonly places: Float64Array;
  /** Median full width at half maximum, in channels. */
  readonly width: number;
  /** Half the window, in channels. */
  readonly reach: number;
}

/** Measures where the zero-loss peak of each spectrum lies. */
export async function locateZeroLoss(spectra: SpectrumImage, options: LocateOptions): Promise<ZeroLossPlaces> {
  const { data, shape, axes } = spectra;
  const [rows, columns, channels] = shape;
  const pixels = rows * columns;
  const spectrum = (pixel: number) => data.subarray(pixel * channels, (pixel + 1) * channels);
  const { first, end } = options.search;
  const tops = Int32Array.from({ length: pixels }, (_, pixel) => topChannel(spectrum(pixel), first, end));
  const width = medianWidth(spectrum, tops);
  const window = options.window;
  const reach = "eV" in window ? window.eV / Math.abs(axes.energy.scale) : window.fwhm * width;
  checkReach(reach, channels, spectra);
  const places = new Float64Array(pixels);
  const measureAll = (measure: (values: Float32Array, pixel: number) => number) =>
    eachPixel("the alignment", pixels, options, (pixel) => {
      places[pixel] = tops[pixel] < 0 ? Number.NaN : measure(spectrum(pixel), pixel);
    });
  if (options.method === "centroid") await measureAll((values, pixel) => centroid(values, tops[pixel], reach));
  // The first guess of a correlation is the top of the peak, whatever its window.
  else
    await measureAll((values, pixel) =>
      gaussianTop(values, tops[pixel], options.method === "maximum" ? reach : width / 2),
    );
  if (options.method === "cross-correlation") {
    for (let pass = 0; pass < options.passes; pass++) {
      const { shape: peak, offset } = reference(spectrum, places, options, Math.ceil(reach), columns);
      await measureAll((values, pixel) => peak.locate(values, tops[pixel]) + offset);
    }
  }
  return { places, width, reach };
}

/** The mean of the spectra laid upon each other by their places so far, and where its own top lies. */
function reference(
  spectrum: (pixel: number) => Float32Array,
  places: Float64Array,
  options: LocateOptions,
  span: number,
  columns: number,
): { shape: PeakReference; offset: number } {
  const sum = new Float64Array(2 * span + 1);
  const chosen = options.reference === "mean" ? places.keys() : [options.reference[0] * columns + options.reference[1]];
  let count = 0;
  for (const pixel of chosen) if (addAround(sum, spectrum(pixel), places[pixel])) count++;
  const top = topChannel(sum, 0, sum.length);
  const offset = top < 0 ? Number.NaN : gaussianTop(sum, top, widthAtHalf(sum, top) / 2) - span;
  if (count > 0 && Number.isFinite(offset)) return { shape: peakReference(sum), offset };
  throw new SpecbookError("DataError", "there is no zero-loss peak to correlate with", {
    got: options.reference === "mean" ? "no spectrum with a peak and room around it" : `pixel ${options.reference}`,
    needed: "a peak whose window lies on the energy axis",
    remedy: "say where the peak is by search: [from, to] in eV, make the window smaller, or take another reference",
  });
}

/** Spectra whose widths are measured. */
const WIDTHS = 2000;

function medianWidth(spectrum: (pixel: number) => Float32Array, tops: Int32Array): number {
  const step = Math.ceil(tops.length / WIDTHS);
  const widths: number[] = [];
  for (let pixel = 0; pixel < tops.length; pixel += step) {
    const width = tops[pixel] < 0 ? Number.NaN : widthAtHalf(spectrum(pixel), tops[pixel]);
    if (Number.isFinite(width)) widths.push(width);
  }
  if (widths.length > 0) return widths.sort((a, b) => a - b)[widths.length >> 1];
  throw new SpecbookError("DataError", "no spectrum has a zero-loss peak", {
    got: "spectra whose largest value lies at the end of the searched range, is not above zero, or never falls to a half",
    needed: "spectra that hold their zero-loss peak with both flanks",
    remedy: "say where the peak is by search: [from, to] in eV; core-loss and already cut spectra have none to align",
  });
}

function checkReach(reach: number, channels: number, { axes }: SpectrumImage): void {
  if (reach >= 1 && reach < channels / 2) return;
  const { scale, units } = axes.energy;
  throw new SpecbookError("OptionError", "the window around the zero-loss peak is not usable", {
    got: `${Number((reach * Math.abs(scale)).toPrecision(3))} ${units} on either side, ${reach.toFixed(2)} channels`,
    needed: "at least one channel, and less than half the axis",
    remedy: "leave window out, or give { fwhm: 1 } in widths of the peak or { eV: 0.05 }",
  });
}
