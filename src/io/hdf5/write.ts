import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { SpecbookError } from "../../core/errors";
import { checkStopped, replaceFile } from "../write-file";
import { guarded } from "./guard";
import { CLASS, type Hdf5Library, hdf5Library, innermost } from "./library";

/** How h5wasm takes the type and shape of what it creates. */
interface Hdf5Creation {
  readonly vlen: boolean;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  readonly type: number;
  readonly size: number;
  readonly cset?: number;
  readonly strpad?: number;
  readonly shape: readonly bigint[];
  readonly maxshape: readonly bigint[];
  readonly chunks?: readonly bigint[] | null;
  readonly compression?: number;
  readonly compression_opts?: readonly number[];
  readonly track_order?: boolean;
}

/** The part of h5wasm's low-level module that writes; each call gives a negative number where it failed. */
interface Hdf5Writing extends Hdf5Library {
  readonly H5F_ACC_TRUNC: number;
  create_group(file: bigint, path: string, trackOrder: boolean): number;
  create_dataset(file: bigint, path: string, pointer: bigint, description: Hdf5Creation): number;
  resize_dataset(file: bigint, path: string, shape: bigint[]): number;
  set_dataset_data(
    file: bigint,
    path: string,
    count: bigint[],
    offset: bigint[],
    strides: bigint[],
    pointer: bigint,
  ): number;
  create_attribute(file: bigint, path: string, name: string, pointer: bigint, description: Hdf5Creation): number;
  create_vlen_str_attribute(
    file: bigint,
    path: string,
    name: string,
    texts: string[],
    description: Hdf5Creation,
  ): number;
  set_scale(file: bigint, path: string, name: string): number;
  attach_scale(file: bigint, path: string, scalePath: string, dimension: number): number;
  set_dimension_label(file: bigint, path: string, dimension: number, label: string): number;
  flush(file: bigint): number;
}

/** Texts, float64 numbers, whole numbers (int64). h5wasm writes no truth values. */
export type WritableAttribute = string | number | bigint;

/** How a data set is written. */
export interface DatasetOptions {
  readonly gzip?: boolean;
  /** Stops the writing between blocks of 64 MiB. */
  readonly signal?: AbortSignal;
}

/** A file being written: valid inside `writeHdf5` only. Parents come before their children. */
export interface Hdf5Writer {
  group(path: string, attributes?: Readonly<Record<string, WritableAttribute>>): void;
  attributes(path: string, attributes: Readonly<Record<string, WritableAttribute>>): void;
  dataset(
    path: string,
    data: Float32Array | Float64Array,
    shape: readonly number[],
    options?: DatasetOptions,
  ): Promise<void>;
  /** Makes the data set `scalePath` the scale of a dimension of another one. */
  scale(path: string, dimension: number, scalePath: string, name: string): void;
}

const GZIP = 1;
const LEVEL = 4; // of gzip: h5py's and HyperSpy's own default
const BLOCK = 2 ** 26;
const CHUNK = 2 ** 18; // bytes: a spectrum or a part of a plane is unpacked without much beside it

/**
 * Writes an HDF5 file: under a temporary name that takes the place of `path` when it is whole. Every call is checked.
 *
 * @throws FileError where it cannot be written, CancelledError.
 */
export async function writeHdf5(path: string, fill: (writer: Hdf5Writer) => Promise<void>): Promise<void> {
  const library = (await hdf5Library()) as Hdf5Writing; // the same module; this names the calls that write
  await replaceFile(path, async (scratch) => {
    const own = resolve(scratch);
    const checked = <T extends number | bigint | undefined>(what: string, work: () => T): T => {
      const { result, report, thrown } = guarded(library.FS, own, work);
      const isFailure = report !== "" || thrown !== undefined || (typeof result === "number" && result < 0);
      if (isFailure) throw unwritten(path, what, report === "" ? String(thrown ?? result) : innermost(report), thrown);
      return result as T; // set whenever nothing was thrown
    };
    const file = checked("the file", () => library.open(own, library.H5F_ACC_TRUNC, false, -1, -1));
    let isDone = false;
    try {
      await fill(writerOf(library, file, checked));
      checked("the end of the file", () => library.flush(file));
      isDone = true;
    } finally {
      // After a failure, closing fails too, and must not hide the error that led here.
      if (isDone) checked("the end of the file", () => library.close_file(file));
      else guarded(library.FS, own, () => library.close_file(file));
    }
  });
}

type Checked = <T extends number | bigint | undefined>(what: string, work: () => T) => T;

function writerOf(library: Hdf5Writing, file: bigint, checked: Checked): Hdf5Writer {
  const attributes: Hdf5Writer["attributes"] = (path, values) => {
    for (const [name, value] of Object.entries(values)) {
      checked(`the attribute ${name} of ${path}`, () => writeAttribute(library, file, path, name, value));
    }
  };
  return {
    attributes,
    group: (path, values = {}) => {
      checked(path, () => library.create_group(file, path, false));
      attributes(path, values);
    },
    scale: (path, dimension, scalePath, name) => {
      checked(scalePath, () => library.set_scale(file, scalePath, name));
      checked(scalePath, () => library.attach_scale(file, path, scalePath, dimension));
      checked(path, () => library.set_dimension_label(file, path, dimension, name));
    },
    dataset: (path, data, shape, options) => writeDataset(library, file, checked, { path, data, shape }, options),
  };
}

function writeAttribute(
  library: Hdf5Writing,
  file: bigint,
  path: string,
  name: string,
  value: WritableAttribute,
): number {
  const scalar = { littleEndian: true, shape: [], maxshape: [] } as const;
  if (typeof value === "string") {
    const utf8 = { ...scalar, vlen: true, signed: false, type: CLASS.string, size: 4, cset: 1, strpad: 0 };
    return library.create_vlen_str_attribute(file, path, name, [value], utf8);
  }
  const number = { ...scalar, vlen: false, signed: true };
  const { type, bytes } = encode(value);
  return withBytes(library, bytes, (pointer) =>
    library.create_attribute(file, path, name, pointer, { ...number, type, size: bytes.length }),
  );
}

function encode(value: number | bigint): { type: number; bytes: Uint8Array } {
  const numbers = typeof value === "bigint" ? BigInt64Array.of(value) : Float64Array.of(value);
  return { type: typeof value === "bigint" ? CLASS.integer : CLASS.float, bytes: new Uint8Array(numbers.buffer) };
}

async function writeDataset(
  library: Hdf5Writing,
  file: bigint,
  checked: Checked,
  { path, data, shape }: { path: string; data: Float32Array | Float64Array; shape: readonly number[] },
  { gzip = false, signal }: DatasetOptions = {},
): Promise<void> {
  checkStopped(path, signal);
  const size = data.BYTES_PER_ELEMENT;
  const isWhole = !gzip && data.byteLength <= BLOCK;
  const dimensions = shape.map(BigInt);
  const description = {
    ...{ vlen: false, signed: false, littleEndian: true, type: CLASS.float, size, track_order: false },
    ...{ shape: dimensions, maxshape: dimensions, chunks: null, compression: 0, compression_opts: [] },
  } as const;
  if (isWhole) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    checked(path, () =>
      withBytes(library, bytes, (pointer) => library.create_dataset(file, path, pointer, description)),
    );
    return;
  }
  // Made without rows, then given all of them: h5wasm cannot make a data set without writing it whole.
  const chunks = chunkOf(shape, size).map(BigInt);
  const packing = gzip ? { compression: GZIP, compression_opts: [LEVEL] } : {};
  const empty = { ...description, ...packing, chunks, shape: [0n, ...dimensions.slice(1)] };
  checked(path, () =>
    withBytes(library, new Uint8Array(8), (pointer) => library.create_dataset(file, path, pointer, empty)),
  );
  checked(path, () => library.resize_dataset(file, path, dimensions));
  for (const { offset, count, from, length } of blocksOf(shape, size, Number(chunks[0]))) {
    checkStopped(path, signal);
    const bytes = new Uint8Array(data.buffer, data.byteOffset + from * size, length * size);
    const [counts, offsets] = [count.map(BigInt), offset.map(BigInt)];
    checked(path, () =>
      withBytes(library, bytes, (pointer) =>
        library.set_dataset_data(
          file,
          path,
          counts,
          offsets,
          counts.map(() => 1n),
          pointer,
        ),
      ),
    );
    await setImmediate();
  }
}

/** Chunks of about 256 kB: as many whole last axes as fit. */
function chunkOf(shape: readonly number[], size: number): number[] {
  let left = Math.max(1, Math.floor(CHUNK / size));
  return shape
    .toReversed()
    .map((length) => {
      const part = Math.max(1, Math.min(length, left));
      left = Math.max(1, Math.floor(left / part));
      return part;
    })
    .reverse();
}

/** Parts of at most 64 MiB that lie one after the other in memory, along the first axes. */
function* blocksOf(
  shape: readonly number[],
  size: number,
  rows: number,
): Generator<{ offset: number[]; count: number[]; from: number; length: number }> {
  const below = shape.slice(1).reduce((a, b) => a * b, 1);
  const fitting = Math.floor(BLOCK / (below * size));
  if (fitting >= 1 || shape.length === 1) {
    const step = Math.max(1, fitting - (fitting > rows ? fitting % rows : 0));
    for (let row = 0; row < shape[0]; row += step) {
      const count = Math.min(step, shape[0] - row);
      const inner = shape.slice(1);
      yield {
        offset: [row, ...inner.map(() => 0)],
        count: [count, ...inner],
        from: row * below,
        length: count * below,
      };
    }
    return;
  }
  for (let row = 0; row < shape[0]; row++) {
    for (const { offset, count, from, length } of blocksOf(shape.slice(1), size, 1)) {
      yield { offset: [row, ...offset], count: [1, ...count], from: row * below + from, length };
    }
  }
}

function withBytes<T>(library: Hdf5Writing, bytes: Uint8Array, work: (pointer: bigint) => T): T {
  const pointer = library._malloc(Math.max(8, bytes.length));
  if (pointer === 0) throw new Error(`no memory for ${bytes.length} bytes`);
  try {
    library.HEAPU8.set(bytes, pointer);
    return work(BigInt(pointer));
  } finally {
    library._free(pointer);
  }
}

function unwritten(path: string, what: string, said: string, cause: unknown): SpecbookError {
  return new SpecbookError("FileError", `"${path}" cannot be written`, {
    got: `a failure at ${what}: ${said}`,
    needed: "a disk with room, and permission to write",
    remedy: "make room on the disk or give another path; what was there before is unchanged",
    cause,
  });
}
