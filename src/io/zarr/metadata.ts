import { SpecbookError } from "../../core/errors";
import { decodeNumbers, type NumberType } from "../number-types";
import { boundedName } from "./codecs";

/** An array of a hierarchy, as its metadata describe it, of version 2 or 3. */
export interface ZarrArray {
  /** Path without a leading slash; empty for the root. */
  readonly path: string;
  readonly shape: readonly number[];
  /** Shape of what is stored together: of the inner chunks, where chunks are packed into shards. */
  readonly chunks: readonly number[];
  readonly type: NumberType;
  readonly isComplex: boolean;
  readonly names: readonly (string | null)[];
  readonly attributes: Attributes;
  readonly packing: readonly string[];
  /** The metadata of version 3 that zarrita reads chunks by: complex numbers as pairs, float16 as its bits. */
  readonly forZarrita: Readonly<Record<string, unknown>>;
}

/** The attributes of an array or group: any JSON. */
export type Attributes = Readonly<Record<string, unknown>>;

interface Codec {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

const MOST_AXES = 32;

/** Describes an array of version 2 (zarr-specs.readthedocs.io, v2); undefined where it holds no numbers. */
export function describeV2(
  path: string,
  meta: Attributes,
  attributes: Attributes,
  where: string,
): ZarrArray | undefined {
  const match = /^([<>|])(f[248]|[iu][1248]|b1|c8|c16)$/.exec(String(meta.dtype));
  if (match === null) return undefined;
  const filters = Array.isArray(meta.filters) ? meta.filters : [];
  if (filters.length > 0) throw notRead(where, `filters ${filters.map((f) => nameOf(f, "id")).join(", ")}`);
  const compressor =
    meta.compressor === null || meta.compressor === undefined ? undefined : nameOf(meta.compressor, "id");
  const codecs: Codec[] = [
    ...(meta.order === "F" ? [{ name: "transpose", configuration: { order: "F" } }] : []),
    { name: "bytes", configuration: { endian: match[1] === ">" ? "big" : "little" } },
    ...(compressor === undefined ? [] : [{ name: compressor, configuration: {} }]),
  ];
  const names = Array.isArray(attributes._ARRAY_DIMENSIONS) ? attributes._ARRAY_DIMENSIONS : [];
  const separator = meta.dimension_separator === "/" ? "/" : ".";
  return assemble({
    path,
    where,
    shape: meta.shape,
    chunks: meta.chunks,
    kind: match[2],
    fill: meta.fill_value,
    codecs,
    keys: { name: "v2", configuration: { separator } },
    names,
    attributes,
  });
}

const V3_TYPES: Readonly<Record<string, string>> = {
  bool: "b1",
  int8: "i1",
  int16: "i2",
  int32: "i4",
  int64: "i8",
  uint8: "u1",
  uint16: "u2",
  uint32: "u4",
  uint64: "u8",
  float16: "f2",
  float32: "f4",
  float64: "f8",
  complex64: "c8",
  complex128: "c16",
};

/** Describes an array of version 3 (zarr-specs.readthedocs.io, v3); undefined where it holds no numbers. */
export function describeV3(path: string, meta: Attributes, where: string): ZarrArray | undefined {
  const kind = V3_TYPES[String(meta.data_type)];
  if (kind === undefined) return undefined;
  const grid = record(meta.chunk_grid);
  if (grid.name !== "regular") throw notRead(where, `a chunk grid ${JSON.stringify(grid.name)}`);
  const keys = record(meta.chunk_key_encoding);
  if (keys.name !== "default" && keys.name !== "v2") throw notRead(where, `chunk keys ${JSON.stringify(keys.name)}`);
  const written = record(keys.configuration).separator;
  const separator = written === "/" || written === "." ? written : keys.name === "v2" ? "." : "/";
  return assemble({
    path,
    where,
    shape: meta.shape,
    chunks: record(grid.configuration).chunk_shape,
    kind,
    fill: meta.fill_value,
    codecs: codecsOf(meta.codecs, where),
    keys: { name: keys.name, configuration: { separator } },
    names: Array.isArray(meta.dimension_names) ? meta.dimension_names : [],
    attributes: record(meta.attributes),
  });
}

interface Parts {
  readonly path: string;
  readonly where: string;
  readonly shape: unknown;
  readonly chunks: unknown;
  readonly kind: string;
  readonly fill: unknown;
  readonly codecs: readonly Codec[];
  readonly keys: Readonly<Record<string, unknown>>;
  readonly names: readonly unknown[];
  readonly attributes: Attributes;
}

const KINDS: Readonly<Record<string, NumberType["kind"]>> = { f: "float", c: "float", i: "int", u: "uint", b: "bool" };

function assemble(parts: Parts): ZarrArray {
  const { where, kind } = parts;
  const shape = sizes(parts.shape, 0, where);
  const isComplex = kind[0] === "c";
  const grid = sizes(parts.chunks, 1, where);
  if (grid.length !== shape.length) throw damaged(where, `a shape of ${shape.length} axes, chunks of ${grid.length}`);
  const bytes = (Number(kind.slice(1)) / (isComplex ? 2 : 1)) as NumberType["bytes"]; // the patterns admit no other
  const type: NumberType = { kind: KINDS[kind[0]], bytes, littleEndian: HOST_IS_LITTLE };
  const pair = isComplex ? [2] : [];
  const codecs = parts.codecs.map((codec) => checkCodec(codec, shape.length, isComplex, where));
  const shard = codecs.find(({ name }) => name === "sharding_indexed");
  if (shard !== undefined && (isComplex || codecs.length > 1))
    throw notRead(where, "shards of complex numbers, or packed shards");
  const chunks = shard === undefined ? grid : sizes(shard.configuration.chunk_shape, 1, where);
  if (chunks.length !== grid.length || chunks.some((n, i) => grid[i] % n !== 0)) {
    throw damaged(where, `chunks of ${chunks.join(" x ")} in shards of ${grid.join(" x ")}`);
  }
  return {
    path: parts.path,
    shape,
    chunks,
    type,
    isComplex,
    names: shape.map((_, i) => (typeof parts.names[i] === "string" ? (parts.names[i] as string) : null)),
    attributes: parts.attributes,
    packing: packingOf(shard === undefined ? codecs : (shard.configuration.codecs as Codec[])), // checked by checkCodec
    forZarrita: {
      zarr_format: 3,
      node_type: "array",
      shape: [...shape, ...pair],
      data_type: storedType(type),
      chunk_grid: { name: "regular", configuration: { chunk_shape: [...grid, ...pair] } },
      chunk_key_encoding: parts.keys,
      codecs,
      fill_value: fillValue(parts.fill, type, where),
      attributes: {},
    },
  };
}

/** zarrita has no float16 before Node 24, and truth values of its own: both are read as their bits. */
function storedType({ kind, bytes }: NumberType): string {
  if (kind === "bool") return "uint8";
  return kind === "float" && bytes === 2 ? "uint16" : `${kind}${bytes * 8}`;
}

function packingOf(codecs: readonly Codec[]): string[] {
  const names = codecs.map(({ name }) => name.replace(/^specbook\./, ""));
  return names.filter((name) => !["bytes", "transpose"].includes(name));
}

/** The codec under the name of its bounded form, its options checked; the codecs inside of shards too. */
function checkCodec({ name, configuration }: Codec, rank: number, isComplex: boolean, where: string): Codec {
  const bounded = boundedName(name);
  if (bounded === undefined) throw notRead(where, `chunks packed with ${JSON.stringify(name.slice(0, 60))}`);
  if (name === "transpose") {
    const written = configuration.order;
    const order =
      written === "F" ? Array.from({ length: rank }, (_, i) => rank - 1 - i) : written === "C" ? undefined : written;
    const isOrder =
      order === undefined ||
      (Array.isArray(order) && order.length === rank && new Set(order).size === rank && order.every((i) => i in order));
    if (!isOrder) throw damaged(where, `an order of axes ${JSON.stringify(written)}`);
    const axes = (order as number[] | undefined) ?? Array.from({ length: rank }, (_, i) => i);
    return { name, configuration: { order: isComplex ? [...axes, rank] : axes } };
  }
  if (name !== "sharding_indexed") return { name: bounded, configuration };
  const inside = (list: unknown, axes: number) =>
    codecsOf(list, where).map((codec) => {
      if (codec.name === "sharding_indexed") throw notRead(where, "shards in shards");
      return checkCodec(codec, axes, false, where);
    });
  return {
    name,
    configuration: {
      ...configuration,
      codecs: inside(configuration.codecs, rank),
      index_codecs: inside(configuration.index_codecs, rank + 1),
    },
  };
}

function codecsOf(list: unknown, where: string): Codec[] {
  if (!Array.isArray(list) || list.length > 8) throw damaged(where, `codecs ${JSON.stringify(list)?.slice(0, 100)}`);
  return list.map((item) => ({ name: nameOf(item, "name"), configuration: record(record(item).configuration) }));
}

function nameOf(item: unknown, key: string): string {
  const name = record(item)[key];
  return typeof name === "string" ? name : JSON.stringify(item ?? null);
}

/** A JSON object, or an empty one for anything else. */
export function record(value: unknown): Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Attributes) : {};
}

function sizes(list: unknown, least: number, where: string): number[] {
  const isList =
    Array.isArray(list) && list.length <= MOST_AXES && list.every((n) => Number.isSafeInteger(n) && n >= least);
  if (!isList || !Number.isSafeInteger((list as number[]).reduce((a, b) => a * b, 16))) {
    throw damaged(where, `sizes ${JSON.stringify(list)?.slice(0, 100)}`);
  }
  return list as number[]; // checked just now
}

const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const NAMED: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** The number that stands for chunks that are not there, as zarrita needs it for the stored type. */
function fillValue(written: unknown, type: NumberType, where: string): number {
  if (written === null || written === undefined) return 0;
  const first = Array.isArray(written)
    ? written.every((part) => part === written[0])
      ? written[0]
      : Number.NaN
    : written;
  if (Array.isArray(written) && Number.isNaN(first) && written[0] !== "NaN")
    throw notRead(where, `a fill value ${JSON.stringify(written)}`);
  if (typeof first === "string" && /^0x[0-9a-f]+$/i.test(first)) return fromBits(first, type);
  const value = typeof first === "string" ? NAMED[first] : typeof first === "boolean" ? Number(first) : first;
  const isWhole = type.kind === "float" || Number.isSafeInteger(value);
  if (typeof value !== "number" || !isWhole)
    throw notRead(where, `a fill value ${JSON.stringify(written)?.slice(0, 60)}`);
  return type.kind === "float" && type.bytes === 2 ? halfBits(value) : value;
}

function fromBits(hex: string, { kind, bytes }: NumberType): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(hex) << BigInt(64 - 8 * bytes));
  if (kind !== "float" || bytes === 2) return Number(BigInt(hex));
  return bytes === 4 ? view.getFloat32(0) : view.getFloat64(0);
}

/** The bits of the half-precision number that is nearest from below, which is the number itself where there is one. */
function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const words = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const numbers = decodeNumbers(new Uint8Array(words.buffer), {
    kind: "float",
    bytes: 2,
    littleEndian: HOST_IS_LITTLE,
  });
  return Math.max(0, (numbers as Float32Array).indexOf(value));
}

function notRead(where: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `"${where}" is a Zarr array of a kind that is not read`, {
    got,
    needed: "regular chunks, not packed or packed with Blosc, gzip, zlib, Zstandard or LZ4",
    remedy: 'write it again, in Python: zarr.save("again.zarr", array[:])',
  });
}

/** The error for metadata that contradict themselves. */
export function damaged(where: string, got: string, cause?: unknown): SpecbookError {
  return new SpecbookError("FormatError", `"${where}" is not a complete Zarr array`, {
    got,
    needed: "metadata and chunks that fit together",
    remedy: "copy or download it again: this copy is damaged",
    cause,
  });
}
