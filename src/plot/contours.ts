/** A grid of values with the coordinates of its columns and rows. */
export interface CoordinateGrid {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** [y, x] row-major. */
  readonly values: ArrayLike<number>;
}

/** A line of points of one level; a closed one ends where it starts. */
export interface Contour {
  readonly x: number[];
  readonly y: number[];
}

type Point = readonly [number, number];

/**
 * The lines on which values linearly interpolated between the points of a grid have a level (marching squares; where a
 * cell's corners alternate, the mean of the four decides which belong together).
 */
export function contours(grid: CoordinateGrid, level: number): Contour[] {
  const columns = grid.x.length;
  const neighbours = new Map<number, number[]>();
  const link = (a: number, b: number) => neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
  for (let row = 0; row < grid.y.length - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      for (const [a, b] of cellSegments(grid, row, column, level)) {
        link(a, b);
        link(b, a);
      }
    }
  }
  return joined(neighbours, (edge) => crossing(grid, edge, level));
}

/** Edges are numbered 2 (row * columns + column), + 1 for the one upwards from that point instead of to the right. */
function cellSegments({ x, values }: CoordinateGrid, row: number, column: number, level: number): [number, number][] {
  const columns = x.length;
  const at = row * columns + column;
  const corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
  if (!corners.every(Number.isFinite)) return [];
  const above = corners.map((value) => value >= level);
  const [bottom, right, top, left] = [2 * at, 2 * (at + 1) + 1, 2 * (at + columns), 2 * at + 1];
  const edges = [bottom, right, top, left];
  const crossed = edges.filter((_, i) => above[i] !== above[(i + 1) % 4]);
  if (crossed.length === 0) return [];
  if (crossed.length === 2) return [[crossed[0], crossed[1]]];
  const middle = corners.reduce((sum, value) => sum + value, 0) / 4 >= level;
  // Corners 0 and 2 are cut off when they differ from the middle, else corners 1 and 3.
  return above[0] === middle
    ? [
        [bottom, right],
        [top, left],
      ]
    : [
        [left, bottom],
        [right, top],
      ];
}

function crossing({ x, y, values }: CoordinateGrid, edge: number, level: number): Point {
  const at = Math.floor(edge / 2);
  const other = edge % 2 === 0 ? at + 1 : at + x.length;
  const share = (level - values[at]) / (values[other] - values[at]);
  const [row, column] = [Math.floor(at / x.length), at % x.length];
  if (edge % 2 === 0) return [x[column] + share * (x[column + 1] - x[column]), y[row]];
  return [x[column], y[row] + share * (y[row + 1] - y[row])];
}

/** Lines along neighbours: first from the open ends, then around what is closed. */
function joined(neighbours: Map<number, number[]>, point: (edge: number) => Point): Contour[] {
  const lines: Contour[] = [];
  const starts = [...neighbours].filter(([, ends]) => ends.length === 1).map(([edge]) => edge);
  for (const start of [...starts, ...neighbours.keys()]) {
    if (!neighbours.has(start)) continue;
    const line: Contour = { x: [], y: [] };
    for (let edge: number | undefined = start; edge !== undefined; ) {
      const [x, y] = point(edge);
      line.x.push(x);
      line.y.push(y);
      const ends: number[] = neighbours.get(edge) ?? [];
      neighbours.delete(edge);
      const next: number | undefined = ends.find((end) => neighbours.has(end));
      if (next === undefined && ends.includes(start) && line.x.length > 2) {
        line.x.push(line.x[0]);
        line.y.push(line.y[0]);
      }
      edge = next;
    }
    lines.push(line);
  }
  return lines;
}
