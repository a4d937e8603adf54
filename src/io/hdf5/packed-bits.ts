import type { NumberArray, NumberType } from "../number-types";

/** Where the bits of an integer lie in its bytes, for integers that do not fill them. */
export interface PackedBits {
  readonly precision: number;
  /** Bits below the lowest one of the number. */
  readonly offset: number;
}

const NBIT = 5;
const ATOMIC = 1;

/**
 * The bits of integers packed with HDF5's n-bit filter, whose parameters tell the type: length, a flag, elements of a
 * chunk, class, bytes, byte order, precision, offset (H5Znbit.c). undefined where the numbers fill their bytes.
 */
export function packedBits(filters: readonly { id: number; cd_values?: readonly number[] }[]): PackedBits | undefined {
  const values = filters.find(({ id }) => id === NBIT)?.cd_values ?? [];
  const [, , , kind, bytes, , precision, offset] = values;
  if (kind !== ATOMIC || values.length < 8) return undefined;
  return precision === 8 * bytes && offset === 0 ? undefined : { precision, offset };
}

/** The numbers in integers as they lie in their bytes: the library leaves them unshifted, and their sign unread. */
export function unpackBits(numbers: NumberArray, type: NumberType, { precision, offset }: PackedBits): Float64Array {
  const whole = 2 ** (8 * type.bytes);
  const range = 2 ** precision;
  const isSigned = type.kind === "int";
  return Float64Array.from(numbers, (number) => {
    const bits = Math.floor((number < 0 ? number + whole : number) / 2 ** offset) % range;
    return isSigned && bits >= range / 2 ? bits - range : bits;
  });
}
