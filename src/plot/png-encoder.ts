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
 * page, 1/96 inch; the file states it as its resolution (pHYs). Default: it states none.
 */
export function encodePng(picture: IndexedPicture | RgbPicture, { scale }: { scale?: number } = {}): Uint8Array {
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
  const rows = "rgb" in picture ? filteredRgb(picture) : filtered(picture.pixels, width, height);
  parts.push(chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", EMPTY));
  return Buffer.concat(parts);
}

/** The picture as a `data:` URL for an image mark. */
export function pngUrl(picture: IndexedPicture | RgbPicture): string {
  return `data:image/png;base64,${Buffer.from(encodePng(picture)).toString("base64")}`;
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

/** Each row behind its filter byte: "up" where it equals the row above (zeros deflate best), "none" elsewhere. */
function filtered(pixels: Uint8Array, width: number, height: number): Buffer {
  const out = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width, (y + 1) * width);
    const at = y * (width + 1);
    if (y > 0 && Buffer.compare(row, pixels.subarray((y - 1) * width, y * width)) === 0) out[at] = 2;
    else out.set(row, at + 1);
  }
  return out;
}

/** Each row behind its filter byte: the differences from the left, from above, or the row itself, whichever is least. */
function filteredRgb({ rgb, width, height }: RgbPicture): Buffer {
  const length = 3 * width;
  const out = Buffer.alloc((length + 1) * height);
  for (let y = 0; y < height; y++) {
    const at = (i: number, row: number) => (i < 0 || row < 0 ? 0 : rgb[row * length + i]);
    const candidates = [
      (i: number) => at(i, y),
      (i: number) => (at(i, y) - at(i - 3, y)) & 255,
      (i: number) => (at(i, y) - at(i, y - 1)) & 255,
    ].map((value) => Buffer.from(Array.from({ length }, (_, i) => value(i))));
    const size = (row: Buffer) => row.reduce((sum, v) => sum + Math.min(v, 256 - v), 0);
    const best = candidates.reduce((least, row, type) => (size(row) < size(candidates[least]) ? type : least), 0);
    out[y * (length + 1)] = best;
    out.set(candidates[best], y * (length + 1) + 1);
  }
  return out;
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
