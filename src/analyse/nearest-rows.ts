/** Values compared between two looks at whether a row can still be among the nearest. */
const STRETCH = 16;

/** Rows of equal length. */
export interface RowSet {
  readonly data: ArrayLike<number>;
  readonly count: number;
  readonly size: number;
}

/** One of the rows nearest to a point. */
export interface NearRow {
  readonly index: number;
  /** Squared Euclidean distance. */
  readonly squared: number;
}

/** The rows nearest to a point, nearest first; equal distances in the order of the rows. */
export function nearestRows({ data, count, size }: RowSet, point: ArrayLike<number>, neighbours: number): NearRow[] {
  const near: NearRow[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    let squared = 0;
    const start = index * size;
    for (let from = 0; from < size && squared < limit; from += STRETCH) {
      const to = Math.min(size, from + STRETCH);
      for (let k = from; k < to; k++) squared += (data[start + k] - point[k]) ** 2;
    }
    if (squared >= limit) continue;
    const place = near.findIndex((other) => squared < other.squared);
    near.splice(place < 0 ? near.length : place, 0, { index, squared });
    near.length = Math.min(near.length, neighbours);
    if (near.length === neighbours) limit = near[neighbours - 1].squared;
  }
  return near;
}
