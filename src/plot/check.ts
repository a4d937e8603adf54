import { SpecbookError } from "../core/errors";
import { extent } from "./numbers";

/** Throws unless a value is one of the kinds that a plot function draws. */
export function checkKind(call: string, value: unknown, kinds: readonly string[], remedy: string): void {
  const kind = kindOf(value);
  if (kinds.includes(kind)) return;
  throw new SpecbookError("OptionError", `${call} cannot draw this value`, {
    got: kind,
    needed: kinds.join(" or "),
    remedy,
  });
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return "a promise (await is missing)";
  if (typeof value === "object" && value !== null && "kind" in value) return String(value.kind);
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}

/** Throws unless there is at least one finite value to draw. */
export function checkFinite(call: string, what: string, values: ArrayLike<number>): void {
  if (extent(values) !== undefined) return;
  throw new SpecbookError("DataError", `${call} has nothing to draw`, {
    got: `${what} without a single finite value (${values.length} values)`,
    needed: "at least one number that is not NaN or infinite",
    remedy: "look at the data before the step that made this result",
  });
}

/** Throws unless an option is a whole number in a range. */
export function checkCount(call: string, option: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new SpecbookError("OptionError", `${call} cannot use this ${option}`, {
    got: `${option}: ${value}`,
    needed: `a whole number from ${low} to ${high}`,
    remedy: `leave ${option} out, or give one in this range`,
  });
}

/** Throws unless the values at the ends of the colours are two numbers, the first below the second; none is the default. */
export function checkDomain(call: string, domain: readonly [number, number] | undefined, otherwise: string): void {
  if (domain === undefined) return;
  if (domain.length === 2 && domain.every(Number.isFinite) && domain[0] < domain[1]) return;
  throw new SpecbookError("OptionError", `${call} cannot use this domain`, {
    got: `domain: [${domain.join(", ")}]`,
    needed: "two numbers, the first below the second",
    remedy: `leave domain out for ${otherwise}`,
  });
}

/** Throws unless two things cover the same scan. */
export function checkSameScan(
  call: string,
  a: readonly number[],
  b: readonly number[],
  names: readonly [string, string],
): void {
  if (a[0] === b[0] && a[1] === b[1]) return;
  throw new SpecbookError("ShapeError", `${call}: the two scans differ in size`, {
    got: `${names[0]} ${a[0]} x ${a[1]}, ${names[1]} ${b[0]} x ${b[1]}`,
    needed: "the same number of rows and columns",
    remedy: "take both from the same scan, or crop / resample one to the other's grid",
  });
}
