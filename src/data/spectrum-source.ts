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
  /** Rows that are packed together: reading some of them costs all. Default 1. */
  readonly rowStep?: number;
  /**
   * The spectra of whole scan rows, from `first` to before `end`: [end - first, columns, channels], row-major. The array
   * is the caller's.
   */
  readRows(first: number, end: number, signal?: AbortSignal): Promise<Float32Array>;
}

/** Bytes of float32 that a source is read by where nobody says otherwise. */
const BLOCK_BYTES = 2 ** 26;

/**
 * How many rows to read at once: as many whole `rowStep`s as `bytes` hold, at least one. Where a single one is more than
 * four times `bytes`, in the worst case the whole file, as many rows as that: its pieces are unpacked several times then,
 * but the file can be larger than the memory.
 */
export function rowsAtOnce({ shape, rowStep = 1 }: SpectrumSource, bytes: number = BLOCK_BYTES): number {
  const [rows, columns, channels] = shape;
  const most = Math.floor(bytes / (4 * columns * channels));
  const step = Math.min(rowStep, Math.max(1, 4 * most));
  return Math.min(rows, Math.max(step, most - (most % step)));
}
