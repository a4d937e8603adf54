/** Kinds of numbers in tags, by the code that the format gives them. */
const CODES = {
  int16: 2,
  int32: 3,
  uint16: 4,
  uint32: 5,
  float32: 6,
  float64: 7,
  bool: 8,
  int8: 9,
  octet: 10,
  int64: 11,
  uint64: 12,
} as const;

export type TagNumber = keyof typeof CODES;

/** A tag to write. */
export type TagContent =
  | { readonly group: readonly (readonly [string, TagContent])[] }
  | { readonly number: number; readonly as: TagNumber }
  | { readonly struct: readonly number[]; readonly as: TagNumber }
  | { readonly array: readonly number[]; readonly as: TagNumber }
  | { readonly structs: readonly (readonly number[])[]; readonly as: TagNumber }
  | { readonly string: string }
  | { readonly info: readonly number[]; readonly bytes: Buffer };

export const group = (...entries: (readonly [string, TagContent])[]): TagContent => ({ group: entries });
export const number = (value: number, as: TagNumber = "float32"): TagContent => ({ number: value, as });
export const text = (value: string): TagContent => ({ array: [...value].map((c) => c.charCodeAt(0)), as: "uint16" });

/** How a file is written. */
export interface DmFileOptions {
  readonly version?: 3 | 4;
  readonly littleEndian?: boolean;
}

/** The bytes of a DM3 or DM4 file with these tags. */
export function dmBytes(root: TagContent, { version = 3, littleEndian = true }: DmFileOptions = {}): Buffer {
  const length = (value: number) => {
    const bytes = Buffer.alloc(version === 3 ? 4 : 8);
    if (version === 3) bytes.writeInt32BE(value);
    else bytes.writeBigInt64BE(BigInt(value));
    return bytes;
  };
  const numbers = (values: readonly number[], as: TagNumber) =>
    Buffer.concat(values.map((value) => encodeNumber(value, as, littleEndian)));
  const groupBody = (entries: readonly (readonly [string, TagContent])[]): Buffer =>
    Buffer.concat([Buffer.from([1, 0]), length(entries.length), ...entries.map(([name, tag]) => entry(name, tag))]);
  const value = (info: readonly number[], bytes: Buffer) =>
    Buffer.concat([Buffer.from("%%%%"), length(info.length), ...info.map(length), bytes]);
  const body = (tag: TagContent): Buffer => {
    if ("group" in tag) return groupBody(tag.group);
    if ("info" in tag) return value(tag.info, tag.bytes);
    if ("string" in tag) return value([18, Buffer.byteLength(tag.string)], Buffer.from(tag.string));
    const code = CODES[tag.as];
    if ("number" in tag) return value([code], numbers([tag.number], tag.as));
    if ("struct" in tag)
      return value([15, 0, tag.struct.length, ...fields(tag.struct, code)], numbers(tag.struct, tag.as));
    if ("array" in tag) return value([20, code, tag.array.length], numbers(tag.array, tag.as));
    const first = tag.structs[0] ?? [];
    return value(
      [20, 15, 0, first.length, ...fields(first, code), tag.structs.length],
      numbers(tag.structs.flat(), tag.as),
    );
  };
  const entry = (name: string, tag: TagContent): Buffer => {
    const header = Buffer.alloc(3);
    header[0] = "group" in tag ? 20 : 21;
    header.writeUInt16BE(Buffer.byteLength(name), 1);
    const content = body(tag);
    return Buffer.concat([header, Buffer.from(name), ...(version === 4 ? [length(content.length)] : []), content]);
  };
  const tags = body(root);
  const order = Buffer.from([0, 0, 0, littleEndian ? 1 : 0]);
  return Buffer.concat([Buffer.from([0, 0, 0, version]), length(tags.length), order, tags, Buffer.alloc(8)]);
}

function fields(values: readonly number[], code: number): number[] {
  return values.flatMap(() => [0, code]);
}

/** One number in the byte order of the file. */
export function encodeNumber(value: number, as: TagNumber, littleEndian: boolean): Buffer {
  const sizes: Partial<Record<TagNumber, number>> = {
    int16: 2,
    uint16: 2,
    float64: 8,
    int64: 8,
    uint64: 8,
    bool: 1,
    int8: 1,
    octet: 1,
  };
  const bytes = Buffer.alloc(sizes[as] ?? 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (as === "int16") view.setInt16(0, value, littleEndian);
  else if (as === "uint16") view.setUint16(0, value, littleEndian);
  else if (as === "int32") view.setInt32(0, value, littleEndian);
  else if (as === "uint32") view.setUint32(0, value, littleEndian);
  else if (as === "float32") view.setFloat32(0, value, littleEndian);
  else if (as === "float64") view.setFloat64(0, value, littleEndian);
  else if (as === "int64") view.setBigInt64(0, BigInt(value), littleEndian);
  else if (as === "uint64") view.setBigUint64(0, BigInt(value), littleEndian);
  else view.setUint8(0, value & 255);
  return bytes;
}

/** One direction of an image: its points, and value = (index - origin) * scale. */
export interface DmDirection {
  readonly size: number;
  readonly origin?: number;
  readonly scale?: number;
  readonly units?: string;
}

/** An image of the list. */
export interface DmImageContent {
  readonly name?: string;
  /** Fastest first: x, y, ... */
  readonly dimensions: readonly DmDirection[];
  readonly dataType: number;
  readonly data: TagContent;
  readonly tags?: readonly (readonly [string, TagContent])[];
  readonly brightness?: { readonly origin: number; readonly scale: number; readonly units: string };
  /** Leaves the calibrations out. */
  readonly isBare?: boolean;
}

const calibration = ({ origin = 0, scale = 1, units = "" }: Partial<DmDirection>) =>
  group(["Origin", number(origin)], ["Scale", number(scale)], ["Units", text(units)]);

/** The tags of one image. */
export function imageTags({
  name = "image",
  dimensions,
  dataType,
  data,
  tags = [],
  brightness,
  isBare,
}: DmImageContent): TagContent {
  const calibrations = group(
    ["Brightness", calibration(brightness ?? {})],
    ["Dimension", group(...dimensions.map((direction) => ["", calibration(direction)] as const))],
  );
  const content = group(
    ...(isBare ? [] : [["Calibrations", calibrations] as const]),
    ["Data", data],
    ["DataType", number(dataType, "uint32")],
    ["Dimensions", group(...dimensions.map(({ size }) => ["", number(size, "uint32")] as const))],
    ["PixelDepth", number(4, "uint32")],
  );
  return group(["ImageData", content], ["ImageTags", group(...tags)], ["Name", text(name)]);
}

/** A file with a thumbnail, as DigitalMicrograph writes it, and these images. */
export function dmFile(images: readonly DmImageContent[], options: DmFileOptions = {}): Buffer {
  const thumbnail: DmImageContent = {
    name: "thumbnail",
    dimensions: [{ size: 2 }, { size: 1 }],
    dataType: 23,
    data: { array: [0, 0xffffff], as: "uint32" },
  };
  return dmBytes(
    group(
      ["ImageList", group(...[thumbnail, ...images].map((image) => ["", imageTags(image)] as const))],
      ["Thumbnails", group(["", group(["ImageIndex", number(0, "uint32")])])],
    ),
    options,
  );
}

/** The words that mark a spectrum image. */
export const spectrumImageTags = (
  signal = "EELS",
  format = "Spectrum image",
): readonly (readonly [string, TagContent])[] => [
  ["Meta Data", group(["Format", text(format)], ["Signal", text(signal)])],
];
