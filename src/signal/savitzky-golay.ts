/**
 * Weights of the least-squares polynomial through 2 m + 1 equally spaced values, for its derivative at each of the
 * places -m .. m (in steps): `weights[place + m][i]` belongs to value i. Savitzky & Golay, Anal. Chem. 36 (1964) 1627,
 * doi 10.1021/ac60214a047; by the orthogonal polynomials of Gram, which need no matrix to be solved.
 */
export function savitzkyGolayWeights(m: number, order: number, derivative: number): Float64Array[] {
  const size = 2 * m + 1;
  const values = gramPolynomials(m, order, 0);
  const wanted = derivative === 0 ? values : gramPolynomials(m, order, derivative);
  const norms = values.map((p) => p.reduce((sum, v) => sum + v * v, 0));
  return Array.from({ length: size }, (_, place) => {
    const weights = new Float64Array(size);
    for (let k = 0; k <= order; k++) {
      const factor = wanted[k][place] / norms[k];
      for (let i = 0; i < size; i++) weights[i] += factor * values[k][i];
    }
    return weights;
  });
}

/** The derivative of the polynomials of degree 0 .. order, orthogonal on -m .. m, at these places. */
function gramPolynomials(m: number, order: number, derivative: number): Float64Array[] {
  const size = 2 * m + 1;
  // p[k + 1] = x p[k] - b[k] p[k - 1]; each derivative of it follows from the one below: (x p)^(d) = x p^(d) + d p^(d - 1).
  let lower: Float64Array[] = [];
  for (let d = 0; d <= derivative; d++) {
    const p = [new Float64Array(size).fill(d === 0 ? 1 : 0)];
    for (let k = 0; k < order; k++) {
      const b = k === 0 ? 0 : recurrence(m, k);
      p.push(
        Float64Array.from(
          { length: size },
          (_, i) => (i - m) * p[k][i] + (d === 0 ? 0 : d * lower[k][i]) - (k === 0 ? 0 : b * p[k - 1][i]),
        ),
      );
    }
    lower = p;
  }
  return lower;
}

/** The ratio of the squared norms of degree k and k - 1 of the monic Gram polynomials on 2 m + 1 points. */
function recurrence(m: number, k: number): number {
  const size = 2 * m + 1;
  return (k * k * (size * size - k * k)) / (4 * (4 * k * k - 1));
}
