/**
 * The one-to-one assignment of rows to columns with the largest sum of values, by shortest augmenting paths in O(n^2 m)
 * (the Hungarian method: H. W. Kuhn, Naval Research Logistics Quarterly 2, 83 (1955), doi:10.1002/nav.3800020109; with the
 * potentials of R. Jonker and A. Volgenant, Computing 38, 325 (1987), doi:10.1007/BF02278710).
 *
 * @param values [rows, columns], finite
 * @returns for each row its column, or -1 where there are more rows than columns and the row is left over
 */
export function assign(values: ArrayLike<number>, rows: number, columns: number): Int32Array {
  if (rows > columns) {
    const turned = Float64Array.from(
      { length: rows * columns },
      (_, i) => values[(i % rows) * columns + Math.floor(i / rows)],
    );
    const result = new Int32Array(rows).fill(-1);
    for (const [column, row] of assign(turned, columns, rows).entries()) result[row] = column;
    return result;
  }
  // Index 0 of rows and columns is the place of "none".
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    const before = shortestPath(row);
    for (let column = before.end; column !== 0; column = before.way[column]) {
      rowOf[column] = rowOf[before.way[column]];
    }
  }
  const result = new Int32Array(rows).fill(-1);
  for (let column = 1; column <= columns; column++) if (rowOf[column] > 0) result[rowOf[column] - 1] = column - 1;
  return result;

  /** The cheapest way from a new row to a free column; each column knows the one before it on the way. */
  function shortestPath(from: number): { end: number; way: Int32Array } {
    const least = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const way = new Int32Array(columns + 1);
    const done = new Uint8Array(columns + 1);
    rowOf[0] = from;
    let at = 0;
    do {
      done[at] = 1;
      const row = rowOf[at];
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let column = 1; column <= columns; column++) {
        if (done[column]) continue;
        const cost = -values[(row - 1) * columns + column - 1] - rowPotential[row] - columnPotential[column];
        if (cost < least[column]) {
          least[column] = cost;
          way[column] = at;
        }
        if (least[column] < step) {
          step = least[column];
          next = column;
        }
      }
      for (let column = 0; column <= columns; column++) {
        if (done[column]) {
          rowPotential[rowOf[column]] += step;
          columnPotential[column] -= step;
        } else least[column] -= step;
      }
      at = next;
    } while (rowOf[at] !== 0);
    return { end: at, way };
  }
}
