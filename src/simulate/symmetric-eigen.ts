import type { SimulationPace } from "./pace";

/** Eigenvalues (unsorted) and orthonormal eigenvectors: vector i is `vectors.subarray(i * n, (i + 1) * n)`. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/**
 * All eigenpairs of a real symmetric matrix (n x n, row-major, overwritten): Householder reduction to tridiagonal form,
 * then implicit QL with Wilkinson's shift; J. H. Wilkinson and C. Reinsch, Handbook for Automatic Computation II, Linear
 * Algebra (1971), II/2 and II/4. Rests as often as `pace` says, reporting `from` .. `to` as the fraction done.
 */
export async function symmetricEigen(
  matrix: Float64Array,
  n: number,
  pace: SimulationPace,
  from = 0,
  to = 1,
): Promise<Eigen> {
  const factors = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    factors[k] = eliminateColumn(matrix, n, k);
    await pace.step(from + ((to - from) * 0.3 * k) / n);
  }
  const values = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]);
  const beside = Float64Array.from({ length: n }, (_, i) => (i < n - 1 ? matrix[(i + 1) * n + i] : 0));

  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let k = n - 3; k >= 0; k--) {
    reflectRows(vectors, n, k, factors[k], matrix);
    await pace.step(from + (to - from) * (0.5 - (0.2 * k) / n));
  }

  for (let l = 0; l < n; l++) {
    for (let end = blockEnd(values, beside, l); end !== l; end = blockEnd(values, beside, l)) {
      qlStep(values, beside, vectors, n, l, end);
    }
    await pace.step(from + (to - from) * (0.5 + (0.5 * l) / n));
  }
  return { values, vectors };
}

/**
 * Zeroes row and column k beyond the subdiagonal by the reflection 1 - factor v v^T. The row k keeps v (from k + 1 on)
 * for later, the column keeps the new subdiagonal element. Returns the factor.
 */
function eliminateColumn(a: Float64Array, n: number, k: number): number {
  const v = a.subarray(k * n, (k + 1) * n);
  let norm = 0;
  for (let j = k + 1; j < n; j++) norm += v[j] * v[j];
  const tail = norm - v[k + 1] * v[k + 1];
  if (tail === 0) {
    v.fill(0, k + 1);
    return 0;
  }
  const head = v[k + 1] > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
  a[(k + 1) * n + k] = head;
  v[k + 1] -= head;
  const factor = 2 / (tail + v[k + 1] * v[k + 1]);

  const p = new Float64Array(n);
  let overlap = 0;
  for (let i = k + 1; i < n; i++) {
    let sum = 0;
    for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) sum += a[at] * v[j];
    p[i] = factor * sum;
    overlap += p[i] * v[i];
  }
  for (let i = k + 1; i < n; i++) p[i] -= 0.5 * factor * overlap * v[i];
  for (let i = k + 1; i < n; i++) {
    const vi = v[i];
    const pi = p[i];
    for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) a[at] -= vi * p[j] + pi * v[j];
  }
  return factor;
}

/** Multiplies the rows of Q^T by reflection k from the right; rows up to k are still unit vectors it leaves alone. */
function reflectRows(q: Float64Array, n: number, k: number, factor: number, v: Float64Array): void {
  if (factor === 0) return;
  for (let i = k + 1; i < n; i++) {
    let dot = 0;
    for (let j = k + 1; j < n; j++) dot += q[i * n + j] * v[k * n + j];
    dot *= factor;
    for (let j = k + 1; j < n; j++) q[i * n + j] -= dot * v[k * n + j];
  }
}

/** The last index of the unreduced tridiagonal block that begins at l. */
function blockEnd(d: Float64Array, e: Float64Array, l: number): number {
  let m = l;
  while (m < d.length - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
  return m;
}

/** One implicit QL sweep over the block l .. m; the rotations are applied to the eigenvector rows. */
function qlStep(d: Float64Array, e: Float64Array, rows: Float64Array, n: number, l: number, m: number): void {
  const half = (d[l + 1] - d[l]) / (2 * e[l]);
  const root = Math.sqrt(half * half + 1);
  let g = d[m] - d[l] + e[l] / (half + (half < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= shift;
      e[m] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1] - shift;
    const step = (d[i] - g) * sine + 2 * cosine * b;
    shift = sine * step;
    d[i + 1] = g + shift;
    g = cosine * step - b;
    rotateRows(rows, n, i, sine, cosine);
  }
  d[l] -= shift;
  e[l] = g;
  e[m] = 0;
}

function rotateRows(rows: Float64Array, n: number, i: number, sine: number, cosine: number): void {
  for (let low = i * n, high = low + n, end = high; low < end; low++, high++) {
    const upper = rows[high];
    rows[high] = sine * rows[low] + cosine * upper;
    rows[low] = cosine * rows[low] - sine * upper;
  }
}
