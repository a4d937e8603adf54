import type { FloatArray } from "../../src/data";
import fixture from "./fixtures/cluster.json";

/** The numbers of scikit-learn and SciPy. */
export const PEER: typeof fixture = fixture;

/** Three groups of 70, 50 and 30 points and 10 points anywhere, [160, 3]. */
export const POINTS: FloatArray = { data: Float32Array.from(fixture.points), shape: [160, 3] };
export const QUERIES: FloatArray = { data: Float32Array.from(fixture.queries), shape: [25, 3] };

/** True where two labelings are the same partition, whatever the numbers. */
export function isSamePartition(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  if (a.length !== b.length) return false;
  return Array.from(a).every((label, i) => {
    if (!there.has(label) && !back.has(b[i])) {
      there.set(label, b[i]);
      back.set(b[i], label);
    }
    return there.get(label) === b[i] && back.get(b[i]) === label;
  });
}
