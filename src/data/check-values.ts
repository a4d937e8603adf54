import { SpecbookError } from "../core/errors";

/** How `checkValues` names the array it looks at, and what it refuses. */
export interface ValueCheck {
  /** What the array is, e.g. "spectra". */
  readonly what: string;
  readonly shape: readonly number[];
  /** Names of the dimensions, slowest first, e.g. ["row", "column", "channel"]. */
  readonly dimensions: readonly string[];
  /** Where the values begin, of those of the shape, if they are a part of them; default 0. */
  readonly from?: number;
  /** Refuse values below 0 too; default false. */
  readonly nonNegative?: boolean;
  /** Let NaN pass as what was not measured; default false. */
  readonly allowMissing?: boolean;
  /** What to do about it. */
  readonly remedy: string;
}

/** Throws a DataError with count and first position when an array holds NaN, infinite or (on request) negative values. */
export function checkValues(data: Float32Array, check: ValueCheck): void {
  const { nonNegative = false, allowMissing = false } = check;
  if (areUsable(data, nonNegative)) return;
  let count = 0;
  let negative = 0;
  let first = -1;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    // NaN fails both comparisons, so one test finds NaN, the infinities and the negative values.
    if (value >= (nonNegative ? 0 : -Number.MAX_VALUE) && value <= Number.MAX_VALUE) continue;
    if (allowMissing && Number.isNaN(value)) continue;
    if (value < 0 && value >= -Number.MAX_VALUE) negative++;
    if (first < 0) first = i;
    count++;
  }
  if (count === 0) return;
  const kinds = [negative > 0 ? `${negative} negative` : "", count > negative ? `${count - negative} not finite` : ""];
  throw new SpecbookError("DataError", `the ${check.what} hold values that cannot be used`, {
    got: `${kinds.filter(Boolean).join(" and ")} of ${data.length} values; the first is ${data[first]} at ${place(first + (check.from ?? 0), check)}`,
    needed: nonNegative ? "finite values of at least 0" : "finite values",
    remedy: check.remedy,
  });
}

/** The same question without where and how many, which is answered in a third of the time: most data are right. */
function areUsable(data: Float32Array, nonNegative: boolean): boolean {
  if (nonNegative) {
    for (let i = 0; i < data.length; i++) if (!(data[i] >= 0 && data[i] <= Number.MAX_VALUE)) return false;
    return true;
  }
  // Values that are not finite have all bits of the exponent set: one more carries into the sign.
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < bits.length; i += 4) {
    a |= (bits[i] & EXPONENT) + ONE_MORE;
    b |= (bits[i + 1] & EXPONENT) + ONE_MORE;
    c |= (bits[i + 2] & EXPONENT) + ONE_MORE;
    d |= (bits[i + 3] & EXPONENT) + ONE_MORE;
  }
  for (; i < bits.length; i++) a |= (bits[i] & EXPONENT) + ONE_MORE;
  return (a | b | c | d) >= 0;
}

/** The exponent in the bits of a float32, and its unit. */
const EXPONENT = 0x7f800000;
const ONE_MORE = 0x00800000;

function place(index: number, { shape, dimensions }: ValueCheck): string {
  let rest = index;
  const at = [...shape].reverse().map((size) => {
    const position = rest % size;
    rest = Math.floor(rest / size);
    return position;
  });
  return dimensions.map((name, i) => `${name} ${at[shape.length - 1 - i]}`).join(", ");
}
