import { inflateSync } from "node:zlib";

/** What a PNG holds, with a palette or in full colour. Reads every filter but "average", which the package does not write. */
export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** Places in the palette; of a picture in full colour red, green and blue of each pixel. */
  readonly pixels: Uint8Array;
  /** Empty where there is none. */
  readonly palette: Uint8Array;
  readonly alpha?: Uint8Array;
  /** Red, green, blue of a pixel of a picture with a palette. */
  at(x: number, y: number): number[];
}

/** What a filter took off a byte (PNG specification, 9.2). */
function unfiltered(filter: number, left: number, above: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter !== 4) throw new Error(`filter ${filter}`);
  const estimate = left + above - corner;
  const distances = [left, above, corner].map((value) => Math.abs(estimate - value));
  return [left, above, corner][distances.indexOf(Math.min(...distances))];
}

export function decodePng(bytes: Uint8Array): DecodedPng {
  const buffer = Buffer.from(bytes);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < buffer.length; ) {
    const size = buffer.readUInt32BE(at);
    chunks.set(buffer.toString("latin1", at + 4, at + 8), buffer.subarray(at + 8, at + 8 + size));
    at += size + 12;
  }
  const header = chunks.get("IHDR")!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const step = header[9] === 2 ? 3 : 1; // bytes of a pixel
  const raw = inflateSync(chunks.get("IDAT")!);
  const row = step * width;
  const pixels = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x++) {
      const left = x < step ? 0 : pixels[y * row + x - step];
      const above = y === 0 ? 0 : pixels[(y - 1) * row + x];
      const corner = x < step || y === 0 ? 0 : pixels[(y - 1) * row + x - step];
      pixels[y * row + x] = raw[y * (row + 1) + 1 + x] + unfiltered(filter, left, above, corner);
    }
  }
  const palette = new Uint8Array(chunks.get("PLTE") ?? []);
  const at = (x: number, y: number) => [...palette.subarray(3 * pixels[y * width + x], 3 * pixels[y * width + x] + 3)];
  return { width, height, pixels, palette, alpha: chunks.get("tRNS"), at };
}
