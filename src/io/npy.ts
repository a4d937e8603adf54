import type { FileHandle } from "node:fs/promises";
import { checkMemory } from "../core/memory";
import { blockSize } from "./block";
import type { ReadRequest } from "./drafts";
import { elementName, LONGEST_HEADER, type NpyHeader, parseNpyHeader } from "./npy-header";
import { decodeNumbers, type NumberArray } from "./number-types";
import { readExactly, withFile } from "./open-file";
import { fromColumnMajor, permute } from "./permute";
import { readRawArray } from "./raw-array";

/** An array with its shape, row-major (the last axis runs fastest). */
export interface NumericArray {
  readonly data: NumberArray;
  readonly shape: readonly number[];
  /** The type in the file: "float32", "int64", "bool", "complex64", ... */
  readonly dtype: string;
}

/**
 * Reads a NumPy array (.npy): numbers of every size, either byte order, C or Fortran order. The result is always
 * row-major; float16 comes as float32, 64-bit integers as float64 (DataError beyond 2^53), bool as 0 and 1, complex
 * numbers as a last axis of two, real and imaginary part.
 *
 * @example const { data, shape } = await readNpy("maps.npy");
 */
export async function readNpy(path: string): Promise<NumericArray> {
  return withFile(path, async (file, size) => {
    const header = await readHeader(file, size, path);
    checkMemory(size, `"${path}" (${header.shape.join(" x ")})`, "save a smaller part of the array");
    const bytes = new Uint8Array(size - header.dataOffset);
    await readExactly(file, bytes, header.dataOffset, path);
    return toArray(bytes, header);
  });
}

/** The header of an .npy file. */
export function readNpyHeader(path: string): Promise<NpyHeader> {
  return withFile(path, (file, size) => readHeader(file, size, path));
}

/** Reads an .npy file, or a block of it, as float32, row-major: the numbers never lie in memory twice. */
export async function readNpyFloat32(path: string, request: ReadRequest = {}): Promise<Float32Array> {
  return withFile(path, async (file, size) => {
    const { type, shape, fortranOrder, isComplex, isColour, dataOffset } = await readHeader(file, size, path);
    const hasParts = isComplex || isColour;
    if (!fortranOrder || shape.length < 2)
      return readRawArray(file, { offset: dataOffset, shape, type }, path, request);
    const { block = { offset: shape.map(() => 0), count: shape }, signal } = request;
    checkMemory(8 * blockSize(block), `"${path}" (${block.count.join(" x ")})`, "save a smaller part of the array");
    const turned = { offset: columnMajor(block.offset, hasParts), count: columnMajor(block.count, hasParts) };
    const array = { offset: dataOffset, shape: columnMajor(shape, hasParts), type };
    return rowMajor(await readRawArray(file, array, path, { block: turned, signal }), block.count, hasParts);
  });
}

async function readHeader(file: FileHandle, size: number, path: string): Promise<NpyHeader> {
  const start = new Uint8Array(Math.min(size, LONGEST_HEADER));
  await readExactly(file, start, 0, path);
  return parseNpyHeader(start, size, path);
}

/** The array in the bytes of a whole .npy file; its numbers may keep lying in them. `name` is for messages. */
export function parseNpy(bytes: Uint8Array, name: string): NumericArray {
  const header = parseNpyHeader(bytes.subarray(0, LONGEST_HEADER), bytes.length, name);
  return toArray(bytes.subarray(header.dataOffset), header);
}

function toArray(bytes: Uint8Array, header: NpyHeader): NumericArray {
  const { type, shape, fortranOrder, isComplex, isColour } = header;
  const data = decodeNumbers(bytes, type);
  const ordered = fortranOrder ? rowMajor(data, shape, isComplex || isColour) : data;
  return Object.freeze({ data: ordered, shape: Object.freeze([...shape]), dtype: elementName(header) });
}

/** Sizes in the order of a column-major file, slowest first; the pairs of complex numbers stay together. */
function columnMajor(sizes: readonly number[], hasParts: boolean): number[] {
  return hasParts ? [...sizes.slice(0, -1).reverse(), sizes[sizes.length - 1]] : [...sizes].reverse();
}

/** A row-major copy of an array of this shape that lies column by column. */
function rowMajor<T extends NumberArray>(data: T, shape: readonly number[], hasParts: boolean): T {
  if (!hasParts) return fromColumnMajor(data, shape);
  const last = shape.length - 1;
  const order = shape.map((_, axis) => (axis === last ? last : last - 1 - axis));
  return permute(data, columnMajor(shape, true), order);
}
