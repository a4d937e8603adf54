import { inflateSync } from "node:zlib";

/** What a PNG with a palette holds. Reads every filter but "average", which the package does not write. */
export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly palette: Uint8Array;
  readonly alpha?: Uint8Array;
  /** Red, green, blue of a pixel. */
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
  const raw = inflateSync(chunks.get("IDAT")!);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (width + 1)];
    for (let x = 0; x < width; x++) {
      const left = x === 0 ? 0 : pixels[y * width + x - 1];
      const above = y === 0 ? 0 : pixels[(y - 1) * width + x];
      const corner = x === 0 || y === 0 ? 0 : pixels[(y - 1) * width + x - 1];
      pixels[y * width + x] = raw[y * (width + 1) + 1 + x] + unfiltered(filter, left, above, corner);
    }
  }
  const palette = new Uint8Array(chunks.get("PLTE")!);
  const at = (x: number, y: number) => [...palette.subarray(3 * pixels[y * width + x], 3 * pixels[y * width + x] + 3)];
  return { width, height, pixels, palette, alpha: chunks.get("tRNS"), at };
}
