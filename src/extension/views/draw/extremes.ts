/** Places of the lowest and the highest of the values first..end - 1; both `first` where none of them is finite. */
export function extremes(values: ArrayLike<number>, first: number, end: number): readonly [number, number] {
  let [low, high] = [first, first];
  for (let k = first + 1; k < end; k++) {
    if (!Number.isFinite(values[k])) continue;
    if (!Number.isFinite(values[low]) || values[k] < values[low]) low = k;
    if (!Number.isFinite(values[high]) || values[k] > values[high]) high = k;
  }
  return [low, high];
}
