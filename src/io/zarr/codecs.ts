import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { crc32c } from "../crc32";
import { type UnpackZstd, unpackBlosc } from "./blosc";
import { unpackLz4 } from "./lz";

/** The part of the library zarrita that is used; loaded when the first array is read. */
export type Zarrita = Awaited<ReturnType<typeof loadZarrita>>;

const inflateBounded = promisify(inflate);
const gunzipBounded = promisify(gunzip);

type Unpack = (packed: Uint8Array, size: number) => Promise<Uint8Array>;

/** Prefix of the codecs that never unpack to more than a chunk. */
const BOUNDED = "specbook.";

/** Codecs that are unpacked here, within the size of the chunk and with their check sums; zarrita's own have no limit. */
const PACKINGS = ["blosc", "gzip", "zlib", "zstd", "lz4", "crc32c"];
/** zarrita's own codecs that keep the size of what they get. */
const OTHERS = ["bytes", "transpose", "sharding_indexed"];

/** A codec under the name that zarrita is to find it by; undefined for one that is not read. */
export function boundedName(name: string): string | undefined {
  const plain = name.replace(/^numcodecs\./, "");
  if (PACKINGS.includes(plain)) return BOUNDED + plain;
  return OTHERS.includes(name) ? name : undefined;
}

/** What the codecs of a chunk are told about it. */
interface ChunkMeta {
  readonly shape: readonly number[];
  readonly dataType: string;
}

let loading: ReturnType<typeof load> | undefined;

/** zarrita, with the bounded codecs in its registry. */
export function loadZarrita(): ReturnType<typeof load> {
  loading ??= load();
  return loading;
}

async function load() {
  const zarrita = await import("zarrita");
  const zstd = (await zarrita.registry.get("zstd")?.()) as // its interface is wider than what is used
    | { fromConfig(config: unknown, meta: unknown): { decode(bytes: Uint8Array): Promise<Uint8Array> } }
    | undefined;
  const unpackZstd: UnpackZstd = async (packed, size) => {
    if (zstd === undefined) throw new Error("there is no decoder for Zstandard");
    const announced = zstdSize(packed);
    if (announced > size) throw new Error(`a frame of ${announced} bytes for ${size}`);
    return zstd.fromConfig({ level: 1 }, undefined).decode(packed);
  };
  const unpackers: Readonly<Record<string, Unpack>> = {
    blosc: (packed, size) => unpackBlosc(packed, size, unpackZstd),
    zstd: unpackZstd,
    gzip: (packed, size) => gunzipBounded(packed, { maxOutputLength: Math.max(1, size) }),
    zlib: (packed, size) => inflateBounded(packed, { maxOutputLength: Math.max(1, size) }),
    crc32c: async (packed, size) => {
      const bytes = packed.subarray(0, size);
      const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
      if (packed.length !== size + 4 || view.getUint32(size, true) !== crc32c(bytes))
        throw new Error("another check sum");
      return bytes;
    },
    lz4: async (packed, size) => {
      const announced = packed.length < 4 ? 0 : new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
      if (announced !== size) throw new Error(`a buffer of ${announced} bytes for ${size}`);
      return unpackLz4(packed.subarray(4), size);
    },
  };
  for (const [name, unpack] of Object.entries(unpackers)) {
    const codec = {
      fromConfig: (_: unknown, meta: ChunkMeta) => ({
        kind: "bytes_to_bytes",
        ...(name === "crc32c" ? { computeEncodedSize: (size: number) => size + 4 } : {}),
        encode: () => {
          throw new Error(`${name} is only read`);
        },
        decode: async (packed: Uint8Array) => {
          const size = meta.shape.reduce((a, b) => a * b, bytesOfType(meta.dataType));
          const bytes = await unpack(packed, size);
          if (bytes.length !== size) throw new Error(`${bytes.length} of ${size} bytes`);
          return new Uint8Array(bytes); // typed arrays need an aligned buffer of their own
        },
      }),
    };
    zarrita.registry.set(BOUNDED + name, () => codec as never); // its type of a codec names packages of its own
  }
  return zarrita;
}

function bytesOfType(dataType: string): number {
  return Number(/\d+$/.exec(dataType)?.[0] ?? 8) / 8;
}

/**
 * The size that the only frame of a Zstandard buffer announces (RFC 8878, section 3.1.1). Throws unless its blocks end
 * where the buffer ends: numcodecs 0.3.2 waits for ever for the rest of a second frame that is cut off.
 */
function zstdSize(packed: Uint8Array): number {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.length < 9 || view.getUint32(0, true) !== 0xfd2fb528) throw new Error("no frame of Zstandard");
  const descriptor = packed[4];
  const isSingle = (descriptor & 32) !== 0;
  const sizeAt = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  const kind = descriptor >>> 6;
  const length = kind === 0 ? (isSingle ? 1 : 0) : 2 ** kind;
  if (length === 0 || sizeAt + length > packed.length) throw new Error("a frame that does not tell its size");
  checkBlocks(packed, sizeAt + length, (descriptor & 4) !== 0 ? 4 : 0);
  if (length === 1) return packed[sizeAt];
  if (length === 2) return view.getUint16(sizeAt, true) + 256;
  return length === 4 ? view.getUint32(sizeAt, true) : Number(view.getBigUint64(sizeAt, true));
}

/** Walks through the blocks of a frame; a check sum of `rest` bytes may follow the last. */
function checkBlocks(packed: Uint8Array, first: number, rest: number): void {
  for (let at = first; at + 3 <= packed.length; ) {
    const header = packed[at] | (packed[at + 1] << 8) | (packed[at + 2] << 16);
    const isRepeated = ((header >>> 1) & 3) === 1; // one byte stands for all
    at += 3 + (isRepeated ? 1 : header >>> 3);
    if ((header & 1) === 0) continue;
    if (at + rest === packed.length) return;
    break;
  }
  throw new Error("blocks that do not end with the buffer");
}
