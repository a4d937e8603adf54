/** Where the pixels of a data matrix lie in their scan. */
export interface ScanPlaces {
  readonly rows: number;
  readonly columns: number;
  /** row * columns + column of each pixel, rising. */
  readonly index: ArrayLike<number>;
}

/**
 * The matrix M of a quadratic form f M f, the sum of the squared second differences of the rows of a factor [rows, k]:
 * few entries in each row, so that M f is at hand at every place.
 */
export interface Curvature {
  /** Diagonal element of a row. */
  diagonal(row: number): number;
  /** (M f) at a row of component j. */
  slope(factor: ArrayLike<number>, k: number, row: number, j: number): number;
  /** The parts of `slope` from the positive entries of M and, as a positive number, from the negative ones. */
  parts(factor: ArrayLike<number>, k: number, row: number, j: number): { positive: number; negative: number };
}

/** Second differences along the energy, over three neighbouring channels that are all present. */
export function energyCurvature(channels: ArrayLike<number>): Curvature {
  const triples: number[] = [];
  for (let c = 1; c < channels.length - 1; c++) {
    if (channels[c + 1] - channels[c - 1] === 2) triples.push(c - 1, c, c + 1);
  }
  return curvature(channels.length, triples);
}

/** Second differences along the rows and along the columns of a scan, over three neighbouring pixels that are all present. */
export function scanCurvature({ rows, columns, index }: ScanPlaces): Curvature {
  const at = new Int32Array(rows * columns).fill(-1);
  for (let i = 0; i < index.length; i++) at[index[i]] = i;
  const triples: number[] = [];
  const add = (a: number, b: number, c: number) => {
    if (at[a] >= 0 && at[b] >= 0 && at[c] >= 0) triples.push(at[a], at[b], at[c]);
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = row * columns + column;
      if (column > 0 && column < columns - 1) add(place - 1, place, place + 1);
      if (row > 0 && row < rows - 1) add(place - columns, place, place + columns);
    }
  }
  return curvature(index.length, triples);
}

const STENCIL = [1, -2, 1];

/** The sum of d d^T over all second differences d, row by row (compressed sparse rows). */
function curvature(size: number, triples: readonly number[]): Curvature {
  const entries = Array.from({ length: size }, () => new Map<number, number>());
  for (let t = 0; t < triples.length; t += 3) {
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const row = entries[triples[t + a]];
        const column = triples[t + b];
        row.set(column, (row.get(column) ?? 0) + STENCIL[a] * STENCIL[b]);
      }
    }
  }
  const starts = new Int32Array(size + 1);
  for (const [i, row] of entries.entries()) starts[i + 1] = starts[i] + row.size;
  const columns = Int32Array.from(entries.flatMap((row) => [...row.keys()]));
  const values = Float64Array.from(entries.flatMap((row) => [...row.values()]));
  const diagonals = Float64Array.from(entries, (row, i) => row.get(i) ?? 0);

  const parts = (factor: ArrayLike<number>, k: number, row: number, j: number) => {
    let positive = 0;
    let negative = 0;
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const product = values[e] * factor[columns[e] * k + j];
      if (values[e] > 0) positive += product;
      else negative -= product;
    }
    return { positive, negative };
  };
  return {
    diagonal: (row) => diagonals[row],
    slope: (factor, k, row, j) => {
      let sum = 0;
      for (let e = starts[row]; e < starts[row + 1]; e++) sum += values[e] * factor[columns[e] * k + j];
      return sum;
    },
    parts,
  };
}
