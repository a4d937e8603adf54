import { deflateSync } from "node:zlib";

/** A picture of at most 256 colours. */
export interface IndexedPicture {
  readonly width: number;
  readonly height: number;
  /** Row-major palette indices, width * height of them. */
  readonly pixels: Uint8Array;
  /** Red, green, blue of each palette entry, 3 * entries bytes. */
  readonly palette: Uint8Array;
  /** Opacity of the first palette entries, 0 to 255; the rest is opaque. Default: all opaque. */
  readonly alpha?: Uint8Array;
}

/** A picture in full colour. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue of each pixel, row-major, 3 * width * height bytes. */
  readonly rgb: Uint8Array;
}

/**
 * Encodes a picture as a PNG of 8 bits: with a palette (colour type 3), a quarter of the size of full colour, or in full
 * colour (type 2). PNG specification, third edition, W3C 2025. `scale` is the number of picture pixels for a pixel of the
 * page, 1/96 inch; the file states it as its resolution (pHYs). Default: it states none. `smallest` tries every
 * filter, which takes five times as long and makes maps a quarter smaller, but not drawings. Default false.
 */
export function encodePng(
  picture: IndexedPicture | RgbPicture,
  { scale, smallest = false }: { readonly scale?: number; readonly smallest?: boolean } = {},
): Uint8Array {
  const { width, height } = picture;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = "rgb" in picture ? 2 : 3;
  const parts = [SIGNATURE, chunk("IHDR", header)];
  if (scale !== undefined) parts.push(chunk("pHYs", resolution(scale)));
  if ("palette" in picture) {
    parts.push(chunk("PLTE", picture.palette));
    if (picture.alpha !== undefined) parts.push(chunk("tRNS", picture.alpha));
  }
  const [rows, step] = "rgb" in picture ? [picture.rgb, 3] : [picture.pixels, 1];
  parts.push(chunk("IDAT", deflated(rows, step * width, height, smallest ? step : undefined)), chunk("IEND", EMPTY));
  return Buffer.concat(parts);
}

/** The picture as a `data:` URL for an image mark. */
export function pngUrl(picture: IndexedPicture | RgbPicture): string {
  return `data:image/png;base64,${Buffer.from(encodePng(picture, { smallest: true })).toString("base64")}`;
}

/** Pixels per metre of a page: 96 to the inch, as CSS has it. */
export const PAGE_PIXELS_PER_METRE = 96 / 0.0254;

function resolution(scale: number): Buffer {
  const out = Buffer.alloc(9);
  const perMetre = Math.round(scale * PAGE_PIXELS_PER_METRE);
  out.writeUInt32BE(perMetre, 0);
  out.writeUInt32BE(perMetre, 4);
  out[8] = 1; // the unit: metre
  return out;
}

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const EMPTY = new Uint8Array(0);

/** Whole rows and differences: each row's own filter is chosen from these. */
const FILTERS = [[1], [2], [4], [0, 1, 2, 4]];

/**
 * The rows of a picture behind their filter bytes, deflated: whole rows, with zeros for one like the row above, or with a
 * `step` from pixel to pixel the shortest of these and of differences from neighbouring pixels.
 */
function deflated(rows: Uint8Array, width: number, height: number, step?: number): Buffer {
  const whole = deflateSync(repeated(rows, width, height), { level: 9 });
  if (step === undefined) return whole;
  const others = FILTERS.map((types) => deflateSync(filtered(rows, width, height, step, types), { level: 9 }));
  return others.reduce((a, b) => (b.length < a.length ? b : a), whole);
}

/** Filter "up" for each row that equals the one above, "none" for the others. */
function repeated(rows: Uint8Array, width: number, height: number): Buffer {
  const out = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = rows.subarray(y * width, (y + 1) * width);
    const at = y * (width + 1);
    if (y > 0 && Buffer.compare(row, rows.subarray((y - 1) * width, y * width)) === 0) out[at] = 2;
    else out.set(row, at + 1);
  }
  return out;
}

/** For each row that of the filters (0 none, 1 left, 2 above, 4 Paeth) whose differences are smallest in sum. */
function filtered(rows: Uint8Array, width: number, height: number, step: number, types: readonly number[]): Buffer {
  const out = Buffer.alloc((width + 1) * height);
  const trial = new Uint8Array(width);
  for (let y = 0; y < height; y++) {
    let least = Number.POSITIVE_INFINITY;
    for (const type of types) {
      let sum = 0;
      for (let i = 0; i < width; i++) {
        const value = (rows[y * width + i] - predicted(rows, width, y, i, step, type)) & 255;
        trial[i] = value;
        sum += Math.min(value, 256 - value);
      }
      if (sum >= least) continue;
      least = sum;
      out[y * (width + 1)] = type;
      out.set(trial, y * (width + 1) + 1);
    }
  }
  return out;
}

/** What a filter takes off a byte: that of the pixel left, above, or of these and the one between, the nearest (Paeth). */
function predicted(rows: Uint8Array, width: number, y: number, i: number, step: number, type: number): number {
  if (type === 0) return 0;
  const left = i < step ? 0 : rows[y * width + i - step];
  const above = y === 0 ? 0 : rows[(y - 1) * width + i];
  if (type === 1) return left;
  if (type === 2) return above;
  const corner = i < step || y === 0 ? 0 : rows[(y - 1) * width + i - step];
  const [a, b, c] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs);
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)), data.length + 8);
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (c >>> 8) ^ CRC_TABLE[(c ^ byte) & 0xff];
  return ~c >>> 0;
}
