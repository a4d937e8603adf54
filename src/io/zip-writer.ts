import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { SpecbookError } from "../core/errors";
import { crc32 } from "./crc32";
import { checkStopped, writeAll, writeWholeFile } from "./write-file";

/** One file of an archive to be written. */
export interface ZipPart {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How an archive is written. */
export interface ZipOptions {
  /** Packs the parts (deflate); default false: stored as they are. */
  readonly deflate?: boolean;
  /** Stops the writing between pieces of 64 MiB; what was there before stays. */
  readonly signal?: AbortSignal;
  /** What to do with more than 4 GB; default: save the weights as .safetensors. */
  readonly remedy?: string;
}

const pack = promisify(deflateRaw);
const PIECE = 2 ** 26;
const STORED = 0;
const DEFLATED = 8;
const ALIGNMENT = 64; // of the data, as PyTorch's own writer has it
const PADDING_FIELD = 0x4246; // "FB", the field PyTorch pads with
const DATE = 0x21; // 1 January 1980, the first day of the format: the same parts give the same bytes

/** Writes a zip archive (APPNOTE 6.3), the data of each part on a multiple of 64 bytes; 4 GB at most. */
export async function writeZip(path: string, parts: readonly ZipPart[], options: ZipOptions = {}): Promise<void> {
  const { deflate = false, signal, remedy = "save the weights as .safetensors" } = options;
  const total = parts.reduce((sum, { name, bytes }) => sum + bytes.length + 2 * name.length + 256, 0);
  if (total > 0xffffffff || parts.length > 0xffff) {
    throw new SpecbookError("FormatError", `"${path}" would be too large for a zip archive`, {
      got: `${parts.length} parts of ${total} bytes`,
      needed: "less than 4 GB in less than 65,536 parts",
      remedy,
    });
  }
  await writeWholeFile(path, async (file) => {
    const directory: Buffer[] = [];
    let at = 0;
    const put = async (bytes: Uint8Array) => {
      for (let from = 0; from < bytes.length; from += PIECE) {
        checkStopped(path, signal);
        await writeAll(file, bytes.subarray(from, from + PIECE));
      }
      at += bytes.length;
    };
    for (const { name, bytes } of parts) {
      const content = deflate ? await pack(bytes) : bytes;
      const facts = {
        name: Buffer.from(name),
        method: deflate ? DEFLATED : STORED,
        packed: content.length,
        size: bytes.length,
        crc: crc32(bytes),
        offset: at,
      };
      directory.push(centralRecord(facts));
      await put(localRecord(facts));
      await put(content);
    }
    const offset = at;
    for (const record of directory) await put(record);
    await put(endRecord(parts.length, at - offset, offset));
  });
}

interface PartFacts {
  readonly name: Buffer;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly crc: number;
  readonly offset: number;
}

function localRecord(facts: PartFacts): Buffer {
  const bare = facts.offset + 30 + facts.name.length + 4;
  const padding = Math.ceil(bare / ALIGNMENT) * ALIGNMENT - bare;
  const record = Buffer.alloc(30 + facts.name.length + 4 + padding, "Z");
  record.writeUInt32LE(0x04034b50, 0);
  writeCommon(record, 4, facts, 4 + padding);
  facts.name.copy(record, 30);
  record.writeUInt16LE(PADDING_FIELD, 30 + facts.name.length);
  record.writeUInt16LE(padding, 32 + facts.name.length);
  return record;
}

function centralRecord(facts: PartFacts): Buffer {
  const record = Buffer.alloc(46 + facts.name.length);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(20, 4); // made by version 2.0
  writeCommon(record, 6, facts, 0);
  record.writeUInt32LE(facts.offset, 42);
  facts.name.copy(record, 46);
  return record;
}

/** The fields that a file's two records share, from "version needed" to "length of the extra field". */
function writeCommon(record: Buffer, at: number, facts: PartFacts, extra: number): void {
  const { name, method, packed, size, crc } = facts;
  record.writeUInt16LE(20, at); // version 2.0 unpacks it
  record.writeUInt16LE(0x0800, at + 2); // the name is UTF-8
  record.writeUInt16LE(method, at + 4);
  record.writeUInt16LE(0, at + 6);
  record.writeUInt16LE(DATE, at + 8);
  record.writeUInt32LE(crc, at + 10);
  record.writeUInt32LE(packed, at + 14);
  record.writeUInt32LE(size, at + 18);
  record.writeUInt16LE(name.length, at + 22);
  record.writeUInt16LE(extra, at + 24);
}

function endRecord(count: number, bytes: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
