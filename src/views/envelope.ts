/** Part of a spectrum: every value (`step` 1), or the lowest and the highest of each `step` values, one after the other. */
export interface Envelope {
  readonly values: Float32Array;
  readonly step: number;
}

/** The values first..end - 1, as many as they are or as an envelope of at most `most` numbers. */
export function envelope(values: Float32Array, [first, end]: readonly [number, number], most: number): Envelope {
  if (end - first <= most) return { values: values.slice(first, end), step: 1 };
  const step = Math.ceil((2 * (end - first)) / most);
  const pairs = new Float32Array(2 * Math.ceil((end - first) / step));
  for (let i = 0; 2 * i < pairs.length; i++) {
    let low = Number.NaN;
    let high = Number.NaN;
    for (let at = first + i * step; at < Math.min(end, first + (i + 1) * step); at++) {
      if (!(values[at] >= low)) low = Number.isNaN(values[at]) ? low : values[at];
      if (!(values[at] <= high)) high = Number.isNaN(values[at]) ? high : values[at];
    }
    pairs[2 * i] = low;
    pairs[2 * i + 1] = high;
  }
  return { values: pairs, step };
}
