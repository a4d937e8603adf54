import type { FileHandle } from "node:fs/promises";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import type { NumericArray } from "./npy";
import { decodeNumbers, type NumberArray, toHostOrder, typeName } from "./number-types";
import { readExactly, withFile } from "./open-file";
import {
  LONGEST_TENSOR_HEADER,
  parseTensorHeader,
  type SafetensorsHeader,
  TENSOR_TYPES,
  type TensorEntry,
} from "./safetensors-header";
import { writeAll, writeWholeFile } from "./write-file";

/** What a .safetensors file holds: named arrays, and texts beside them. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, NumericArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An array that `writeSafetensors` takes: row-major, with its shape. */
export interface WritableTensor {
  readonly data: Float32Array | Float64Array | Int32Array;
  readonly shape: readonly number[];
}

/**
 * Reads a .safetensors file (the format of huggingface/safetensors: the length of a JSON header as 8 bytes, the header,
 * the numbers, all little-endian). Types F64, F32, F16 and BF16 (as float32), I64 (as float64; DataError beyond 2^53),
 * I32 and U8. The header is checked in full before anything is allocated.
 *
 * @throws FileError, FormatError for a file that is damaged or of another format, MemoryError
 * @example const { tensors, metadata } = await readSafetensors("weights.safetensors");
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  return withFile(path, async (file, size) => {
    const { entries, metadata, dataOffset } = await readHeader(file, size, path);
    checkMemory(2 * (size - dataOffset), `"${path}" (${entries.length} tensors)`, "save fewer tensors in one file");
    const tensors: [string, NumericArray][] = [];
    for (const entry of entries) tensors.push([entry.name, await readTensor(file, entry, dataOffset, path)]);
    return Object.freeze({ tensors: Object.freeze(Object.fromEntries(tensors)), metadata: Object.freeze(metadata) });
  });
}

/**
 * Writes named float32, float64 and int32 arrays with texts beside them as a .safetensors file, in the order of
 * `tensors` (float64 first), under a temporary name that becomes `path` once it is whole.
 *
 * @throws ShapeError for an array whose length is not that of its shape; FileError where nothing can be written
 * @example await writeSafetensors("weights.safetensors", model.parameters, { made: "2026-11-21" });
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, WritableTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const all = Object.entries(tensors).sort((a, b) => b[1].data.BYTES_PER_ELEMENT - a[1].data.BYTES_PER_ELEMENT);
  let end = 0;
  const entries = all.map(([name, tensor]) => {
    checkTensor(name, tensor);
    const begin = end;
    end += tensor.data.byteLength;
    return [name, { dtype: dtypeOf(tensor.data), shape: [...tensor.shape], data_offsets: [begin, end] }] as const;
  });
  // Object.fromEntries makes own properties of any name, "__proto__" too.
  const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const length = 8 * Math.ceil(Buffer.byteLength(text) / 8);
  if (length > LONGEST_TENSOR_HEADER) throw longHeader(path, length);
  const header = Buffer.alloc(8 + length, " ");
  header.writeBigUInt64LE(BigInt(length), 0);
  header.write(text, 8);
  await writeWholeFile(path, async (file) => {
    await writeAll(file, header);
    for (const [, { data }] of all) await writeAll(file, littleEndianBytes(data));
  });
}

async function readHeader(
  file: FileHandle,
  size: number,
  path: string,
): Promise<SafetensorsHeader & { readonly dataOffset: number }> {
  const start = Buffer.alloc(Math.min(8, size));
  await readExactly(file, start, 0, path);
  const length = size < 8 ? 0 : Number(start.readBigUInt64LE(0));
  if (length < 2 || length > Math.min(size - 8, LONGEST_TENSOR_HEADER)) {
    throw new SpecbookError("FormatError", `"${path}" is not a .safetensors file`, {
      got: size < 8 ? `${size} bytes` : `${size} bytes that begin with ${JSON.stringify(start.toString("latin1"))}`,
      needed: `the length of a JSON header (at most ${LONGEST_TENSOR_HEADER} bytes), then the header and the numbers`,
      remedy: "check that this is the file that was saved, and copy or download it again",
    });
  }
  const header = new Uint8Array(length);
  await readExactly(file, header, 8, path);
  return { ...parseTensorHeader(header, size - 8 - length, path), dataOffset: 8 + length };
}

async function readTensor(
  file: FileHandle,
  { dtype, shape, begin, end }: TensorEntry,
  dataOffset: number,
  path: string,
): Promise<NumericArray> {
  const type = TENSOR_TYPES[dtype];
  const bytes = new Uint8Array(end - begin);
  await readExactly(file, bytes, dataOffset + begin, path);
  const data: NumberArray = type.bfloat ? decodeBfloat16(bytes) : decodeNumbers(bytes, type);
  return Object.freeze({ data, shape: Object.freeze(shape), dtype: type.bfloat ? "bfloat16" : typeName(type) });
}

/** bfloat16 is the upper half of a float32. */
export function decodeBfloat16(bytes: Uint8Array): Float32Array {
  const words = new Uint32Array(bytes.length / 2);
  for (let i = 0; i < words.length; i++) words[i] = ((bytes[2 * i + 1] << 24) | (bytes[2 * i] << 16)) >>> 0;
  return new Float32Array(words.buffer);
}

/** The bytes of an array in little-endian order: its own memory where the machine has that order, else a copy. */
export function littleEndianBytes(data: WritableTensor["data"]): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = TENSOR_TYPES[dtypeOf(data)];
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return bytes;
  const copy = bytes.slice();
  toHostOrder(copy, type);
  return copy;
}

function dtypeOf(data: WritableTensor["data"]): "F32" | "F64" | "I32" {
  return data instanceof Float32Array ? "F32" : data instanceof Float64Array ? "F64" : "I32";
}

function checkTensor(name: string, { data, shape }: WritableTensor): void {
  const isKnown = data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array;
  const length = shape.reduce((a, b) => a * b, 1);
  if (isKnown && data.length === length && name !== "__metadata__") return;
  throw new SpecbookError("ShapeError", `tensor "${name}" cannot be written`, {
    got: `${isKnown ? data.length : "no"} numbers for shape [${shape.join(", ")}]`,
    needed: `a Float32Array, Float64Array or Int32Array of ${length} values, and a name other than "__metadata__"`,
    remedy: "give each tensor as { data, shape }",
  });
}

function longHeader(path: string, length: number): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" would have too long a header`, {
    got: `names, shapes and texts of ${length} bytes`,
    needed: `at most ${LONGEST_TENSOR_HEADER} bytes`,
    remedy: "shorten the texts in metadata: numbers belong into tensors",
  });
}
