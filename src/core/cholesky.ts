/**
 * The Cholesky factor L (lower triangle, row by row) of the leading n x n part of a symmetric matrix whose rows are
 * `stride` apart, in place; false where the matrix is not positive definite to working precision.
 */
export function choleskyFactor(matrix: Float64Array, n: number, stride: number): boolean {
  for (let i = 0; i < n; i++) {
    const diagonal = matrix[i * stride + i];
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * stride + j];
      for (let k = 0; k < j; k++) sum -= matrix[i * stride + k] * matrix[j * stride + k];
      if (i !== j) {
        matrix[i * stride + j] = sum / matrix[j * stride + j];
        continue;
      }
      // What is left of the diagonal after rounding is noise below this share of it; NaN fails the comparison as well.
      if (!(sum > 4 * n * Number.EPSILON * Math.abs(diagonal))) return false;
      matrix[i * stride + i] = Math.sqrt(sum);
    }
  }
  return true;
}

/** Solves L y = b in place, with the factor of `choleskyFactor`. */
export function solveLower(factor: Float64Array, n: number, b: Float64Array, stride: number = n): Float64Array {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * stride + k] * b[k];
    b[i] = sum / factor[i * stride + i];
  }
  return b;
}

/** Solves L^T x = b in place, with the factor of `choleskyFactor`. */
export function solveUpper(factor: Float64Array, n: number, b: Float64Array, stride: number = n): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    b[i] /= factor[i * stride + i];
    for (let k = 0; k < i; k++) b[k] -= factor[i * stride + k] * b[i]; // along a row of the factor: its columns lie far apart
  }
  return b;
}

/** Solves L L^T x = b in place, with the factor of `choleskyFactor`. */
export function choleskySolve(factor: Float64Array, n: number, stride: number, b: Float64Array): void {
  solveUpper(factor, n, solveLower(factor, n, b, stride), stride);
}

/** The logarithm of the determinant of a matrix [n, n] from its factor. */
export function logDeterminant(factor: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(factor[i * n + i]);
  return 2 * sum;
}
