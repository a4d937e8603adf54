/**
 * The lower triangle L with L L^T = A of a symmetric positive definite matrix [n, n], row-major; undefined where the
 * matrix is not positive definite.
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= lower[row + k] * lower[other + k];
      if (j < i) lower[row + j] = sum / lower[other + j];
      else if (sum > 0) lower[row + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}

/** Solves L y = b in place, L lower triangular [n, n]. */
export function solveLower(lower: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= lower[i * n + k] * b[k];
    b[i] = sum / lower[i * n + i];
  }
  return b;
}

/** Solves L^T x = b in place, L lower triangular [n, n]. */
export function solveUpper(lower: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    b[i] /= lower[i * n + i];
    for (let k = 0; k < i; k++) b[k] -= lower[i * n + k] * b[i];
  }
  return b;
}

/** The logarithm of the determinant of A from its triangle L. */
export function logDeterminant(lower: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(lower[i * n + i]);
  return 2 * sum;
}
