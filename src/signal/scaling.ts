import { SpecbookError } from "../core/errors";
import type { Scaling } from "../data";

/**
 * How values are brought to the numbers that a network sees: `"min-max"` maps the smallest value to 0 and the largest
 * to 1, `"none"` keeps them, a `Scaling` is applied as it is (e.g. that of another set of pairs).
 */
export type ScaleOption = "min-max" | "none" | Scaling;

/** The scaling that an option asks for on given values. */
export function scalingOf(what: string, values: Float32Array, option: ScaleOption): Scaling {
  if (option === "none") return Object.freeze({ offset: 0, range: 1 });
  if (option !== "min-max") return checked(what, option);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) {
    throw new SpecbookError("DataError", `the ${what} cannot be scaled: all their values are the same`, {
      got: `only the value ${low}`,
      needed: "at least two different values for min-max scaling",
      remedy: `check that the right signal was loaded, or switch the scaling off with scale: { ${what}: "none" }`,
    });
  }
  return Object.freeze({ offset: low, range: high - low });
}

function checked(what: string, option: Scaling): Scaling {
  const { offset, range } = option;
  if (!Number.isFinite(offset) || !Number.isFinite(range) || range === 0) {
    throw new SpecbookError("OptionError", `the scaling of the ${what} is not usable`, {
      got: `scale.${what} = ${JSON.stringify(option)}`,
      needed: '"min-max", "none" or { offset, range } with finite numbers and a range other than 0',
      remedy: `leave scale.${what} out for min-max, or give the scaling of another set: otherPairs.scaling.${what}`,
    });
  }
  return Object.freeze({ offset, range });
}

/** Scales an array in place: `(value - offset) / range`, in float64. */
export function applyScaling(values: Float32Array, { offset, range }: Scaling): void {
  if (offset === 0 && range === 1) return;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] - offset) / range;
}

/**
 * Scaled values back in the units of the data: `value * range + offset`. Returns a new array.
 *
 * @example
 * const counts = unscale(pairs.spectra.data, pairs.scaling.spectra);
 */
export function unscale(values: Float32Array, { offset, range }: Scaling): Float32Array {
  return values.map((value) => value * range + offset);
}
