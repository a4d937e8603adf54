import { createRandom } from "../core/random";
import { plainEigen } from "../engine/linear-algebra";

/** Enough for the largest value of a matrix of noise, whose values crowd at the edge, to a thousandth. */
const STEPS = 60;

/**
 * The largest eigenvalue of a symmetric matrix [n, n] without negative ones, by the Lanczos process with all vectors kept
 * orthogonal (C. Lanczos, J. Research NBS 45, 255 (1950), doi:10.6028/jres.045.026).
 */
export function largestEigenvalue(matrix: Float64Array, n: number): number {
  const random = createRandom(1);
  const steps = Math.min(STEPS, n);
  const basis: Float64Array[] = [];
  const tridiagonal = new Float64Array(steps * steps);
  let next: Float64Array = Float64Array.from({ length: n }, () => random.normal());
  let size = 0;
  let length = norm(next);
  const first = length;
  while (size < steps && length > 1e-12 * first) {
    const v = next.map((value) => value / length);
    basis.push(v);
    if (size > 0) tridiagonal[size * steps + size - 1] = tridiagonal[(size - 1) * steps + size] = length;
    next = times(matrix, v, n);
    tridiagonal[size * steps + size] = dot(next, v);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of basis) {
        const along = dot(next, other);
        for (let i = 0; i < n; i++) next[i] -= along * other[i];
      }
    }
    size++;
    length = norm(next);
  }
  return plainEigen(
    tridiagonal.filter((_, i) => i % steps < size && i < size * steps),
    size,
  ).values[0];
}

function times(matrix: Float64Array, v: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0, at = i * n; j < n; j++, at++) sum += matrix[at] * v[j];
    result[i] = sum;
  }
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const norm = (v: Float64Array) => Math.sqrt(dot(v, v));
