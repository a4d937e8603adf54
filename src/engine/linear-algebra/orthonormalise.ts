/**
 * Makes the columns of a matrix [rows, width], row-major, orthonormal in place: modified Gram-Schmidt in float64, run
 * twice where the first pass leaves little of a column (J. W. Daniel, W. B. Gragg, L. Kaufman and G. W. Stewart,
 * Mathematics of Computation 30, 772 (1976), doi:10.1090/S0025-5718-1976-0431641-8). A column that depends on those
 * before it is replaced by a unit vector made orthogonal to them.
 */
export function orthonormalise(matrix: Float64Array, rows: number, width: number): void {
  // Columns are worked on as contiguous rows of the transpose.
  const vectors = transpose(matrix, rows, width);
  let spare = 0;
  for (let j = 0; j < width; j++) {
    const v = vectors.subarray(j * rows, (j + 1) * rows);
    let before = norm(v);
    while (!project(v, vectors, j, rows, before)) {
      v.fill(0);
      v[spare++ % rows] = 1;
      before = 1;
    }
  }
  matrix.set(transpose(vectors, width, rows));
}

/** The transpose of a row-major matrix [rows, columns]. */
export function transpose(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
  return result;
}

/** A vector that keeps this share of its length has lost no digits that a second pass would have to mend. */
const KEPT = Math.SQRT1_2;

/** Removes from v its parts along the first `count` vectors and normalises it; false if nothing is left. */
function project(v: Float64Array, vectors: Float64Array, count: number, rows: number, before: number): boolean {
  let after = before;
  for (let pass = 0; pass === 0 || (pass === 1 && after < KEPT * before); pass++) {
    for (let i = 0; i < count; i++) {
      const other = vectors.subarray(i * rows, (i + 1) * rows);
      let dot = 0;
      for (let r = 0; r < rows; r++) dot += other[r] * v[r];
      for (let r = 0; r < rows; r++) v[r] -= dot * other[r];
    }
    after = norm(v);
  }
  if (!(after > 1e-10 * before)) return false;
  for (let r = 0; r < rows; r++) v[r] /= after;
  return true;
}

function norm(v: Float64Array): number {
  let sum = 0;
  for (const value of v) sum += value * value;
  return Math.sqrt(sum);
}
