import type { Axis } from "./axis";
import { axis } from "./axis";
import { checkLength } from "./check-length";
import type { HistoryEntry } from "./history";

/** A spectrum at every pixel of a scan. Row-major: `data[(row * columns + column) * channels + channel]`. */
export interface SpectrumImage {
  readonly kind: "spectrum-image";
  readonly data: Float32Array;
  /** [rows, columns, channels] */
  readonly shape: readonly [number, number, number];
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** Makes a checked, frozen spectrum image; scan axes default to uncalibrated pixels. The data are not copied. */
export function spectrumImage(
  data: Float32Array,
  shape: readonly [number, number, number],
  options: {
    axes?: Partial<SpectrumImage["axes"]>;
    metadata?: Readonly<Record<string, unknown>>;
    history?: readonly HistoryEntry[];
  } = {},
): SpectrumImage {
  const { axes = {}, metadata = {}, history = [] } = options;
  checkLength("spectrum image", data, shape, { y: axes.y, x: axes.x, energy: axes.energy });
  const [rows, columns, channels] = shape;
  return Object.freeze({
    kind: "spectrum-image",
    data,
    shape: Object.freeze([rows, columns, channels] as const),
    axes: Object.freeze({
      y: axes.y ?? axis("y", rows),
      x: axes.x ?? axis("x", columns),
      energy: axes.energy ?? axis("channel", channels, { units: "channel" }),
    }),
    metadata: Object.freeze({ ...metadata }),
    history: Object.freeze([...history]),
  });
}
