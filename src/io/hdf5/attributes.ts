import type { Hdf5File } from "./file";
import { call } from "./file";
import { CLASS, type Hdf5Metadata } from "./library";

/** The value of an attribute: text, a number, a truth value, or a list of one of these. */
export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[];

const LARGEST = 2 ** 24;
const MOST = 20_000;

/** The attributes of an object. References, lists, compounds and values above 16 MiB are left out. */
export function attributes(file: Hdf5File, path: string): Readonly<Record<string, AttributeValue>> {
  const names = call(file, `the attributes of ${path}`, (h5, id) => h5.get_attribute_names(id, path));
  const values = names.slice(0, MOST).flatMap((name) => {
    const value = attributeValue(file, path, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values);
}

/** One attribute of an object; undefined where there is none that can be read. */
export function attribute(file: Hdf5File, path: string, name: string): AttributeValue | undefined {
  const names = call(file, `the attributes of ${path}`, (h5, id) => h5.get_attribute_names(id, path));
  return names.includes(name) ? attributeValue(file, path, name) : undefined;
}

/** A text attribute, trimmed; empty where there is none. */
export function text(value: AttributeValue | undefined): string {
  return typeof value === "string" ? value.trim() : "";
}

/** The path of the object that an attribute refers to, undefined where there is no such reference. */
export function referencedPath(file: Hdf5File, path: string, name: string): string | undefined {
  const names = call(file, `the attributes of ${path}`, (h5, id) => h5.get_attribute_names(id, path));
  if (!names.includes(name)) return undefined;
  const metadata = describe(file, path, name);
  if (metadata.type !== CLASS.reference || metadata.total_size !== 1 || metadata.size !== 8) return undefined;
  const reference = readBytes(file, path, name, metadata)?.bytes;
  if (reference === undefined) return undefined;
  const target = call(file, `the reference ${name} of ${path}`, (h5, id) =>
    h5.get_referenced_name(id, reference, true),
  );
  return target === "" ? undefined : target;
}

/** How many entries each element of a list attribute has (HDF5's variable-length type); undefined without it, empty where it cannot be read. */
export function lengths(file: Hdf5File, path: string, name: string): readonly number[] | undefined {
  const names = call(file, `the attributes of ${path}`, (h5, id) => h5.get_attribute_names(id, path));
  if (!names.includes(name)) return undefined;
  const metadata = describe(file, path, name);
  if (metadata.type !== CLASS.list) return undefined;
  const content = readBytes(file, path, name, metadata);
  // In memory each element is a 32-bit count and a 32-bit pointer.
  return content === undefined ? [] : [...new Uint32Array(content.bytes.buffer)].filter((_, i) => i % 2 === 0);
}

function describe(file: Hdf5File, path: string, name: string): Hdf5Metadata {
  return call(file, `the attribute ${name} of ${path}`, (h5, id) => h5.get_attribute_metadata(id, path, name));
}

function attributeValue(file: Hdf5File, path: string, name: string): AttributeValue | undefined {
  const metadata = describe(file, path, name);
  const isReadable = metadata.type !== CLASS.reference && metadata.type !== CLASS.list && metadata.shape !== null;
  return isReadable ? decode(metadata, readBytes(file, path, name, metadata)) : undefined;
}

interface Content {
  readonly bytes: Uint8Array;
  /** The texts, where the elements are texts of any length. */
  readonly texts?: readonly string[];
}

function readBytes(file: Hdf5File, path: string, name: string, metadata: Hdf5Metadata): Content | undefined {
  const { library, id } = file;
  const length = metadata.size * metadata.total_size;
  const isText = metadata.type === CLASS.string;
  if (length === 0 || length > LARGEST) return undefined;
  const pointer = library._malloc(length);
  try {
    const code = call(file, `the attribute ${name} of ${path}`, () =>
      library.get_attribute_data(id, path, name, BigInt(pointer)),
    );
    if (code < 0) return undefined;
    const bytes = library.HEAPU8.slice(pointer, pointer + length);
    if (!metadata.vlen && metadata.type !== CLASS.list) return { bytes };
    const pointers = isText ? new Uint32Array(bytes.buffer) : [];
    const texts = Array.from(pointers, (text) => (text === 0 ? "" : library.UTF8ToString(text)));
    library.reclaim_vlen_memory(id, path, name, BigInt(pointer));
    return isText ? { bytes, texts } : { bytes };
  } finally {
    library._free(pointer);
  }
}

function decode(metadata: Hdf5Metadata, content: Content | undefined): AttributeValue | undefined {
  if (content === undefined) return undefined;
  const values = content.texts ?? elements(metadata, content.bytes);
  if (values === undefined) return undefined;
  return metadata.shape?.length === 0 ? values[0] : values;
}

function elements(metadata: Hdf5Metadata, bytes: Uint8Array): readonly (string | number | boolean)[] | undefined {
  const { type, size, enum_type: names } = metadata;
  const parts = Array.from({ length: metadata.total_size }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  if (type === CLASS.string) return parts.map((part) => decodeText(part, metadata.strpad === 2));
  const isTruth = names?.members.TRUE === 1 && names.members.FALSE === 0;
  if (type === CLASS.enumeration && isTruth) return parts.map((part) => part[0] !== 0);
  const base = type === CLASS.enumeration ? names?.type : type;
  if (base !== CLASS.integer && base !== CLASS.float) return undefined;
  const numbers = parts.map((part) => number(part, base === CLASS.float, metadata.signed));
  return numbers.every((value) => value !== undefined) ? numbers : undefined;
}

function decodeText(bytes: Uint8Array, isPadded: boolean): string {
  const end = bytes.indexOf(0);
  const decoded = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  return isPadded ? decoded.trimEnd() : decoded;
}

function number(bytes: Uint8Array, isFloat: boolean, isSigned: boolean): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isFloat) {
    if (bytes.length === 4) return view.getFloat32(0, true);
    return bytes.length === 8 ? view.getFloat64(0, true) : undefined;
  }
  if (bytes.length === 8) return Number(isSigned ? view.getBigInt64(0, true) : view.getBigUint64(0, true));
  if (bytes.length === 4) return isSigned ? view.getInt32(0, true) : view.getUint32(0, true);
  if (bytes.length === 2) return isSigned ? view.getInt16(0, true) : view.getUint16(0, true);
  return bytes.length === 1 ? (isSigned ? view.getInt8(0) : view.getUint8(0)) : undefined;
}
