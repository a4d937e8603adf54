import type { HistoryEntry } from "./history";
import type { SpectrumImage } from "./spectrum-image";

/**
 * A spectrum image that is read part by part, e.g. one that is larger than the memory: what `open` gives, and what the
 * streamed decompositions take beside a SpectrumImage.
 */
export interface SpectrumSource {
  readonly kind: "spectrum-source";
  /** [rows, columns, channels] */
  readonly shape: readonly [number, number, number];
  readonly axes: SpectrumImage["axes"];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
  /**
   * The spectra of whole scan rows, from `first` to before `end`: [end - first, columns, channels], row-major. The array
   * is the caller's.
   */
  readRows(first: number, end: number, signal?: AbortSignal): Promise<Float32Array>;
}
