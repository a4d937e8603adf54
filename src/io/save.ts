import { SpecbookError } from "../core/errors";
import { currentHost } from "../core/host";
import { hasExtension } from "./format";
import { writeCsv } from "./saving/csv";
import { type WriteOptions, writeHspy } from "./saving/hspy";
import { writeNpz } from "./saving/npz";
import { writeNsid } from "./saving/nsid";
import { type Savable, type SavedArray, savedArrays } from "./saving/saved-array";

/** Options of `save`. */
export interface SaveOptions {
  /** Packs the numbers without loss (not for .csv, which is plain text). Default false: larger, and read faster. */
  readonly gzip?: boolean;
  /** Stops the writing; what was there before stays. Default: the stop button of the running cell. */
  readonly signal?: AbortSignal;
}

interface Writer {
  readonly extension: string;
  readonly name: string;
  write(path: string, arrays: readonly SavedArray[], options: WriteOptions): Promise<void>;
}

/** What `save` writes, by the ending of the path. */
export const WRITERS: readonly Writer[] = [
  { extension: ".hspy", name: "HyperSpy", write: writeHspy },
  { extension: ".h5", name: "NSID", write: writeNsid },
  { extension: ".npz", name: "NumPy archive", write: writeNpz },
  { extension: ".csv", name: "table of text", write: writeCsv },
];

/**
 * Writes an image, a spectrum image, an array, a result of a decomposition, or several of them, in the format that the
 * ending of the path names: .hspy (opens in HyperSpy), .h5 (NSID), .npz (`numpy.load`), .csv. Axes and units go with the
 * numbers, which are written as they are, float32; metadata and history too, but for .csv. The file is written under a
 * temporary name and takes the place of an older one when it is whole.
 *
 * @throws OptionError (another ending, a value that cannot be saved), FileError (no folder, no permission, a full disk),
 * CancelledError.
 * @example
 * await save({ image, spectra }, "scan.hspy");
 * await save(await nmf(spectra, { components: 4 }), "nmf.npz", { gzip: true });
 */
export async function save(value: Savable, path: string, options: SaveOptions = {}): Promise<void> {
  const { gzip = false, signal = currentHost()?.signal() } = options;
  const writer = writerOf(path);
  if (typeof gzip !== "boolean" || (gzip && writer.extension === ".csv")) {
    throw new SpecbookError("OptionError", "the option gzip cannot be used here", {
      got: `gzip ${JSON.stringify(gzip)} for "${path}"`,
      needed: "true or false, and false for .csv, which every program opens as text",
      remedy: "leave gzip out, or save as .npz",
    });
  }
  await writer.write(path, savedArrays(value), { gzip, signal });
}

/** Throws an OptionError unless the path ends as one of the formats that `save` writes: to be asked before long work. */
export function checkEnding(path: string): void {
  writerOf(path);
}

function writerOf(path: string): Writer {
  const writer =
    typeof path === "string" ? WRITERS.find(({ extension }) => hasExtension(path, [extension])) : undefined;
  if (writer === undefined) throw unknownEnding(path);
  return writer;
}

function unknownEnding(path: unknown): SpecbookError {
  const known = WRITERS.map(({ extension, name }) => `${extension} (${name})`).join(", ");
  return new SpecbookError("OptionError", "the ending of the path names no format that is written", {
    got: typeof path === "string" ? `"${path}"` : `${typeof path} ${path}`,
    needed: `a path that ends with ${known}`,
    remedy: 'await save(value, "name.hspy")',
  });
}
