import type { NumberType } from "../number-types";
import { CLASS, type Hdf5Metadata } from "./library";

/** The numbers of one element: real and imaginary part, or red, green, blue and perhaps alpha. */
export interface ElementParts {
  readonly name: "complex" | "colour";
  readonly size: number;
}

/** What the elements of a data set are. */
export interface ElementType {
  /** Type of the numbers, of each part where an element has several; undefined where they are no numbers. */
  readonly type: NumberType | undefined;
  /** What an element consists of, where it has several numbers: these are read as one more axis, the last. */
  readonly parts: ElementParts | undefined;
}

const COMPLEX = /^r.* i/i;
const COLOUR = /^r(ed)? g(reen)? b(lue)?( a(lpha)?)?$/i;

/** Numbers, or a compound of numbers of one type: complex (h5py, MATLAB and Velox name the parts r.. and i..) or colour. */
export function elementType(metadata: Hdf5Metadata): ElementType {
  const members = metadata.compound_type?.members ?? [];
  if (metadata.type !== CLASS.compound) return { type: numberType(metadata), parts: undefined };
  const types = members.map(numberType);
  const [type] = types;
  const isEven =
    type !== undefined &&
    types.every((other) => other?.kind === type.kind && other.bytes === type.bytes) &&
    members.every(({ shape, offset }, i) => (shape ?? []).length === 0 && offset === i * type.bytes) &&
    metadata.size === members.length * type.bytes;
  const names = members.map(({ name }) => name).join(" ");
  if (isEven && members.length === 2 && COMPLEX.test(names)) return { type, parts: { name: "complex", size: 2 } };
  if (isEven && COLOUR.test(names)) return { type, parts: { name: "colour", size: members.length } };
  return { type: undefined, parts: undefined };
}

function numberType({ type, size, signed, enum_type: names }: Hdf5Metadata): NumberType | undefined {
  const bytes = [1, 2, 4, 8].find((known) => known === size) as NumberType["bytes"] | undefined; // find keeps the literal
  if (bytes === undefined) return undefined;
  // The library turns big-endian numbers round while it reads.
  if (type === CLASS.float) return bytes === 1 ? undefined : { kind: "float", bytes, littleEndian: true };
  if (type === CLASS.integer) return { kind: signed ? "int" : "uint", bytes, littleEndian: true };
  const isTruth = type === CLASS.enumeration && bytes === 1 && names?.members.TRUE === 1;
  return isTruth ? { kind: "bool", bytes, littleEndian: true } : undefined;
}
