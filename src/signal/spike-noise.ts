import type { Pace } from "../core/pace";
import type { SpectrumImage } from "../data";
import { MEDIAN_TO_DEVIATION, median } from "./order-statistics";

/** Standard deviation of the noise as a product: of each channel, and of each pixel relative to the others. */
export interface NoiseModel {
  readonly channels: Float64Array;
  readonly pixels: Float64Array;
}

/** Deviations that the estimate of one channel's noise rests on, at least and at most. */
const FEWEST = 50;
const MOST = 4096;
/** The share of the deviations that a spike is not among. */
const USUAL = 0.98;
/** The noise of a dark pixel is no smaller than this share of the others'. */
const DARKEST = 0.1;

/** The noise in the deviations of `deviations`, by medians, to which spikes are nothing. */
export async function noiseModel(spectra: SpectrumImage, difference: Float32Array, pace: Pace): Promise<NoiseModel> {
  const [rows, columns, depth] = spectra.shape;
  const count = rows * columns;
  const channels = new Float64Array(depth);
  const step = Math.ceil(count / MOST);
  const used = Math.ceil(count / step);
  // Where there are too few pixels, neighbouring channels help out.
  const reach = Math.max(0, Math.ceil((FEWEST / used - 1) / 2));
  const least = quantum(spectra.data);
  for (let c = 0; c < depth; c++) {
    const [first, end] = [Math.max(0, c - reach), Math.min(depth, c + reach + 1)];
    const sizes = new Float64Array(used * (end - first));
    let at = 0;
    for (let pixel = 0; pixel < count; pixel += step) {
      for (let k = first; k < end; k++) sizes[at++] = Math.abs(difference[pixel * depth + k]);
    }
    channels[c] = Math.max(least, spread(sizes));
    await pace.step();
  }
  const pixels = new Float64Array(count);
  const relative = new Float64Array(depth);
  for (let pixel = 0; pixel < count; pixel++) {
    for (let c = 0; c < depth; c++) relative[c] = Math.abs(difference[pixel * depth + c]) / channels[c];
    pixels[pixel] = Math.max(DARKEST, MEDIAN_TO_DEVIATION * median(relative));
    if (pixel % columns === 0) await pace.step();
  }
  // The median of few counts is 0 in most pixels: then all are taken for alike.
  const usual = median(pixels.slice());
  return { channels, pixels: usual <= DARKEST ? pixels.fill(1) : pixels };
}

/** A standard deviation from absolute deviations; of counts so few that their median is 0, by the usual ones' root mean square. */
function spread(sizes: Float64Array): number {
  const middle = median(sizes); // sorts
  const end = Math.max(1, Math.floor(USUAL * sizes.length));
  let squares = 0;
  for (let i = 0; i < end; i++) squares += sizes[i] ** 2;
  return Math.max(MEDIAN_TO_DEVIATION * middle, Math.sqrt(squares / end));
}

/** The smallest step between neighbouring values: 1 for counts, next to nothing for measured numbers. */
function quantum(data: Float32Array): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < data.length; i++) {
    const step = Math.abs(data[i] - data[i - 1]);
    if (step > 0 && step < smallest) smallest = step;
  }
  return Number.isFinite(smallest) ? smallest : 1;
}
