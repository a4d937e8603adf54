/**
 * Indices that keep the look of a curve drawn `points` wide: of each of points / 2 stretches the lowest and the highest
 * value, so that peaks and spikes stay; values that are not numbers only where a stretch has no others. All indices where
 * there are no more than `points` values.
 */
export function thin(values: ArrayLike<number>, points: number): Int32Array {
  const n = values.length;
  if (n <= points) return Int32Array.from({ length: n }, (_, i) => i);
  const kept = new Set<number>([0, n - 1]);
  const stretches = Math.max(1, Math.floor(points / 2) - 1);
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor((s * n) / stretches);
    const to = Math.floor(((s + 1) * n) / stretches);
    let low = from;
    let high = from;
    for (let i = from + 1; i < to; i++) {
      if (values[i] < values[low] || Number.isNaN(values[low])) low = i;
      if (values[i] > values[high] || Number.isNaN(values[high])) high = i;
    }
    kept.add(low).add(high);
  }
  return Int32Array.from(kept).sort();
}
