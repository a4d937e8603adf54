import { type Axis, addHistory, type Image, image, type SpectrumImage, spectrumImage } from "../data";

/** What most steps of the clean-up take: an image, or a spectrum image. */
export type SignalValue = Image | SpectrumImage;

/** Sizes of a signal; an image has one channel. */
export interface Layout {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

/** Rows, columns and channels of an image (one channel) or a spectrum image. */
export function layoutOf(value: SignalValue): Layout {
  const [rows, columns] = value.shape;
  return { rows, columns, channels: value.kind === "image" ? 1 : value.shape[2] };
}

/** Metadata without what the values are and their units: for values that were scaled. */
export function withoutUnits(metadata: Image["metadata"]): Image["metadata"] {
  const { units: _, quantity: __, ...rest } = metadata;
  return rest;
}

/** New axes of a signal; those left out stay. */
export interface NewAxes {
  readonly y?: Axis;
  readonly x?: Axis;
  readonly energy?: Axis;
}

/** A signal of the same kind with other data and axes, and one line more of history. */
export function remade<T extends SignalValue>(
  value: T,
  data: Float32Array,
  axes: NewAxes,
  operation: string,
  options: Readonly<Record<string, unknown>>,
): T;
export function remade(
  value: SignalValue,
  data: Float32Array,
  axes: NewAxes,
  operation: string,
  options: Readonly<Record<string, unknown>>,
): SignalValue {
  const { metadata } = value;
  const history = addHistory(value.history, operation, options);
  const y = axes.y ?? value.axes.y;
  const x = axes.x ?? value.axes.x;
  if (value.kind === "image") return image(data, [y.size, x.size], { axes: { y, x }, metadata, history });
  const energy = axes.energy ?? value.axes.energy;
  return spectrumImage(data, [y.size, x.size, energy.size], { axes: { y, x, energy }, metadata, history });
}
