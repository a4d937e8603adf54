import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { toHostOrder } from "../number-types";

const inflateBounded = promisify(inflate);

/** Ways to pack that are read, by the number of the tag Compression, with the most bytes that one packed byte can hold. */
export const PACKINGS: Readonly<Record<number, { readonly name: string; readonly ratio: number }>> = {
  1: { name: "", ratio: 1 },
  5: { name: "lzw", ratio: 2600 }, // 12 bits for a text of 3,838 bytes
  8: { name: "deflate", ratio: 1032 },
  32773: { name: "packbits", ratio: 64 },
  32946: { name: "deflate", ratio: 1032 },
};

/** Unpacks a strip or tile of `size` bytes; a shorter or longer one is an error of the caller's to word. */
export async function unpackSegment(packed: Uint8Array, compression: number, size: number): Promise<Uint8Array> {
  if (compression === 1) return packed;
  if (compression === 5) return unpackLzw(packed, size);
  if (compression === 32773) return unpackBits(packed, size);
  return inflateBounded(packed, { maxOutputLength: size });
}

/** Lempel-Ziv & Welch as in TIFF 6.0, section 13: codes from the highest bit on, one wider one code early. */
function unpackLzw(packed: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(size);
  const prefix = new Uint16Array(4096);
  const length = new Uint16Array(4096).fill(1, 0, 256);
  const last = Uint8Array.from({ length: 4096 }, (_, code) => code & 255);
  let [next, width, previous, at] = [258, 9, -1, 0];
  let [bits, held, from] = [0, 0, 0];
  const first = (code: number) => {
    let root = code;
    while (root >= 258) root = prefix[root];
    return last[root];
  };
  while (at < size) {
    while (held < width) {
      if (from >= packed.length) return result.subarray(0, at);
      bits = ((bits << 8) | packed[from++]) & 0xffffff;
      held += 8;
    }
    held -= width;
    const code = (bits >>> held) & ((1 << width) - 1);
    if (code === 257) break;
    if (code === 256) {
      [next, width, previous] = [258, 9, -1];
      continue;
    }
    if (previous < 0 ? code > 255 : code > next) throw new Error(`the code ${code} stands for nothing`);
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      length[next] = length[previous] + 1;
      last[next] = first(code === next ? previous : code);
      next++;
    }
    if (code >= next) throw new Error(`the code ${code} stands for nothing`);
    const end = at + length[code];
    for (let place = end - 1, own = code; place >= at; place--, own = prefix[own]) {
      if (place < size) result[place] = last[own];
    }
    at = Math.min(end, size);
    previous = code;
    if (next >= (1 << width) - 1 && width < 12) width++;
  }
  return result.subarray(0, at);
}

/** PackBits (TIFF 6.0, section 9): runs, and bytes as they are. */
function unpackBits(packed: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(size);
  let at = 0;
  for (let from = 0; from < packed.length && at < size; ) {
    const head = packed[from++];
    if (head < 128) {
      const bytes = packed.subarray(from, from + Math.min(head + 1, size - at));
      result.set(bytes, at);
      at += bytes.length;
      from += head + 1;
    } else if (head > 128 && from < packed.length) {
      const end = Math.min(size, at + 257 - head);
      result.fill(packed[from++], at, end);
      at = end;
    }
  }
  return result.subarray(0, at);
}

/**
 * Undoes, in place, the differences between neighbours of a row that some writers store (TIFF 6.0, section 14).
 * `columns` pixels of `samples` numbers in every row. The bytes are in this machine's order afterwards.
 */
export function addUpDifferences(
  bytes: Uint8Array,
  columns: number,
  samples: number,
  width: number,
  littleEndian: boolean,
): void {
  toHostOrder(bytes, { kind: "uint", bytes: width as 1 | 2 | 4 | 8, littleEndian });
  const run = columns * samples;
  const count = bytes.length / width;
  const numbers =
    width === 1
      ? bytes
      : width === 2
        ? new Uint16Array(bytes.buffer, bytes.byteOffset, count)
        : width === 4
          ? new Uint32Array(bytes.buffer, bytes.byteOffset, count)
          : undefined;
  if (numbers === undefined) {
    const wide = new BigUint64Array(bytes.buffer, bytes.byteOffset, count);
    for (let i = 0; i < count; i++) if (i % run >= samples) wide[i] += wide[i - samples];
    return;
  }
  for (let i = 0; i < count; i++) if (i % run >= samples) numbers[i] += numbers[i - samples];
}

/**
 * Undoes the floating point predictor (Adobe Photoshop TIFF Technical Note 3): differences of bytes, the highest bytes
 * of a row first. The result is big-endian.
 */
export function joinBytePlanes(bytes: Uint8Array, columns: number, samples: number, width: number): Uint8Array {
  const run = columns * samples;
  const row = run * width;
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start + row <= bytes.length; start += row) {
    for (let i = samples; i < row; i++) bytes[start + i] += bytes[start + i - samples];
    for (let i = 0; i < run; i++) {
      for (let plane = 0; plane < width; plane++) result[start + i * width + plane] = bytes[start + plane * run + i];
    }
  }
  return result;
}
