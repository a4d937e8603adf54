import { inflateSync } from "node:zlib";

/** What a PNG with a palette holds. Reads filters "none" and "up" only, which is what the package writes. */
export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly palette: Uint8Array;
  readonly alpha?: Uint8Array;
  /** Red, green, blue of a pixel. */
  at(x: number, y: number): number[];
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
    if (filter !== 0 && filter !== 2) throw new Error(`filter ${filter}`);
    for (let x = 0; x < width; x++) {
      const above = filter === 2 && y > 0 ? pixels[(y - 1) * width + x] : 0;
      pixels[y * width + x] = raw[y * (width + 1) + 1 + x] + above;
    }
  }
  const palette = new Uint8Array(chunks.get("PLTE")!);
  const at = (x: number, y: number) => [...palette.subarray(3 * pixels[y * width + x], 3 * pixels[y * width + x] + 3)];
  return { width, height, pixels, palette, alpha: chunks.get("tRNS"), at };
}
