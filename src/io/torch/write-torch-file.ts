import { littleEndianBytes, type WritableTensor } from "../safetensors";
import { writeZip } from "../zip-writer";

/** A Python tuple. */
export class Tuple {
  constructor(readonly items: readonly WritableValue[]) {}
}

/** What `writeTorchFile` writes: a Map is an OrderedDict, an object a dict, an array a list. */
export type WritableValue =
  | null
  | boolean
  | number
  | string
  | Tuple
  | WritableTensor
  | readonly WritableValue[]
  | ReadonlyMap<string, WritableValue>
  | { readonly [key: string]: WritableValue };

/**
 * Writes what `torch.save` would (its zip format): `torch.load(path, weights_only=True)` reads it.
 *
 * @throws FileError where nothing can be written
 */
export async function writeTorchFile(path: string, content: WritableValue): Promise<void> {
  const storages: Uint8Array[] = [];
  const pickle = Buffer.concat([Buffer.of(0x80, 2), ...encode(content, storages), Buffer.from(".")]);
  const text = (name: string, value: string) => ({ name: `archive/${name}`, bytes: Buffer.from(value) });
  await writeZip(path, [
    { name: "archive/data.pkl", bytes: pickle },
    text(".format_version", "1"),
    text(".storage_alignment", "64"),
    text("byteorder", "little"),
    ...storages.map((bytes, key) => ({ name: `archive/data/${key}`, bytes })),
    text("version", "3\n"),
  ]);
}

const MARK = Buffer.from("(");

/** The pickle instructions (protocol 2) that make a value; the bytes of its tensors go to `storages`. */
function encode(value: WritableValue, storages: Uint8Array[]): Buffer[] {
  const encodeAll = (values: readonly WritableValue[]) => values.flatMap((v) => encode(v, storages));
  const items = (entries: Iterable<readonly [string, WritableValue]>) => [
    MARK,
    ...[...entries].flatMap(([key, v]) => [encodeText(key), ...encode(v, storages)]),
    Buffer.from("u"),
  ];
  if (value === null) return [Buffer.from("N")];
  if (typeof value === "boolean") return [Buffer.of(value ? 0x88 : 0x89)];
  if (typeof value === "number") return [encodeNumber(value)];
  if (typeof value === "string") return [encodeText(value)];
  if (value instanceof Tuple) return [MARK, ...encodeAll(value.items), Buffer.from("t")];
  if (value instanceof Map) return [encodeName("collections", "OrderedDict"), Buffer.from(")R"), ...items(value)];
  if (Array.isArray(value)) return [Buffer.from("]("), ...encodeAll(value), Buffer.from("e")];
  if (isTensor(value)) return encodeTensor(value, storages);
  return [Buffer.from("}"), ...items(Object.entries(value))];
}

/** torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict()) */
function encodeTensor({ data, shape }: WritableTensor, storages: Uint8Array[]): Buffer[] {
  const key = String(storages.push(littleEndianBytes(data)) - 1);
  const type = data instanceof Float32Array ? "Float" : data instanceof Float64Array ? "Double" : "Int";
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const tuple = (sizes: readonly number[]) => [MARK, ...sizes.map(encodeNumber), Buffer.from("t")];
  return [
    encodeName("torch._utils", "_rebuild_tensor_v2"),
    MARK,
    MARK,
    encodeText("storage"),
    encodeName("torch", `${type}Storage`),
    encodeText(key),
    encodeText("cpu"),
    encodeNumber(data.length),
    Buffer.from("tQ"),
    encodeNumber(0),
    ...tuple(shape),
    ...tuple(strides),
    Buffer.of(0x89),
    encodeName("collections", "OrderedDict"),
    Buffer.from(")RtR"),
  ];
}

function encodeNumber(value: number): Buffer {
  const isInteger = Number.isInteger(value) && Math.abs(value) <= 0x7fffffff;
  const bytes = Buffer.alloc(isInteger ? 5 : 9);
  bytes[0] = isInteger ? 0x4a : 0x47;
  if (isInteger) bytes.writeInt32LE(value, 1);
  else bytes.writeDoubleBE(value, 1);
  return bytes;
}

function encodeText(text: string): Buffer {
  const utf8 = Buffer.from(text);
  const head = Buffer.alloc(5);
  head[0] = 0x58;
  head.writeUInt32LE(utf8.length, 1);
  return Buffer.concat([head, utf8]);
}

function encodeName(module: string, name: string): Buffer {
  return Buffer.from(`c${module}\n${name}\n`);
}

function isTensor(value: object): value is WritableTensor {
  return "data" in value && ArrayBuffer.isView(value.data);
}
