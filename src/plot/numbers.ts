/** Smallest and largest finite value; undefined where there is none. */
export function extent(values: ArrayLike<number>): readonly [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : undefined;
}

/**
 * The values with as many digits as a chart can show: steps of at most 1 / `steps` of their range (default 2000, half a
 * pixel of a tall panel). Values that are not finite become null, which breaks a line.
 */
export function compact(values: ArrayLike<number>, steps = 2000): (number | null)[] {
  const [low, high] = extent(values) ?? [0, 1];
  const step = (high - low || Math.abs(high) || 1) / steps;
  const digits = Math.max(-300, Math.ceil(-Math.log10(step)));
  const unit = 10 ** -digits;
  return Array.from(values, (v) => {
    if (!Number.isFinite(v)) return null;
    return digits > 0 ? Number(v.toFixed(Math.min(100, digits))) : Math.round(v / unit) * unit;
  });
}

/** Round numbers (1, 2, 5 times a power of ten apart) in [low, high], about `count` of them. */
export function niceTicks(low: number, high: number, count = 5): number[] {
  if (!(high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high)))) return [low]; // steps would not move the sum
  const step = niceStep((high - low) / count);
  const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    ticks.push(Number((i * step).toFixed(Math.min(100, digits))));
  }
  return ticks;
}

/** The round step (1, 2 or 5 times a power of ten) nearest to a wanted one on a logarithmic scale. */
export function niceStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  const mantissa = wanted / power;
  const round = mantissa < Math.SQRT2 ? 1 : mantissa < Math.sqrt(10) ? 2 : mantissa < Math.sqrt(50) ? 5 : 10;
  return round * power;
}

/** The largest round number (1, 2 or 5 times a power of ten) that is not above `limit`. */
export function roundBelow(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(limit) + 1e-12);
  const mantissa = limit / power;
  return (mantissa >= 5 - 1e-9 ? 5 : mantissa >= 2 - 1e-9 ? 2 : 1) * power;
}

/** A number for a label: three significant digits, all before the point; no exponent between 0.001 and a million. */
export function label(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e6)) return value.toExponential(1);
  if (magnitude >= 1000) return String(Math.round(value)); // an energy of 1217 eV is not 1220
  return String(Number(value.toPrecision(3)));
}

/** "\u221212.0 ± 8.4": a mean to the second digit of its deviation. */
export function meanAndDeviation(mean: number, deviation: number): string {
  if (!(deviation > 0)) return `${label(mean)} ± ${label(deviation)}`.replaceAll("-", "\u2212");
  const digits = 1 - Math.floor(Math.log10(deviation));
  if (digits > 6 || digits < -3) return `${label(mean)} ± ${label(deviation)}`.replaceAll("-", "\u2212");
  const [a, b] = [mean, deviation].map((value) => value.toFixed(Math.max(0, digits)));
  return `${Number(a) === 0 ? a.replace("-", "") : a} ± ${b}`.replaceAll("-", "\u2212");
}

/** A share as a percentage for a label: "2.40 %". */
export function percent(share: number): string {
  const value = 100 * share;
  if (value >= 999.5) return `${label(value)} %`;
  if (value >= 99 && value < 100) return `${(Math.floor(value * 100) / 100).toFixed(2)} %`; // never rounded up to all
  return `${value >= 1e-4 ? Number(value.toFixed(12)).toPrecision(value < 1 ? 2 : 3) : label(value)} %`;
}

/** Mean of the finite values; NaN where there is none. */
export function finiteMean(values: ArrayLike<number>): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    sum += values[i];
    n++;
  }
  return sum / n;
}

/** Standard deviation of the finite values about their mean (n in the denominator). */
export function finiteDeviation(values: ArrayLike<number>): number {
  const mean = finiteMean(values);
  return Math.sqrt(finiteMean(Float64Array.from(values, (v) => (v - mean) ** 2)));
}
