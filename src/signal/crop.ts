import { checkMemory } from "../core/memory";
import { type Axis, axis, type Image, type SpectrumImage } from "../data";
import { checkSignal } from "./check-signal";
import { energyChannels } from "./energy-range";
import { refuseEnergy } from "./refuse-energy";
import { checkBounds } from "./region";
import { layoutOf, remade, type SignalValue } from "./signal-value";

/** Options of `crop` for an image. */
export interface CropOptions {
  /** Rows to keep, [first, last + 1]; default all. */
  readonly rows?: readonly [number, number];
  /** Columns to keep, [first, last + 1]; default all. */
  readonly columns?: readonly [number, number];
}

/** Options of `crop` for a spectrum image. */
export interface SpectrumCropOptions extends CropOptions {
  /** Energies to keep, [from, to] in eV, both included (channels by their centres); default all. */
  readonly energy?: readonly [number, number];
}

/**
 * A part of an image or a spectrum image, with the axes of that part. Whole rows of all channels share the memory of the
 * input; other parts are copied.
 *
 * @throws ShapeError for rows or columns outside, AxisError for energies outside, OptionError for other values
 * @example
 * const coreLoss = crop(spectra, { energy: [400, 600], rows: [0, 20] });
 */
export function crop(value: Image, options: CropOptions): Image;
export function crop(value: SpectrumImage, options: SpectrumCropOptions): SpectrumImage;
export function crop<T extends SignalValue>(value: T, options: SpectrumCropOptions): T {
  checkSignal("crop", value);
  const { rows, columns, channels } = layoutOf(value);
  const { rows: [top, bottom] = [0, rows], columns: [left, right] = [0, columns], energy } = options;
  checkBounds("rows", [top, bottom], rows);
  checkBounds("columns", [left, right], columns);
  const range = { first: 0, end: channels };
  const signal: SignalValue = value;
  if (energy !== undefined) {
    if (signal.kind === "image") throw refuseEnergy("crop");
    Object.assign(range, energyChannels("crop", signal.axes.energy, energy));
  }
  const { first, end } = range;
  const data = cut(value.data, [rows, columns, channels], [top, left, first], [bottom, right, end]);
  const axes = {
    y: part(value.axes.y, top, bottom),
    x: part(value.axes.x, left, right),
    ...(signal.kind === "image" ? {} : { energy: part(signal.axes.energy, first, end) }),
  };
  return remade(value, data, axes, "crop", {
    rows: [top, bottom],
    columns: [left, right],
    ...(signal.kind === "image" ? {} : { channels: [first, end], energy }),
  });
}

/** The part of an axis from index `first` to before `end`. */
function part(whole: Axis, first: number, end: number): Axis {
  if (first === 0 && end === whole.size) return whole;
  const { name, units, offset, scale } = whole;
  return axis(name, end - first, { units, offset: offset + scale * first, scale });
}

type Triple = readonly [number, number, number];

function cut(data: Float32Array, shape: Triple, from: Triple, to: Triple): Float32Array {
  const [, columns, channels] = shape;
  const [height, width, depth] = to.map((end, i) => end - from[i]);
  if (width === columns && depth === channels) {
    return data.subarray(from[0] * columns * channels, to[0] * columns * channels);
  }
  checkMemory(4 * height * width * depth, `a part of ${height} x ${width} x ${depth} values`, "cut a smaller part");
  const result = new Float32Array(height * width * depth);
  let at = 0;
  for (let row = from[0]; row < to[0]; row++) {
    for (let column = from[1]; column < to[1]; column++) {
      const start = (row * columns + column) * channels + from[2];
      result.set(data.subarray(start, start + depth), at);
      at += depth;
    }
  }
  return result;
}
