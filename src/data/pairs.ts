import type { Axis } from "./axis";
import type { HistoryEntry } from "./history";

/** A float32 array with its shape, row-major. */
export interface FloatArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** How raw values became the values of the pairs: `scaled = (raw - offset) / range`. */
export interface Scaling {
  readonly offset: number;
  readonly range: number;
}

/**
 * Image windows and the spectra of their centre pixels: what the networks that link structure and spectrum train on.
 * Sample i is `images.data[i * h * w * c ...]`, `spectra.data[i * channels ...]`, centred on scan pixel
 * (row, column) = `positions[2 i], positions[2 i + 1]`.
 */
export interface Pairs {
  readonly kind: "pairs";
  /** [n, height, width, image channels] */
  readonly images: FloatArray;
  /** [n, spectral channels] */
  readonly spectra: FloatArray;
  /** n (row, column) pairs of scan pixels. */
  readonly positions: Int32Array;
  /** [rows, columns] of the scan the windows were cut from. */
  readonly scan: readonly [number, number];
  readonly scaling: { readonly images: Scaling; readonly spectra: Scaling };
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}
