import { setImmediate } from "node:timers/promises";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import { type Block, blockSize } from "../block";
import type { ReadRequest } from "../drafts";
import { decodeNumbers, type NumberType, typeName } from "../number-types";
import { blocksOf } from "./blocks";
import type { Hdf5File } from "./file";
import { call } from "./file";
import { filterName, isBuiltIn } from "./filters";
import { guarded } from "./guard";
import { CLASS, type Hdf5Metadata, innermost } from "./library";

/** What a data set holds; nothing of it has been read. */
export interface Hdf5Dataset {
  readonly path: string;
  /** Slowest axis first; empty for a single number. */
  readonly shape: readonly number[];
  /** undefined where the elements are not real numbers. */
  readonly type: NumberType | undefined;
  readonly chunks: readonly number[] | undefined;
  /** HDF5 filter ids in the order they are applied on writing. */
  readonly filters: readonly number[];
  /** True where the numbers lie in other files. */
  readonly isVirtual: boolean;
}

/** Bytes of one read: bounds what the wasm heap, which never shrinks, must hold beside the result. */
const BLOCK = 2 ** 26;

/** Describes a data set. */
export function describeDataset(file: Hdf5File, path: string): Hdf5Dataset {
  const metadata = call(file, path, (h5, id) => h5.get_dataset_metadata(id, path));
  const filters = call(file, `the filters of ${path}`, (h5, id) => h5.get_dataset_filters(id, path));
  return {
    path,
    shape: metadata.shape ?? [0],
    type: metadata.shape === null ? undefined : numberType(metadata),
    chunks: metadata.chunks ?? undefined,
    filters: filters.map(({ id }) => id),
    isVirtual: metadata.virtual_sources !== undefined,
  };
}

/** Bytes of the numbers, uncompressed. */
export function bytesOf({ shape, type }: Hdf5Dataset): number {
  return shape.reduce((a, b) => a * b, type?.bytes ?? 0);
}

/**
 * Reads a data set, or a block of it, as float32, in blocks, each of them checked: what cannot be read completely is an error and
 * never a part or stale memory. float32 is copied once, from HDF5's buffer into the result. Between blocks the event
 * loop runs, and `signal` stops the work.
 */
export async function readFloat32(
  file: Hdf5File,
  dataset: Hdf5Dataset,
  { block = wholeOf(dataset), signal }: ReadRequest = {},
): Promise<Float32Array> {
  const size = blockSize(block);
  checkMemory(
    size * 4 + BLOCK,
    `${dataset.path} (${block.count.join(" x ")})`,
    "read a smaller data set, crop it before it is saved, or use a machine with more memory",
  );
  const result = new Float32Array(size);
  for (const done of readInto(file, dataset, block, result)) {
    if (done === size) break;
    await setImmediate();
    if (signal?.aborted) throw stopped(dataset, done, size, signal.reason);
  }
  return result;
}

/** Reads a small data set (an axis, an index table) as float64. */
export function readFloat64(file: Hdf5File, dataset: Hdf5Dataset): Float64Array {
  const size = dataset.shape.reduce((a, b) => a * b, 1);
  checkMemory(size * 8 + BLOCK, `${dataset.path} (${dataset.shape.join(" x ")})`, "use a machine with more memory");
  const result = new Float64Array(size);
  for (const _ of readInto(file, dataset, wholeOf(dataset), result));
  return result;
}

function wholeOf({ shape }: Hdf5Dataset): Block {
  return { offset: shape.map(() => 0), count: shape };
}

/** Fills `target` with a block, part by part; yields how many numbers are there. */
function* readInto(
  file: Hdf5File,
  dataset: Hdf5Dataset,
  wanted: Block,
  target: Float32Array | Float64Array,
): Generator<number> {
  const { type, path } = dataset;
  if (type === undefined || dataset.isVirtual) throw notNumbers(file, dataset);
  if (target.length === 0) return;
  const blocks = blocksOf(wanted.count, type.bytes, dataset.chunks, BLOCK, wanted.offset);
  const bytes = blocks.reduce((most, block) => Math.max(most, blockSize(block) * type.bytes), 0);
  const pointer = file.library._malloc(bytes);
  if (pointer === 0) throw noHeap(path, bytes);
  try {
    let at = 0;
    for (const { offset, count } of blocks) {
      const block = { offset: offset.map((from, axis) => from + wanted.offset[axis]), count };
      const length = blockSize(block);
      readBlock(file, dataset, block, pointer);
      const { buffer } = file.library.HEAPU8; // the heap may have grown, and moved, during the read
      target.set(numbersAt(buffer, pointer, length, type), at);
      at += length;
      yield at;
    }
  } finally {
    file.library._free(pointer);
  }
}

function numbersAt(heap: ArrayBufferLike, pointer: number, length: number, type: NumberType): ArrayLike<number> {
  const name = typeName(type);
  if (name === "float32") return new Float32Array(heap, pointer, length);
  if (name === "float64") return new Float64Array(heap, pointer, length);
  return decodeNumbers(new Uint8Array(heap, pointer, length * type.bytes), { ...type, littleEndian: true });
}

function readBlock(file: Hdf5File, dataset: Hdf5Dataset, { offset, count }: Block, pointer: number): void {
  const isScalar = count.length === 0; // has no slab to select
  const { result, report, thrown } = guarded(file.library.FS, file.path, () =>
    file.library.get_dataset_data(
      file.id,
      dataset.path,
      isScalar ? null : count.map(BigInt),
      isScalar ? null : offset.map(BigInt),
      isScalar ? null : count.map(() => 1n),
      BigInt(pointer),
    ),
  );
  if (result !== undefined && result >= 0 && report === "") return;
  const missing = dataset.filters.filter((id) => !isBuiltIn(id)).map(filterName);
  const said = report === "" ? String(thrown ?? `return code ${result}`) : innermost(report);
  throw new SpecbookError("FormatError", `${dataset.path} in "${file.path}" cannot be read`, {
    got: missing.length > 0 ? `data packed with ${missing.join(" and ")}` : `a damaged part of the data: ${said}`,
    needed: missing.length > 0 ? "data packed with gzip, shuffle, scale-offset, or not at all" : "undamaged chunks",
    remedy:
      missing.length > 0
        ? `repack the file: h5repack -f GZIP=4 "${file.path}" repacked.h5`
        : "copy or download the file again, and compare its check sum with the original",
    cause: thrown ?? new Error(report),
  });
}

function numberType({ type, size, signed, enum_type: names }: Hdf5Metadata): NumberType | undefined {
  const bytes = [1, 2, 4, 8].find((known) => known === size) as NumberType["bytes"] | undefined; // find keeps the literal
  if (bytes === undefined) return undefined;
  // The library turns big-endian numbers round while it reads.
  if (type === CLASS.float) return bytes === 1 ? undefined : { kind: "float", bytes, littleEndian: true };
  if (type === CLASS.integer) return { kind: signed ? "int" : "uint", bytes, littleEndian: true };
  const isTruth = type === CLASS.enumeration && bytes === 1 && names?.members.TRUE === 1;
  return isTruth ? { kind: "bool", bytes, littleEndian: true } : undefined;
}

function notNumbers(file: Hdf5File, dataset: Hdf5Dataset): SpecbookError {
  return new SpecbookError("FormatError", `${dataset.path} in "${file.path}" cannot be read`, {
    got: dataset.isVirtual
      ? "a virtual data set, whose numbers lie in other files"
      : "elements that are not real numbers",
    needed: "real numbers in this file",
    remedy: dataset.isVirtual
      ? `repack the file where the others lie: h5repack "${file.path}" repacked.h5`
      : "write the parts (e.g. real and imaginary) as data sets of their own",
  });
}

function stopped(dataset: Hdf5Dataset, done: number, size: number, cause: unknown): SpecbookError {
  return new SpecbookError("CancelledError", `reading ${dataset.path} was stopped`, {
    got: `a stop request after ${done} of ${size} numbers`,
    needed: "all of them",
    remedy: "run it again: nothing has been changed",
    cause,
  });
}

function noHeap(path: string, bytes: number): SpecbookError {
  return new SpecbookError("MemoryError", `there is no memory for a part of ${path}`, {
    got: `a request for ${bytes} bytes beside what HDF5 holds already`,
    needed: "less than 2 GiB in all",
    remedy: "restart the kernel, or repack the file with smaller chunks: h5repack -l CHUNK=16x16x256",
  });
}
