import type { Draft } from "./drafts";
import type { ReadOptions } from "./signals";

/** What is known of a file before its format is. */
export interface FileFacts {
  readonly path: string;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  readonly isFolder: boolean;
  /** The first bytes of the file, 4,096 at most. */
  readonly start: Uint8Array;
  /** The names in a folder, or in a zip archive; empty for other files. */
  readonly names: readonly string[];
}

/** What the user may say about the layout of a file before it is opened. */
export type LayoutOptions = Pick<ReadOptions, "raw" | "scan" | "complex">;

/** One file format: how it is told from others, and how its signals are found. */
export interface FileFormat {
  /** As the user knows it: "DigitalMicrograph 3 and 4", "TIFF". */
  readonly name: string;
  /** Usual endings of its files, with the dot. Content decides, not the name, wherever the format has a signature. */
  readonly extensions: readonly string[];
  /** True for a file of this format. May read more of it than its start. */
  recognises(facts: FileFacts): boolean | Promise<boolean>;
  /** Opens the file, hands the signals to `work`, and closes it, also when the work fails. */
  withDrafts<T>(path: string, work: (drafts: Draft[]) => T | Promise<T>, options?: LayoutOptions): Promise<T>;
}

/** True where the bytes begin with the signature. */
export function begins(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.length <= bytes.length && signature.every((byte, i) => bytes[i] === byte);
}

/** True where the path ends with one of the endings, in any case. */
export function hasExtension(path: string, extensions: readonly string[]): boolean {
  return extensions.some((extension) => path.toLowerCase().endsWith(extension));
}
