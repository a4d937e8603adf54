import type { NumberType } from "../number-types";

/**
 * How the value of a tag is written, from the list of numbers that goes before it (C. Boothroyd, "Digital Micrograph
 * file format"; G. Jefferis, "DM3 image format"): 2 to 12 a number, 15 a struct of numbers, 18 a text, 20 an array.
 */
export type Encoding =
  | { readonly kind: "number"; readonly type: NumberType }
  | { readonly kind: "struct"; readonly fields: readonly NumberType[] }
  | { readonly kind: "text"; readonly length: number }
  | { readonly kind: "array"; readonly of: Encoding; readonly count: number };

const NUMBERS: Readonly<Record<number, readonly [NumberType["kind"], NumberType["bytes"]]>> = {
  2: ["int", 2],
  3: ["int", 4],
  4: ["uint", 2],
  5: ["uint", 4],
  6: ["float", 4],
  7: ["float", 8],
  8: ["bool", 1],
  9: ["int", 1],
  10: ["uint", 1],
  11: ["int", 8],
  12: ["uint", 8],
};

/** Reads the list; undefined where it makes no sense. */
export function parseEncoding(list: readonly number[], littleEndian: boolean): Encoding | undefined {
  let at = 0;
  const number = (code: number): NumberType | undefined => {
    const known = NUMBERS[code];
    return known === undefined ? undefined : { kind: known[0], bytes: known[1], littleEndian };
  };
  const struct = (): Encoding | undefined => {
    const count = list[at + 1];
    if (!(count >= 0 && at + 2 + 2 * count <= list.length)) return undefined;
    const fields: NumberType[] = [];
    for (let i = 0; i < count; i++) {
      const type = number(list[at + 3 + 2 * i]);
      if (type === undefined) return undefined;
      fields.push(type);
    }
    at += 2 + 2 * count;
    return { kind: "struct", fields };
  };
  const next = (depth: number): Encoding | undefined => {
    const code = list[at++];
    if (code === 15) return struct();
    if (code === 18) return { kind: "text", length: list[at++] };
    if (code === 20 && depth < 4) {
      const of = next(depth + 1);
      const count = list[at++];
      return of === undefined ? undefined : { kind: "array", of, count };
    }
    const type = number(code);
    return type === undefined ? undefined : { kind: "number", type };
  };
  const encoding = next(0);
  return encoding !== undefined && at === list.length && Number.isSafeInteger(sizeOf(encoding)) && sizeOf(encoding) >= 0
    ? encoding
    : undefined;
}

/** Bytes that a value takes; NaN where a count is missing. */
export function sizeOf(encoding: Encoding): number {
  switch (encoding.kind) {
    case "number":
      return encoding.type.bytes;
    case "struct":
      return encoding.fields.reduce((sum, { bytes }) => sum + bytes, 0);
    case "text":
      return encoding.length >= 0 ? encoding.length : Number.NaN;
    case "array":
      return encoding.count >= 0 ? encoding.count * sizeOf(encoding.of) : Number.NaN;
  }
}

/** One number; 64-bit integers become the nearest float64. */
export function decodeNumber(bytes: Buffer, at: number, { kind, bytes: size, littleEndian }: NumberType): number {
  if (kind === "bool") return bytes[at];
  if (kind === "float") {
    if (size === 4) return littleEndian ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
    return littleEndian ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
  }
  if (size === 8) {
    if (kind === "int") return Number(littleEndian ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at));
    return Number(littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  }
  if (kind === "int") return littleEndian ? bytes.readIntLE(at, size) : bytes.readIntBE(at, size);
  return littleEndian ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
}
