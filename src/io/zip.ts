import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, inflateRaw, inflateRawSync } from "node:zlib";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { crc32 } from "./crc32";
import { readExactly } from "./open-file";

/** One file of an archive, as its central directory lists it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

const MOST_ENTRIES = 100_000;
const LARGEST_DIRECTORY = 2 ** 26;
const HIGHEST_DEFLATE_RATIO = 1032; // of the format itself; a larger ratio is a forged size
const inflate = promisify(inflateRaw);

/** The entries of a zip archive (APPNOTE 6.3, zip64 included). Sizes are checked before anything is allocated. */
export async function zipEntries(file: FileHandle, size: number, path: string): Promise<ZipEntry[]> {
  const { count, bytes, offset } = await findDirectory(file, size, path);
  if (count > MOST_ENTRIES || bytes > LARGEST_DIRECTORY || offset + bytes > size) {
    throw damaged(path, `a directory of ${count} entries, ${bytes} bytes at ${offset}, in ${size} bytes`);
  }
  const directory = Buffer.alloc(bytes);
  await readExactly(file, directory, offset, path);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > bytes || directory.readUInt32LE(at) !== 0x02014b50) {
      throw damaged(path, `${entries.length} of ${count} directory entries`);
    }
    const end = at + 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30);
    const next = end + directory.readUInt16LE(at + 32);
    if (next > bytes) throw damaged(path, "a directory entry that is cut off");
    entries.push(parseEntry(directory.subarray(at, end)));
    at = next;
    if (entries.length === count && at !== bytes) throw damaged(path, `${count} directory entries in ${bytes} bytes`);
  }
  return entries;
}

/** The uncompressed bytes of an entry, their check sum verified. */
export async function readZipEntry(file: FileHandle, size: number, entry: ZipEntry, path: string): Promise<Uint8Array> {
  const where = `${path}: ${entry.name}`;
  const start = await zipEntryStart(file, size, entry, path);
  checkMemory(entry.size + entry.compressedSize, `"${where}"`, "save a smaller part of the array");
  const packed = new Uint8Array(entry.compressedSize);
  await readExactly(file, packed, start, path);
  const bytes = entry.method === 0 ? packed : await unpack(packed, entry.size, where);
  if (bytes.length !== entry.size || crc32(bytes) !== entry.crc32)
    throw damaged(where, "another check sum than recorded");
  return bytes;
}

/** The beginning of an entry, at least `length` bytes where it has as many; the check sum cannot be verified. */
export async function peekZipEntry(
  file: FileHandle,
  size: number,
  entry: ZipEntry,
  path: string,
  length: number,
): Promise<Uint8Array> {
  const start = await zipEntryStart(file, size, entry, path);
  const packed = new Uint8Array(Math.min(entry.compressedSize, length + 1024)); // deflate adds little to what it cannot pack
  await readExactly(file, packed, start, path);
  if (entry.method === 0) return packed;
  try {
    return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (cause) {
    throw damaged(`${path}: ${entry.name}`, "compressed data that do not unpack", cause);
  }
}

/** Where the data of an entry begin; refuses what cannot be read and sizes that cannot be. */
export async function zipEntryStart(file: FileHandle, size: number, entry: ZipEntry, path: string): Promise<number> {
  const where = `${path}: ${entry.name}`;
  if (entry.encrypted || (entry.method !== 0 && entry.method !== 8)) {
    throw new SpecbookError("FormatError", `"${where}" is packed in a way that cannot be read`, {
      got: entry.encrypted ? "an encrypted entry" : `compression method ${entry.method}`,
      needed: "stored or deflated entries, not encrypted",
      remedy: "write the archive again, in Python with numpy.savez or torch.save",
    });
  }
  const header = Buffer.alloc(30);
  await readExactly(file, header, entry.headerOffset, path);
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const { size: unpacked, compressedSize: packed } = entry;
  const isPlausible = entry.method === 0 ? unpacked === packed : unpacked <= HIGHEST_DEFLATE_RATIO * packed;
  const name = Buffer.alloc(Math.min(header.readUInt16LE(26), size - entry.headerOffset - 30));
  await readExactly(file, name, entry.headerOffset + 30, path);
  // The directory has no check sum of its own; the name stands in both places.
  const isSame = header.readUInt32LE(0) === 0x04034b50 && name.toString("utf8") === entry.name;
  if (!isSame || start + packed > size || !isPlausible) {
    throw damaged(where, `${packed} bytes packed, ${unpacked} unpacked, at ${entry.headerOffset} of ${size}`);
  }
  return start;
}

async function unpack(packed: Uint8Array, size: number, where: string): Promise<Uint8Array> {
  try {
    return await inflate(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw damaged(where, "compressed data that do not unpack", cause);
  }
}

async function findDirectory(
  file: FileHandle,
  size: number,
  path: string,
): Promise<{ count: number; bytes: number; offset: number }> {
  const length = Math.min(size, 22 + 65535); // the end record is followed by a comment of at most 65,535 bytes
  const tail = Buffer.alloc(length);
  await readExactly(file, tail, size - length, path);
  for (let at = length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50 || at + 22 + tail.readUInt16LE(at + 20) !== length) continue;
    const plain = {
      count: tail.readUInt16LE(at + 10),
      bytes: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    };
    const hasLocator = at >= 20 && tail.readUInt32LE(at - 20) === 0x07064b50;
    return hasLocator ? await findWideDirectory(file, Number(tail.readBigUInt64LE(at - 12)), size, path) : plain;
  }
  throw damaged(path, "no directory at its end");
}

async function findWideDirectory(
  file: FileHandle,
  at: number,
  size: number,
  path: string,
): Promise<{ count: number; bytes: number; offset: number }> {
  if (at + 56 > size) throw damaged(path, `a zip64 record at ${at} of ${size} bytes`);
  const record = Buffer.alloc(56);
  await readExactly(file, record, at, path);
  if (record.readUInt32LE(0) !== 0x06064b50) throw damaged(path, "no zip64 record where its end points");
  const wide = (position: number) => Number(record.readBigUInt64LE(position));
  return { count: wide(32), bytes: wide(40), offset: wide(48) };
}

function parseEntry(record: Buffer): ZipEntry {
  const nameEnd = 46 + record.readUInt16LE(28);
  const wide = wideSizes(record.subarray(nameEnd));
  const sized = (position: number) => {
    const value = record.readUInt32LE(position);
    return value === 0xffffffff ? (wide.shift() ?? value) : value;
  };
  const size = sized(24); // the zip64 field holds size, packed size and offset in this order, only those that overflow
  const compressedSize = sized(20);
  return {
    name: record.toString("utf8", 46, nameEnd),
    method: record.readUInt16LE(10),
    encrypted: (record.readUInt16LE(8) & 1) === 1,
    crc32: record.readUInt32LE(16),
    compressedSize,
    size,
    headerOffset: sized(42),
  };
}

function wideSizes(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    const sizes: number[] = [];
    for (let field = at + 4; field + 8 <= end; field += 8) sizes.push(Number(extra.readBigUInt64LE(field)));
    return sizes;
  }
  return [];
}

function damaged(what: string, got: string, cause?: unknown): SpecbookError {
  return new SpecbookError("FormatError", `"${what}" is not a complete zip archive`, {
    got,
    needed: "the whole archive, as numpy.savez or torch.save wrote it",
    remedy: "copy or download the file again: this copy is damaged",
    cause,
  });
}
