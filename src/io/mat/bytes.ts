import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, inflate, inflateSync } from "node:zlib";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import type { NumberType } from "../number-types";
import { readExactly } from "../open-file";

/** The bytes that elements of a MAT-file are read from: the file, or what one of its packed elements unpacks to. */
export interface MatBytes {
  readonly size: number;
  readonly littleEndian: boolean;
  read(at: number, length: number): Promise<Uint8Array>;
}

/** One data element: a type, and the place of its data. */
export interface MatElement {
  readonly type: number;
  readonly at: number;
  readonly bytes: number;
  /** Where the next element begins. */
  readonly next: number;
}

/** The storage types (table 1-1 of "MAT-File Format", MathWorks) that hold numbers. */
const STORAGE: Readonly<Record<number, readonly [NumberType["kind"], NumberType["bytes"]]>> = {
  1: ["int", 1],
  2: ["uint", 1],
  3: ["int", 2],
  4: ["uint", 2],
  5: ["int", 4],
  6: ["uint", 4],
  7: ["float", 4],
  9: ["float", 8],
  12: ["int", 8],
  13: ["uint", 8],
};

/** miMATRIX and miCOMPRESSED. */
export const MATRIX = 14;
export const COMPRESSED = 15;

/** How the numbers of an element lie; undefined for texts and nested elements. */
export function storageOf(type: number, littleEndian: boolean): NumberType | undefined {
  const found = STORAGE[type];
  return found === undefined ? undefined : { kind: found[0], bytes: found[1], littleEndian };
}

/** The element at a place, which must end before `end`. Small ones keep their data in the tag itself. */
export async function elementAt(source: MatBytes, at: number, end: number, path: string): Promise<MatElement> {
  if (at + 8 > end) throw damaged(path, `an element tag at byte ${at} of ${end}`);
  const tag = await source.read(at, 8);
  const view = new DataView(tag.buffer, tag.byteOffset, 8);
  const word = view.getUint32(0, source.littleEndian);
  const isSmall = word >>> 16 !== 0;
  const type = isSmall ? word & 0xffff : word;
  const bytes = isSmall ? word >>> 16 : view.getUint32(4, source.littleEndian);
  const start = isSmall ? at + 4 : at + 8;
  if ((isSmall && bytes > 4) || start + bytes > end) {
    throw damaged(path, `an element of ${bytes} bytes at byte ${at}, where ${Math.max(0, end - start)} are left`);
  }
  // Everything but packed elements is padded to 8 bytes; a writer may leave out the padding of the last one.
  const next = isSmall ? at + 8 : type === COMPRESSED ? start + bytes : start + Math.ceil(bytes / 8) * 8;
  return { type, at: start, bytes, next: Math.min(next, end) };
}

/** An open file as the source of elements. */
export function fileBytes(file: FileHandle, size: number, littleEndian: boolean, path: string): MatBytes {
  return {
    size,
    littleEndian,
    read: async (at, length) => {
      const bytes = new Uint8Array(length);
      await readExactly(file, bytes, at, path);
      return bytes;
    },
  };
}

const HIGHEST_RATIO = 1032; // of deflate itself; a larger one is a forged size
const PEEK = 2 ** 16;
const unpack = promisify(inflate);

/** What a packed element holds; `length` limits it to its beginning, which is then cut off but has its real size. */
export async function unpackElement(
  source: MatBytes,
  element: MatElement,
  path: string,
  length = Number.POSITIVE_INFINITY,
): Promise<MatBytes> {
  const start = await source.read(element.at, Math.min(element.bytes, PEEK));
  const size = 8 + unpackedSize(beginning(start, 8, path), source.littleEndian);
  if (size > HIGHEST_RATIO * element.bytes) {
    throw damaged(path, `${element.bytes} packed bytes that claim to be ${size}`);
  }
  if (length < size) {
    return { ...memory(beginning(start, length, path), source.littleEndian, path), size };
  }
  checkMemory(size + element.bytes, `"${path}" (${size} bytes unpacked)`, "save a smaller part of it");
  const packed = element.bytes <= start.length ? start : await source.read(element.at, element.bytes);
  const bytes = await unpack(packed, { maxOutputLength: size }).catch((cause: unknown) => {
    throw damaged(path, "packed data that do not unpack", cause);
  });
  if (bytes.length !== size) throw damaged(path, `${bytes.length} unpacked bytes of ${size}`);
  return memory(bytes, source.littleEndian, path);
}

function memory(bytes: Uint8Array, littleEndian: boolean, path: string): MatBytes {
  return {
    size: bytes.length,
    littleEndian,
    read: async (at, length) => {
      if (at + length > bytes.length) throw damaged(path, `${bytes.length} bytes of ${at + length}`);
      return new Uint8Array(bytes.subarray(at, at + length)); // a copy: decoding changes it, and a Buffer's own slice shares
    },
  };
}

function beginning(packed: Uint8Array, length: number, path: string): Uint8Array {
  try {
    // A flush in the middle hands out what the packed bytes hold; the limit bounds what is allocated for it.
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: HIGHEST_RATIO * PEEK };
    return inflateSync(packed.subarray(0, Math.min(packed.length, length + 1024)), options).subarray(0, length);
  } catch (cause) {
    throw damaged(path, "packed data that do not unpack", cause);
  }
}

function unpackedSize(tag: Uint8Array, littleEndian: boolean): number {
  if (tag.length < 8) return 0;
  return new DataView(tag.buffer, tag.byteOffset, 8).getUint32(4, littleEndian);
}

/** The error for a file that contradicts itself. */
export function damaged(path: string, got: string, cause?: unknown): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is not a complete MAT-file`, {
    got,
    needed: "the elements that its own sizes announce",
    remedy: "copy or download the file again, or save the variables again in MATLAB: it is damaged",
    cause,
  });
}
