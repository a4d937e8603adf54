import { inflateSync } from "node:zlib";
import { unpackBloscLz, unpackLz4 } from "./lz";

/** Unpacks a buffer of Zstandard into at most `size` bytes. */
export type UnpackZstd = (packed: Uint8Array, size: number) => Promise<Uint8Array>;

const HEADER = 16;
const CODECS = ["blosclz", "lz4", "snappy", "zlib", "zstd"];
const SMALLEST_SPLIT = 128;
const MOST_SPLITS = 16;

/**
 * Unpacks a buffer of Blosc 1 (README_CHUNK_FORMAT.rst of github.com/Blosc/c-blosc) that must hold `size` bytes; throws
 * where it does not. The WebAssembly build of zarrita's numcodecs 0.3.2 does not look at the result of Blosc and hands
 * out what happened to lie in its memory for a damaged buffer.
 */
export async function unpackBlosc(packed: Uint8Array, size: number, unpackZstd: UnpackZstd): Promise<Uint8Array> {
  if (packed.length < HEADER) throw new Error(`a Blosc buffer of ${packed.length} bytes`);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const [flags, width] = [packed[2], packed[3]];
  const [bytes, block, length] = [4, 8, 12].map((at) => view.getUint32(at, true));
  const codec = CODECS[flags >>> 5];
  if (bytes !== size || length > packed.length) {
    throw new Error(`a Blosc buffer of ${length} bytes for ${bytes}, in ${packed.length} bytes for ${size}`);
  }
  if ((flags & 2) !== 0) return exactly(packed.slice(HEADER, HEADER + size), size);
  if (codec === undefined || codec === "snappy") throw new Error(`bytes packed with ${codec ?? "an unknown codec"}`);
  if (size === 0) return new Uint8Array(0);
  if (block === 0 || width === 0) throw new Error(`blocks of ${block} bytes, numbers of ${width}`);
  const count = Math.ceil(size / block);
  if (HEADER + 4 * count > length) throw new Error(`a table of ${count} blocks in ${length} bytes`);
  const out = new Uint8Array(size);
  for (let i = 0; i < count; i++) {
    const own = Math.min(block, size - i * block);
    const isWhole = own === block;
    const isSplit = (flags & 16) === 0 && width <= MOST_SPLITS && block / width >= SMALLEST_SPLIT && isWhole;
    const parts = isSplit ? width : 1;
    const raw = new Uint8Array(own);
    let at = view.getUint32(HEADER + 4 * i, true);
    for (let part = 0; part < parts; part++) {
      const wanted = own / parts;
      if (!Number.isInteger(wanted) || at + 4 > length) throw new Error(`part ${part} of block ${i} at byte ${at}`);
      const stored = view.getUint32(at, true);
      if (at + 4 + stored > length) throw new Error(`part ${part} of block ${i} of ${stored} bytes`);
      const piece = packed.subarray(at + 4, at + 4 + stored);
      raw.set(stored === wanted ? piece : await unpackPiece(piece, wanted, codec, unpackZstd), part * wanted);
      at += 4 + stored;
    }
    out.set(unshuffled(raw, width, flags), i * block);
  }
  return out;
}

async function unpackPiece(
  piece: Uint8Array,
  size: number,
  codec: string,
  unpackZstd: UnpackZstd,
): Promise<Uint8Array> {
  if (codec === "lz4") return unpackLz4(piece, size);
  if (codec === "blosclz") return unpackBloscLz(piece, size);
  return exactly(
    codec === "zlib" ? inflateSync(piece, { maxOutputLength: size }) : await unpackZstd(piece, size),
    size,
  );
}

function exactly(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length !== size) throw new Error(`${bytes.length} of ${size} bytes`);
  return bytes;
}

/** Undoes the sorting of the bytes, or of the bits, of numbers by their place in the number. */
function unshuffled(raw: Uint8Array, width: number, flags: number): Uint8Array {
  const count = Math.floor(raw.length / width);
  if ((flags & 1) !== 0 && width > 1) {
    const out = raw.slice();
    for (let byte = 0; byte < width; byte++) {
      const from = byte * count;
      for (let i = 0, to = byte; i < count; i++, to += width) out[to] = raw[from + i];
    }
    return out;
  }
  if ((flags & 4) === 0 || count % 8 !== 0 || count === 0) return raw;
  const out = raw.slice().fill(0, 0, count * width);
  const row = count / 8;
  for (let bit = 0; bit < 8 * width; bit++) {
    const byte = bit >>> 3;
    const mask = 1 << (bit & 7);
    for (let i = 0; i < count; i++) {
      if ((raw[bit * row + (i >>> 3)] >>> (i & 7)) & 1) out[i * width + byte] |= mask;
    }
  }
  return out;
}
