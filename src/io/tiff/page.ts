import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import type { Block } from "../block";
import { decodeNumbers, type NumberType } from "../number-types";
import { readExactly } from "../open-file";
import { damagedTiff, type TiffDirectory, type TiffFile } from "./directory";
import { addUpDifferences, joinBytePlanes, PACKINGS, unpackSegment } from "./unpack";

/** One image of a file: how its numbers lie. */
export interface TiffPage {
  readonly rows: number;
  readonly columns: number;
  /** Numbers of a pixel: 3 or 4 for colours. */
  readonly samples: number;
  readonly type: NumberType;
  readonly isColour: boolean;
  readonly compression: number;
  readonly predictor: number;
  /** Rows and columns of a strip or tile. */
  readonly segment: readonly [number, number];
  /** True where every sample has strips of its own. */
  readonly isPlanar: boolean;
  readonly directory: TiffDirectory;
}

const KINDS: Readonly<Record<number, NumberType["kind"]>> = { 1: "uint", 2: "int", 3: "float", 4: "uint" };

/** Describes the image of a directory; throws a FormatError for what is not read, by name. */
export async function describePage({ littleEndian, path }: TiffFile, directory: TiffDirectory): Promise<TiffPage> {
  const [columns, rows, samples] = [
    await directory.number(256, 0),
    await directory.number(257, 0),
    await directory.number(277, 1),
  ];
  const bits = await directory.numbers(258);
  const formats = await directory.numbers(339);
  const compression = await directory.number(259, 1);
  const predictor = await directory.number(317, 1);
  const isTiled = directory.has(322);
  const segment: [number, number] = isTiled
    ? [await directory.number(323, 0), await directory.number(322, 0)]
    : [Math.min(rows, await directory.number(278, rows)), columns];
  const sizes = [columns, rows, samples, ...segment];
  if (sizes.some((n) => !Number.isSafeInteger(n) || n < 1 || n >= 2 ** 31) || samples > 4096) {
    throw damagedTiff(path, `${rows} x ${columns} pixels of ${samples} numbers, in parts of ${segment.join(" x ")}`);
  }
  const depth = bits[0] ?? 1;
  const kind = KINDS[formats[0] ?? 1];
  const bytes = [1, 2, 4, 8].find((n) => n * 8 === depth) as NumberType["bytes"] | undefined; // find keeps the literal
  const isMixed = bits.some((n) => n !== depth) || formats.some((n) => n !== formats[0]);
  if (bytes === undefined || kind === undefined || isMixed || (kind === "float" && bytes === 1)) {
    throw notRead(path, `${bits.join(" and ") || 1} bits of format ${formats.join(" and ") || 1}`);
  }
  if (PACKINGS[compression] === undefined)
    throw notRead(path, `pixels packed as ${COMPRESSIONS[compression] ?? compression}`);
  if (![1, 2, 3].includes(predictor) || (await directory.number(266, 1)) !== 1) {
    throw notRead(path, `predictor ${predictor}, or bits in reversed order`);
  }
  return {
    rows,
    columns,
    samples,
    type: { kind, bytes, littleEndian },
    isColour: [2, 6].includes(await directory.number(262, 1)) && (samples === 3 || samples === 4),
    compression,
    predictor: compression === 1 ? 1 : predictor,
    segment,
    isPlanar: samples > 1 && (await directory.number(284, 1)) === 2,
    directory,
  };
}

const COMPRESSIONS: Readonly<Record<number, string>> = {
  2: "fax (2)",
  3: "fax (3)",
  4: "fax (4)",
  6: "JPEG (6)",
  7: "JPEG (7)",
  34712: "JPEG 2000 (34712)",
  34887: "LERC (34887)",
  34925: "LZMA (34925)",
  50000: "Zstandard (50000)",
  50001: "WebP (50001)",
};

/** Where the strips or tiles of a page lie. */
export interface Segments {
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
}

/** Finds the strips or tiles, and checks that they can hold the image: before anything is allocated for it. */
export async function findSegments({ size, path }: TiffFile, page: TiffPage): Promise<Segments> {
  const isTiled = page.directory.has(322);
  const offsets = await page.directory.numbers(isTiled ? 324 : 273);
  const sizes = await page.directory.numbers(isTiled ? 325 : 279);
  const [down, across] = grid(page);
  const needed = down * across * (page.isPlanar ? page.samples : 1);
  const bytes = page.rows * page.columns * page.samples * page.type.bytes;
  // Early writers leave the sizes out where nothing is packed.
  const known = sizes.length === 0 && page.compression === 1 && needed === 1 ? [bytes] : sizes;
  if (offsets.length < needed || known.length < needed) {
    throw damagedTiff(path, `${Math.min(offsets.length, known.length)} of ${needed} parts of an image`);
  }
  for (let i = 0; i < needed; i++) {
    if (offsets[i] < 0 || known[i] < 0 || offsets[i] + known[i] > size) {
      throw damagedTiff(path, `a part of ${known[i]} bytes at byte ${offsets[i]} of ${size}`);
    }
  }
  const packed = known.slice(0, needed).reduce((a, b) => a + b, 0);
  const isSparse = known.slice(0, needed).includes(0); // parts that are not there are zero
  if (!isSparse && packed * PACKINGS[page.compression].ratio < bytes) {
    throw damagedTiff(path, `${packed} bytes for an image of ${bytes}`);
  }
  return { offsets, sizes: known };
}

function grid({ rows, columns, segment }: TiffPage): [number, number] {
  return [Math.ceil(rows / segment[0]), Math.ceil(columns / segment[1])];
}

/** Reads a block of a page (rows, columns, and samples, if it has more than one) into a place of an array. */
export async function readPage(
  tiff: TiffFile,
  page: TiffPage,
  { offsets, sizes }: Segments,
  { offset, count }: Block,
  target: Float32Array,
  from: number,
): Promise<void> {
  const { samples, segment, isPlanar } = page;
  const [down, across] = grid(page);
  const [firstSample, wantedSamples] = samples > 1 ? [offset[2], count[2]] : [0, 1];
  const own = isPlanar ? 1 : samples;
  const planes = isPlanar ? Array.from({ length: wantedSamples }, (_, i) => firstSample + i) : [0];
  for (const plane of planes) {
    for (let y = Math.floor(offset[0] / segment[0]); y * segment[0] < offset[0] + count[0]; y++) {
      for (let x = Math.floor(offset[1] / segment[1]); x * segment[1] < offset[1] + count[1]; x++) {
        const index = (plane * down + y) * across + x;
        if (sizes[index] === 0) continue; // the array is zero already
        const numbers = await readSegment(tiff, page, offsets[index], sizes[index], y);
        const top = Math.max(offset[0], y * segment[0]);
        const bottom = Math.min(offset[0] + count[0], (y + 1) * segment[0], page.rows);
        const left = Math.max(offset[1], x * segment[1]);
        const right = Math.min(offset[1] + count[1], (x + 1) * segment[1], page.columns);
        for (let row = top; row < bottom; row++) {
          for (let column = left; column < right; column++) {
            const at = ((row - y * segment[0]) * segment[1] + column - x * segment[1]) * own;
            const to = from + ((row - offset[0]) * count[1] + column - offset[1]) * wantedSamples;
            if (isPlanar) target[to + plane - firstSample] = numbers[at];
            else for (let s = 0; s < wantedSamples; s++) target[to + s] = numbers[at + firstSample + s];
          }
        }
      }
    }
  }
}

/** The numbers of a strip or tile; the last strip may be as short as the image. */
async function readSegment(
  { file, path }: TiffFile,
  page: TiffPage,
  offset: number,
  length: number,
  place: number,
): Promise<ArrayLike<number>> {
  const { rows, segment, type, samples, isPlanar, compression, predictor } = page;
  const own = isPlanar ? 1 : samples;
  const row = segment[1] * own * type.bytes;
  const least = Math.min(segment[0], rows - place * segment[0]) * row;
  checkMemory(
    length + 2 * segment[0] * row,
    `a part of "${path}" (${segment.join(" x ")})`,
    "save it in smaller strips",
  );
  const packed = new Uint8Array(length);
  await readExactly(file, packed, offset, path);
  const unpacked = await unpackSegment(packed, compression, segment[0] * row).catch((cause: unknown) => {
    throw damagedTiff(path, `a part at byte ${offset} that does not unpack`, cause);
  });
  if (unpacked.length < least)
    throw damagedTiff(path, `${unpacked.length} of ${least} bytes of a part at byte ${offset}`);
  const bytes = aligned(unpacked.subarray(0, unpacked.length - (unpacked.length % row)));
  if (predictor === 2) {
    addUpDifferences(bytes, segment[1], own, type.bytes, type.littleEndian);
    return decodeNumbers(bytes, { ...type, littleEndian: hostIsLittle });
  }
  if (predictor === 3) {
    return decodeNumbers(joinBytePlanes(bytes, segment[1], own, type.bytes), { ...type, littleEndian: false });
  }
  return decodeNumbers(bytes, type);
}

const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The bytes at the beginning of a buffer of their own, as typed arrays need them. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

function notRead(path: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is a TIFF file of a kind that is not read`, {
    got,
    needed: "8, 16, 32 or 64 bits a number, not packed or packed with LZW, deflate or PackBits",
    remedy: "save it again without compression, e.g. in ImageJ: File, Save As, Tiff",
  });
}
