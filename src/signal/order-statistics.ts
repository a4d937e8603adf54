/** A share (0 to 100 percent) of ascending values, linear between the two nearest (numpy's default). */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100;
  const lower = Math.floor(place);
  const upper = Math.min(sorted.length - 1, lower + 1);
  return sorted[lower] + (place - lower) * (sorted[upper] - sorted[lower]);
}

/**
 * The finite values, in their order. (A typed array's own `filter` keeps a list of all it takes, three times their size,
 * which ends the process above 1.3e8 values: less than one spectrum image can have.)
 */
export function finiteValues(data: Float32Array): Float32Array {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (Number.isFinite(data[i])) count++;
  const finite = new Float32Array(count);
  for (let i = 0, to = 0; i < data.length; i++) if (Number.isFinite(data[i])) finite[to++] = data[i];
  return finite;
}

/** The middle value (the mean of the middle two); sorts the given array. NaN for none. */
export function median(values: Float32Array | Float64Array): number {
  if (values.length === 0) return Number.NaN;
  values.sort();
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/** Standard deviation of normal values over the median of their distances from the median. */
export const MEDIAN_TO_DEVIATION = 1.482602218505602;
