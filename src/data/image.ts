import type { Axis } from "./axis";
import { axis } from "./axis";
import { checkLength } from "./check-length";
import type { HistoryEntry } from "./history";

/** An image, e.g. the HAADF signal of a scan. Row-major: `data[row * columns + column]`. */
export interface Image {
  readonly kind: "image";
  readonly data: Float32Array;
  /** [rows, columns] */
  readonly shape: readonly [number, number];
  readonly axes: { readonly y: Axis; readonly x: Axis };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** Makes a checked, frozen image; axes default to uncalibrated pixels. The data are not copied. */
export function image(
  data: Float32Array,
  shape: readonly [number, number],
  options: {
    axes?: Partial<Image["axes"]>;
    metadata?: Readonly<Record<string, unknown>>;
    history?: readonly HistoryEntry[];
  } = {},
): Image {
  const { axes = {}, metadata = {}, history = [] } = options;
  checkLength("image", data, shape, { y: axes.y, x: axes.x });
  const [rows, columns] = shape;
  return Object.freeze({
    kind: "image",
    data,
    shape: Object.freeze([rows, columns] as const),
    axes: Object.freeze({ y: axes.y ?? axis("y", rows), x: axes.x ?? axis("x", columns) }),
    metadata: Object.freeze({ ...metadata }),
    history: Object.freeze([...history]),
  });
}
