import { SpecbookError } from "../core/errors";

/** The arrays that numbers are read into. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** How one number lies in a file. */
export interface NumberType {
  readonly kind: "float" | "int" | "uint" | "bool";
  readonly bytes: 1 | 2 | 4 | 8;
  readonly littleEndian: boolean;
}

/** "float32", "uint16", "bool": the name numpy gives the type. */
export function typeName(type: NumberType): string {
  return type.kind === "bool" ? "bool" : `${type.kind}${type.bytes * 8}`;
}

const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Turns the bytes round in place where their order is not this machine's. */
export function toHostOrder(bytes: Uint8Array, type: NumberType): void {
  if (type.bytes === 1 || type.littleEndian === HOST_IS_LITTLE) return;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type.bytes === 2) buffer.swap16();
  else if (type.bytes === 4) buffer.swap32();
  else buffer.swap64();
}

/**
 * Numbers from their bytes. The bytes may be changed and may become the memory of the result. float16 becomes float32;
 * 64-bit integers become float64 and are refused beyond 2^53, where float64 would change them, unless they are wanted as
 * `rounded`, for what becomes float32 and is rounded anyway; bool becomes 0 and 1.
 */
export function decodeNumbers(bytes: Uint8Array, type: NumberType, options: { rounded?: boolean } = {}): NumberArray {
  toHostOrder(bytes, type);
  const own = bytes.byteOffset % type.bytes === 0 ? bytes : bytes.slice();
  const view = [own.buffer, own.byteOffset, own.byteLength / type.bytes] as const;
  switch (typeName(type)) {
    case "float16":
      return halfToFloat(new Uint16Array(...view));
    case "float32":
      return new Float32Array(...view);
    case "float64":
      return new Float64Array(...view);
    case "int8":
      return new Int8Array(...view);
    case "int16":
      return new Int16Array(...view);
    case "int32":
      return new Int32Array(...view);
    case "uint16":
      return new Uint16Array(...view);
    case "uint32":
      return new Uint32Array(...view);
    case "int64":
      return wideToFloat(new BigInt64Array(...view), options.rounded === true);
    case "uint64":
      return wideToFloat(new BigUint64Array(...view), options.rounded === true);
    default: // uint8 and bool
      return new Uint8Array(...view);
  }
}

let halfTable: Float32Array | undefined;

/** All 65,536 half-precision numbers (IEEE 754-2008 binary16) as float32, which holds each of them exactly. */
function table(): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, word) => {
    const exponent = (word >> 10) & 31;
    const fraction = word & 1023;
    const sign = word & 0x8000 ? -1 : 1;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
  return halfTable;
}

function halfToFloat(words: Uint16Array): Float32Array {
  const values = table();
  const result = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) result[i] = values[words[i]];
  return result;
}

function wideToFloat(words: BigInt64Array | BigUint64Array, rounded: boolean): Float64Array {
  const result = new Float64Array(words.length);
  for (let i = 0; i < words.length; i++) {
    result[i] = Number(words[i]);
    if (!rounded && !Number.isSafeInteger(result[i])) {
      throw new SpecbookError("DataError", "a 64-bit integer does not fit the numbers of JavaScript", {
        got: `${words[i]} at index ${i}`,
        needed: "integers between -2^53 and 2^53",
        remedy: "store the array as float64, or subtract a common offset before it is saved",
      });
    }
  }
  return result;
}
