import type { Pace } from "../core/pace";
import type { SpectrumImage } from "../data";

/** Other pixels that a median needs at least to pass over one with a spike of its own. */
const FEWEST = 4;

/**
 * How far each value lies above what its surroundings say, [rows, columns, channels]: the difference to the median of the
 * neighbouring pixels, brought to the brightness of the pixel (or the spectrum itself), less the running median of that
 * difference along the energy.
 */
export async function deviations(
  spectra: SpectrumImage,
  options: { readonly channels: number; readonly compare: "scan" | "spectrum" },
  pace: Pace,
  onProgress?: (progress: { readonly done: number; readonly pixels: number }) => void,
): Promise<Float32Array> {
  const [rows, columns, depth] = spectra.shape;
  const result = new Float32Array(spectra.data.length);
  const difference = new Float64Array(depth);
  const level = new Float64Array(depth);
  const half = 2 * options.channels + 1; // a spike fills less than a quarter of the window
  for (let pixel = 0; pixel < rows * columns; pixel++) {
    const from = pixel * depth;
    for (let c = 0; c < depth; c++) difference[c] = spectra.data[from + c];
    if (options.compare === "scan") subtractNeighbours(difference, spectra, neighbours(pixel, rows, columns));
    runningMedian(difference, half, level);
    for (let c = 0; c < depth; c++) result[from + c] = difference[c] - level[c];
    if (pixel % columns === columns - 1) onProgress?.({ done: pixel + 1, pixels: rows * columns });
    await pace.step();
  }
  return result;
}

/** The pixels around one: the smallest square that holds enough of them. */
function neighbours(pixel: number, rows: number, columns: number): number[] {
  const row = Math.floor(pixel / columns);
  const column = pixel % columns;
  for (let reach = 1; ; reach++) {
    const found: number[] = [];
    for (let r = Math.max(0, row - reach); r <= Math.min(rows - 1, row + reach); r++) {
      for (let c = Math.max(0, column - reach); c <= Math.min(columns - 1, column + reach); c++) {
        if (r !== row || c !== column) found.push(r * columns + c);
      }
    }
    if (found.length >= FEWEST || found.length === rows * columns - 1) return found;
  }
}

/** Subtracts the median of these pixels, as bright as the spectrum itself is. */
function subtractNeighbours(values: Float64Array, { data, shape }: SpectrumImage, pixels: readonly number[]): void {
  const depth = shape[2];
  const column = new Float64Array(pixels.length);
  const middles = new Float64Array(depth);
  const middle = pixels.length >> 1;
  for (let c = 0; c < depth; c++) {
    for (let i = 0; i < pixels.length; i++) insert(column, i, data[pixels[i] * depth + c]);
    middles[c] = pixels.length % 2 === 1 ? column[middle] : (column[middle - 1] + column[middle]) / 2;
  }
  const factor = brightness(values, middles);
  for (let c = 0; c < depth; c++) values[c] -= factor * middles[c];
}

/** Halvings of the range in which a brightness is looked for: to 1e-6 of it. */
const HALVINGS = 22;

/**
 * The median of the ratios of two spectra, each channel with the weight of its counts: at a strong peak, where a wrong
 * brightness would look like a spike, it fits, and a spike is one channel among many. 1 where there is nothing to compare.
 */
function brightness(values: Float64Array, others: Float64Array): number {
  let weight = 0;
  let sum = 0;
  for (let c = 0; c < others.length; c++) {
    if (others[c] <= 0) continue;
    weight += others[c];
    sum += Math.max(0, values[c]);
  }
  if (!(weight > 0 && sum > 0)) return 1;
  let [low, high] = [0, (4 * sum) / weight];
  for (let k = 0; k < HALVINGS; k++) {
    const ratio = (low + high) / 2;
    let below = 0;
    for (let c = 0; c < others.length; c++) if (others[c] > 0 && values[c] < ratio * others[c]) below += others[c];
    if (2 * below < weight) low = ratio;
    else high = ratio;
  }
  return (low + high) / 2;
}

/** Puts a value into its place among `count` ascending ones. */
function insert(sorted: Float64Array, count: number, value: number): void {
  let at = count;
  while (at > 0 && sorted[at - 1] > value) {
    sorted[at] = sorted[at - 1];
    at--;
  }
  sorted[at] = value;
}

/** The median of the values within `half` of each place; at the ends of those that there are. */
function runningMedian(values: Float64Array, half: number, into: Float64Array): void {
  const sorted = new Float64Array(2 * half + 2);
  let count = 0;
  for (let c = 0; c < Math.min(half, values.length); c++) insert(sorted, count++, values[c]);
  for (let c = 0; c < values.length; c++) {
    if (c + half < values.length) insert(sorted, count++, values[c + half]);
    if (c > half) remove(sorted, count--, values[c - half - 1]);
    into[c] = count % 2 === 1 ? sorted[count >> 1] : (sorted[(count >> 1) - 1] + sorted[count >> 1]) / 2;
  }
}

/** Takes a value away from `count` ascending ones. */
function remove(sorted: Float64Array, count: number, value: number): void {
  let at = 0;
  while (sorted[at] !== value) at++;
  sorted.copyWithin(at, at + 1, count);
}
