import type { FileHandle } from "node:fs/promises";
import { SpecbookError } from "../../core/errors";
import { readExactly } from "../open-file";

/** An open TIFF file, and how its numbers lie. */
export interface TiffFile {
  readonly file: FileHandle;
  readonly size: number;
  readonly path: string;
  readonly littleEndian: boolean;
  /** BigTIFF: places and counts have 8 bytes. */
  readonly isBig: boolean;
}

/** One entry of a directory: values of a type, at a place of the file. */
interface Entry {
  readonly type: number;
  readonly count: number;
  readonly at: number;
  /** The bytes of a short value, which stands in the entry itself. */
  readonly own?: Uint8Array;
}

/** Bytes of one value of each type (TIFF 6.0, section 2, and BigTIFF). */
const SIZES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};
const MOST_ENTRIES = 4096;
const MOST_DIRECTORIES = 200_000;
const LARGEST_VALUE = 2 ** 26;

/** The tags of one image, read when they are asked for. */
export class TiffDirectory {
  constructor(
    private readonly tiff: TiffFile,
    private readonly entries: ReadonlyMap<number, Entry>,
  ) {}

  has(tag: number): boolean {
    return this.entries.has(tag);
  }

  /** The bytes of a tag; undefined without it. Throws a FormatError where the file does not hold them. */
  async bytes(tag: number): Promise<Uint8Array | undefined> {
    const entry = this.entries.get(tag);
    if (entry === undefined) return undefined;
    const { file, size, path } = this.tiff;
    const length = entry.count * (SIZES[entry.type] ?? 0);
    if (entry.at + length > size || length > LARGEST_VALUE) {
      throw damagedTiff(path, `${length} bytes of tag ${tag} at byte ${entry.at} of ${size}`);
    }
    if (entry.own !== undefined) return entry.own;
    const bytes = new Uint8Array(length);
    await readExactly(file, bytes, entry.at, path);
    return bytes;
  }

  /** The numbers of a tag, rational ones divided; empty without it. */
  async numbers(tag: number): Promise<number[]> {
    const entry = this.entries.get(tag);
    const bytes = await this.bytes(tag);
    if (entry === undefined || bytes === undefined || SIZES[entry.type] === undefined) return [];
    const view = new DataView(bytes.buffer);
    return Array.from({ length: entry.count }, (_, i) =>
      numberAt(view, i * SIZES[entry.type], entry.type, this.tiff.littleEndian),
    );
  }

  async number(tag: number, otherwise: number): Promise<number> {
    return (await this.numbers(tag))[0] ?? otherwise;
  }

  /** Pixel sizes in metres of an Olympus block: a table of entries, one of which points to them. */
  async olympusPixelSize(tag: number): Promise<readonly [number, number] | undefined> {
    const { file, size, path } = this.tiff;
    const entry = this.entries.get(tag);
    if (entry === undefined) return undefined;
    const place = entry.type === 4 && entry.count === 1 ? await this.number(tag, 0) : entry.at;
    const tagged = async (at: number, length: number) => {
      const bytes = Buffer.alloc(at + length <= size ? length : 0);
      await readExactly(file, bytes, at, path);
      return bytes;
    };
    const head = await tagged(place, 60);
    if (head.toString("latin1", 0, 4) !== "SIS0") return undefined;
    const table = await tagged(place + 60, 8 * head.readUInt16LE(58));
    for (let at = 0; at + 8 <= table.length; at += 8) {
      const own = table.readUInt16LE(at) === 1 ? await tagged(table.readUInt32LE(at + 4), 112) : table.subarray(0, 0);
      const power = own.length === 112 ? 10 ** own.readInt16LE(10) : 0;
      if (power > 0) return [own.readDoubleLE(12) * power, own.readDoubleLE(20) * power];
    }
    return undefined;
  }

  /** A text up to its first zero; empty without it. */
  async text(tag: number): Promise<string> {
    const bytes = await this.bytes(tag);
    if (bytes === undefined) return "";
    const utf8 = Buffer.from(bytes).toString("utf8");
    return (utf8.includes("\ufffd") ? Buffer.from(bytes).toString("latin1") : utf8).replace(/\0.*$/s, "");
  }
}

function numberAt(view: DataView, at: number, type: number, littleEndian: boolean): number {
  switch (type) {
    case 3:
      return view.getUint16(at, littleEndian);
    case 4:
    case 13:
      return view.getUint32(at, littleEndian);
    case 5:
      return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
    case 6:
      return view.getInt8(at);
    case 8:
      return view.getInt16(at, littleEndian);
    case 9:
      return view.getInt32(at, littleEndian);
    case 10:
      return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
    case 11:
      return view.getFloat32(at, littleEndian);
    case 12:
      return view.getFloat64(at, littleEndian);
    case 16:
    case 18:
      return Number(view.getBigUint64(at, littleEndian));
    case 17:
      return Number(view.getBigInt64(at, littleEndian));
    default:
      return view.getUint8(at);
  }
}

/** Byte order and kind of a TIFF file from its first bytes; undefined for other files. */
export function tiffKind(start: Uint8Array): Pick<TiffFile, "littleEndian" | "isBig"> | undefined {
  const mark = [...start.subarray(0, 4)].join();
  const kinds: Readonly<Record<string, readonly [boolean, boolean]>> = {
    "73,73,42,0": [true, false],
    "77,77,0,42": [false, false],
    "73,73,43,0": [true, true],
    "77,77,0,43": [false, true],
  };
  const found = kinds[mark];
  return found === undefined ? undefined : { littleEndian: found[0], isBig: found[1] };
}

/** The directories of a file in their order, each of them once: a chain that runs in a circle is refused. */
export async function readDirectories(tiff: TiffFile): Promise<TiffDirectory[]> {
  const word = tiff.isBig ? 8 : 4;
  let at = await placeAt(tiff, tiff.isBig ? 8 : 4);
  const seen = new Set<number>();
  const found: TiffDirectory[] = [];
  while (at !== 0) {
    if (seen.has(at) || seen.size >= MOST_DIRECTORIES)
      throw damagedTiff(tiff.path, `directories in a circle at byte ${at}`);
    seen.add(at);
    const countBytes = tiff.isBig ? 8 : 2;
    const count = await countAt(tiff, at);
    const length = count * (tiff.isBig ? 20 : 12);
    if (count > MOST_ENTRIES || at + countBytes + length + word > tiff.size) {
      throw damagedTiff(tiff.path, `a directory of ${count} entries at byte ${at} of ${tiff.size}`);
    }
    const bytes = new Uint8Array(length + word);
    await readExactly(tiff.file, bytes, at + countBytes, tiff.path);
    const view = new DataView(bytes.buffer);
    found.push(new TiffDirectory(tiff, entriesOf(tiff, view, count, at + countBytes)));
    at = tiff.isBig ? Number(view.getBigUint64(length, tiff.littleEndian)) : view.getUint32(length, tiff.littleEndian);
  }
  return found;
}

function entriesOf(tiff: TiffFile, view: DataView, count: number, start: number): Map<number, Entry> {
  const { littleEndian, isBig } = tiff;
  const step = isBig ? 20 : 12;
  const wide = (at: number) => (isBig ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian));
  const entries = new Map<number, Entry>();
  for (let i = 0; i < count; i++) {
    const at = i * step;
    const type = view.getUint16(at + 2, littleEndian);
    const values = wide(at + 4);
    const inline = isBig ? 12 : 8;
    const length = values * (SIZES[type] ?? 0);
    const fits = length <= (isBig ? 8 : 4);
    entries.set(view.getUint16(at, littleEndian), {
      type,
      count: values,
      at: fits ? start + at + inline : wide(at + inline),
      ...(fits ? { own: new Uint8Array(view.buffer.slice(at + inline, at + inline + length)) } : {}),
    });
  }
  return entries;
}

async function placeAt(tiff: TiffFile, at: number): Promise<number> {
  const view = await viewAt(tiff, at, tiff.isBig ? 8 : 4);
  return tiff.isBig ? Number(view.getBigUint64(0, tiff.littleEndian)) : view.getUint32(0, tiff.littleEndian);
}

async function countAt(tiff: TiffFile, at: number): Promise<number> {
  const view = await viewAt(tiff, at, tiff.isBig ? 8 : 2);
  return tiff.isBig ? Number(view.getBigUint64(0, tiff.littleEndian)) : view.getUint16(0, tiff.littleEndian);
}

async function viewAt({ file, path, size }: TiffFile, at: number, length: number): Promise<DataView> {
  if (at + length > size) throw damagedTiff(path, `a directory at byte ${at} of ${size}`);
  const bytes = new Uint8Array(length);
  await readExactly(file, bytes, at, path);
  return new DataView(bytes.buffer);
}

/** The error for a file that contradicts itself. */
export function damagedTiff(path: string, got: string, cause?: unknown): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is not a complete TIFF file`, {
    got,
    needed: "the images that its own directories announce",
    remedy: "copy or download the file again: this copy is cut off or damaged",
    cause,
  });
}
