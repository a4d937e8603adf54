import { setImmediate } from "node:timers/promises";
import { checkMemory } from "../../core/memory";
import { type Block, blockSize } from "../block";
import type { ReadRequest } from "../drafts";
import { decodeNumbers, type NumberArray, type NumberType, typeName } from "../number-types";
import { blocksOf } from "./blocks";
import { type ElementType, elementType } from "./element-type";
import type { Hdf5File } from "./file";
import { call } from "./file";
import { isReadable } from "./filters";
import { guarded } from "./guard";
import { innermost } from "./library";
import { type PackedBits, packedBits, unpackBits } from "./packed-bits";
import { damagedPart, noFilter, noHeap, notNumbers, stopped } from "./read-errors";

/** What a data set holds; nothing of it has been read. */
export interface Hdf5Dataset extends ElementType {
  readonly path: string;
  /** Slowest axis first; empty for a single number. */
  readonly shape: readonly number[];
  readonly chunks: readonly number[] | undefined;
  /** HDF5 filter ids in the order they are applied on writing. */
  readonly filters: readonly number[];
  /** True where the numbers lie in other files. */
  readonly isVirtual: boolean;
  /** Where the bits of the numbers lie, if they do not fill their bytes. */
  readonly bits: PackedBits | undefined;
}

/** Bytes of one read: bounds what the wasm heap, which never shrinks, must hold beside the result. */
const BLOCK = 2 ** 26;

/** Describes a data set. */
export function describeDataset(file: Hdf5File, path: string): Hdf5Dataset {
  const metadata = call(file, path, (h5, id) => h5.get_dataset_metadata(id, path));
  const filters = call(file, `the filters of ${path}`, (h5, id) => h5.get_dataset_filters(id, path));
  const bits = packedBits(filters);
  const { type, parts } = metadata.shape === null ? { type: undefined, parts: undefined } : elementType(metadata);
  // Of numbers that do not fill their bytes only integers of up to 32 bits can be taken out.
  const isKnown = bits === undefined || (parts === undefined && type?.kind !== "float" && type?.bytes !== 8);
  return {
    path,
    shape: metadata.shape ?? [0],
    type: isKnown ? type : undefined,
    parts,
    bits,
    chunks: metadata.chunks ?? undefined,
    filters: filters.map(({ id }) => id),
    isVirtual: metadata.virtual_sources !== undefined,
  };
}

/** Bytes of the numbers, uncompressed. */
export function bytesOf(dataset: Hdf5Dataset): number {
  return dataset.shape.reduce((a, b) => a * b, elementBytes(dataset));
}

/** The name of the type: "float32", "uint16", "complex64"; empty where the elements are no numbers. */
export function typeNameOf({ type, parts }: Hdf5Dataset): string {
  if (type === undefined) return "";
  if (parts?.name !== "complex") return typeName(type);
  return type.kind === "float" ? `complex${type.bytes * 16}` : `complex of ${typeName(type)}`;
}

function elementBytes({ type, parts }: Hdf5Dataset): number {
  return (type?.bytes ?? 0) * (parts?.size ?? 1);
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
    if (signal?.aborted) throw stopped(dataset.path, done, size, signal.reason);
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

function wholeOf({ shape, parts }: Hdf5Dataset): Block {
  const count = parts === undefined ? shape : [...shape, parts.size];
  return { offset: count.map(() => 0), count };
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
  const { slab, isWanted } = elementsOf(dataset, wanted);
  const size = elementBytes(dataset);
  const blocks = blocksOf(slab.count, size, dataset.chunks, BLOCK, slab.offset);
  const bytes = blocks.reduce((most, block) => Math.max(most, blockSize(block) * size), 0);
  const pointer = file.library._malloc(bytes);
  if (pointer === 0) throw noHeap(path, bytes);
  try {
    let at = 0;
    for (const { offset, count } of blocks) {
      const block = { offset: offset.map((from, axis) => from + slab.offset[axis]), count };
      readBlock(file, dataset, block, pointer);
      const { buffer } = file.library.HEAPU8; // the heap may have grown, and moved, during the read
      const numbers = numbersAt(
        buffer,
        pointer,
        (blockSize(block) * size) / type.bytes,
        type,
        target instanceof Float32Array,
      );
      const exact = dataset.bits === undefined ? numbers : unpackBits(numbers, type, dataset.bits);
      const wantedNumbers = isWanted === undefined ? exact : exact.filter((_, i) => isWanted(i));
      target.set(wantedNumbers, at);
      at += wantedNumbers.length;
      yield at;
    }
  } finally {
    file.library._free(pointer);
  }
}

/** The elements to read for a block, and which of their numbers are wanted; undefined for all of them. */
function elementsOf({ parts }: Hdf5Dataset, wanted: Block): { slab: Block; isWanted?: (at: number) => boolean } {
  if (parts === undefined) return { slab: wanted };
  const { size } = parts;
  const slab = { offset: wanted.offset.slice(0, -1), count: wanted.count.slice(0, -1) };
  const [first, count] = [wanted.offset[slab.offset.length], wanted.count[slab.count.length]];
  return count === size ? { slab } : { slab, isWanted: (at) => at % size >= first && at % size < first + count };
}

function numbersAt(
  heap: ArrayBufferLike,
  pointer: number,
  length: number,
  type: NumberType,
  rounded: boolean,
): NumberArray {
  const name = typeName(type);
  if (name === "float32") return new Float32Array(heap, pointer, length);
  if (name === "float64") return new Float64Array(heap, pointer, length);
  return decodeNumbers(
    new Uint8Array(heap, pointer, length * type.bytes),
    { ...type, littleEndian: true },
    { rounded },
  );
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
  const missing = dataset.filters.filter((id) => !isReadable(id));
  const said = report === "" ? String(thrown ?? `return code ${result}`) : innermost(report);
  const cause = thrown ?? new Error(report);
  throw missing.length > 0 ? noFilter(file, dataset, missing, cause) : damagedPart(file, dataset, said, cause);
}
