/** Mean and variance of each of several values over a series of arrays, in one pass (Welford 1962, doi:10.2307/1266577). */
export interface Moments {
  add(values: Float32Array): void;
  mean(): Float32Array;
  /** With n - 1 in the denominator; needs two arrays. */
  variance(): Float64Array;
}

/** Collects arrays of `size` values. */
export function createMoments(size: number): Moments {
  const means = new Float64Array(size);
  const squares = new Float64Array(size);
  let count = 0;
  return {
    add: (values) => {
      const share = 1 / ++count;
      for (let i = 0; i < size; i++) {
        const difference = values[i] - means[i];
        means[i] += difference * share;
        squares[i] += difference * (values[i] - means[i]);
      }
    },
    mean: () => Float32Array.from(means),
    variance: () => squares.map((sum) => sum / (count - 1)),
  };
}
