import type { NumberType } from "../number-types";
import type { TagArray } from "./tag-tree";
import { sizeOf } from "./tag-values";

/** How the values of an image lie in the file. */
export interface DmType {
  /** As numpy calls it: "int16", "complex64", "rgba". */
  readonly name: string;
  readonly layout: "plain" | "complex" | "colour" | "half-plane" | "packed";
  /** The numbers that the values are made of. */
  readonly number: Omit<NumberType, "littleEndian">;
  /** Why it cannot be read. */
  readonly problem?: string;
}

const FLOAT = { kind: "float", bytes: 4 } as const;
const DOUBLE = { kind: "float", bytes: 8 } as const;
const BYTE = { kind: "uint", bytes: 1 } as const;

const plain = (name: string, kind: NumberType["kind"], bytes: NumberType["bytes"]): DmType => ({
  name,
  layout: "plain",
  number: { kind, bytes },
});

/** The types of image data by their number in `DataType`. */
const TYPES: Readonly<Record<number, DmType>> = {
  1: plain("int16", "int", 2),
  2: plain("float32", "float", 4),
  3: { name: "complex64", layout: "complex", number: FLOAT },
  5: { name: "complex64", layout: "packed", number: FLOAT },
  6: plain("uint8", "uint", 1),
  7: plain("int32", "int", 4),
  8: { name: "rgb", layout: "colour", number: BYTE },
  9: plain("int8", "int", 1),
  10: plain("uint16", "uint", 2),
  11: plain("uint32", "uint", 4),
  12: plain("float64", "float", 8),
  13: { name: "complex128", layout: "complex", number: DOUBLE },
  14: plain("bool", "bool", 1),
  23: { name: "rgba", layout: "colour", number: BYTE },
  27: { name: "complex64", layout: "half-plane", number: FLOAT },
  28: { name: "complex128", layout: "half-plane", number: DOUBLE },
  39: plain("int64", "int", 8),
  40: plain("uint64", "uint", 8),
};

/** The type with a number; one that is not known carries a problem. */
export function dmType(code: number | undefined): DmType {
  const known = code === undefined ? undefined : TYPES[code];
  const name = `DigitalMicrograph type ${code}`;
  return known ?? { ...plain(name, "uint", 1), problem: code === undefined ? "it has no data type" : `its ${name}` };
}

/**
 * The shape of the numbers in the file, slowest first, with the two numbers of a complex value and the four of a colour
 * as the last axis. undefined where the type does not go with the dimensions.
 */
export function storedShape({ layout }: DmType, dimensions: readonly number[]): number[] | undefined {
  const shape = [...dimensions].reverse();
  const columns = shape[shape.length - 1];
  switch (layout) {
    case "complex":
      return [...shape, 2];
    case "colour":
      return [...shape, 4];
    case "half-plane":
      return [...shape.slice(0, -1), Math.floor(columns / 2) + 1, 2];
    case "packed": // an even square of floats, half as many numbers as the complex square has
      return shape.length === 2 && shape[0] === columns && columns % 2 === 0 ? shape : undefined;
    default:
      return shape;
  }
}

/** What the tag of the data says against the type and the shape; undefined where they agree. */
export function problemOf(type: DmType, shape: readonly number[], data: TagArray): string | undefined {
  const { kind, bytes } = type.number;
  const needed = shape.reduce((a, b) => a * b, bytes);
  const found = data.count * sizeOf(data.of);
  if (found !== needed) return `${found} bytes for ${shape.join(" x ")} numbers of ${bytes} bytes (${type.name})`;
  const { of } = data;
  // Colours are written as one integer, complex values as a struct; a byte is a byte by any name.
  if (type.layout !== "plain" || bytes === 1 || of.kind !== "number") return undefined;
  return of.type.kind === kind && of.type.bytes === bytes
    ? undefined
    : `${of.type.kind}${8 * of.type.bytes} data that are called ${type.name}`;
}
