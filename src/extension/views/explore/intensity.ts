import { extent, label } from "../../../plot/numbers";
import type { Scale } from "../draw/scale";

/** Most decades of a logarithmic axis. */
const DECADES = 6;

/** The range of an intensity axis: from 0 (or below, if values are) to a little above the largest value. */
export function intensityRange(
  curves: readonly ArrayLike<number>[],
  isLogarithmic: boolean,
): readonly [number, number] {
  const ends = curves.map(extent).filter((one) => one !== undefined);
  const high = Math.max(...ends.map(([, most]) => most));
  const low = Math.min(...ends.map(([least]) => least));
  if (!Number.isFinite(high) || !Number.isFinite(low)) return isLogarithmic ? [1, 10] : [0, 1];
  if (!isLogarithmic) {
    const bottom = Math.min(0, low);
    const top = Math.max(0, high);
    return top > bottom ? [bottom * 1.05, top * 1.06] : [bottom, bottom + 1];
  }
  if (high <= 0) return [1, 10];
  let least = high;
  for (const values of curves) {
    for (let i = 0; i < values.length; i++) if (values[i] > 0 && values[i] < least) least = values[i];
  }
  const floor = Math.max(least, high / 10 ** DECADES);
  return [floor < high ? floor / 1.15 : high / 10, high * 1.25];
}

/** A logarithmic scale; values that have no logarithm have no place. */
export function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [low, high] = domain.map(Math.log10);
  const slope = (range[1] - range[0]) / (high - low);
  return {
    domain,
    range,
    pixel: (value) => (value > 0 ? range[0] + slope * (Math.log10(value) - low) : Number.NaN),
    value: (pixel) => 10 ** (low + (pixel - range[0]) / slope),
  };
}

/** Ticks of a logarithmic axis: powers of ten, with 2 and 5 between them where there are few. */
export function logTicks([low, high]: readonly [number, number]): [number, string][] {
  const decades = Math.log10(high / low);
  const steps = decades > 2.5 ? [1] : decades > 1 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
  const ticks: [number, string][] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of steps) {
      const value = step * 10 ** power;
      if (value >= low && value <= high) ticks.push([value, label(value)]);
    }
  }
  return ticks;
}
