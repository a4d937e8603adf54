/** A range of rows or columns, [first, last + 1] as in `slice`. */
export type PixelRange = readonly [number, number];

/**
 * Part of a scan as it is drawn on a map. Lengths are scan pixels: pixel (row, column) covers row to row + 1 and column to
 * column + 1. A pixel belongs to an ellipse (inscribed in its rows and columns) or a polygon when its centre does.
 */
export type ScanShape =
  | { readonly kind: "rectangle" | "ellipse"; readonly rows: PixelRange; readonly columns: PixelRange }
  /** Corners as [row, column]; it closes itself. What it encloses an even number of times is outside. */
  | { readonly kind: "polygon"; readonly corners: readonly (readonly [number, number])[] }
  /** Any pixels, as runs within a row: [row, first column, last column + 1]. */
  | { readonly kind: "runs"; readonly runs: readonly PixelRun[] };

/** Pixels of one row: [row, first column, last column + 1]. */
export type PixelRun = readonly [number, number, number];

/** The pixels of a shape that lie in a scan of [rows, columns], row by row. */
export function shapeRuns(shape: ScanShape, [rows, columns]: readonly [number, number]): PixelRun[] {
  const inScan = ([row, from, end]: PixelRun): PixelRun => [row, Math.max(0, from), Math.min(columns, end)];
  return runsOf(shape, rows)
    .map(inScan)
    .filter(([row, from, end]) => row >= 0 && row < rows && from < end);
}

function runsOf(shape: ScanShape, rows: number): PixelRun[] {
  if (shape.kind === "runs") return [...shape.runs];
  if (shape.kind === "polygon") return polygonRuns(shape.corners, rows);
  const [first, end] = shape.rows;
  const height = Math.max(0, end - first);
  if (shape.kind === "rectangle") return Array.from({ length: height }, (_, i) => [first + i, ...shape.columns]);
  const [left, right] = shape.columns;
  return Array.from({ length: height }, (_, i) => {
    const off = (2 * i + 1) / height - 1; // of the pixel's centre from that of the ellipse, in half heights
    const reach = ((right - left) / 2) * Math.sqrt(1 - off ** 2);
    return [first + i, ...between((left + right) / 2 - reach, (left + right) / 2 + reach)];
  });
}

/** The columns whose centres lie between two places. */
function between(from: number, to: number): [number, number] {
  return [Math.ceil(from - 0.5 - 1e-9), Math.floor(to - 0.5 + 1e-9) + 1];
}

function polygonRuns(corners: readonly (readonly [number, number])[], rows: number): PixelRun[] {
  const heights = corners.map(([row]) => row);
  const first = Math.max(0, Math.floor(Math.min(...heights)));
  const end = Math.min(rows, Math.ceil(Math.max(...heights)));
  const runs: PixelRun[] = [];
  for (let row = first; row < end; row++) {
    const crossings = crossingsAt(corners, row + 0.5);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const run = between(crossings[i], crossings[i + 1]);
      if (run[0] < run[1]) runs.push([row, ...run]);
    }
  }
  return runs;
}

/** Where a horizontal line crosses the sides of a polygon, from left to right. */
function crossingsAt(corners: readonly (readonly [number, number])[], height: number): number[] {
  const crossings: number[] = [];
  for (let i = 0; i < corners.length; i++) {
    const [y, x] = corners[i];
    const [y2, x2] = corners[(i + 1) % corners.length];
    if (y > height !== y2 > height) crossings.push(x + ((height - y) / (y2 - y)) * (x2 - x));
  }
  return crossings.sort((a, b) => a - b);
}

/** How many pixels runs hold; none of them twice. */
export function pixelCount(runs: readonly PixelRun[]): number {
  return runs.reduce((sum, [, from, end]) => sum + end - from, 0);
}

/** 1 inside, 0 outside, [rows * columns]. */
export function runsMask(runs: readonly PixelRun[], [rows, columns]: readonly [number, number]): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  for (const [row, from, end] of runs) mask.fill(1, row * columns + from, row * columns + end);
  return mask;
}

/** The pixels of a mask (neither 0 nor NaN: inside) as a shape. */
export function maskShape(mask: ArrayLike<number>, [rows, columns]: readonly [number, number]): ScanShape {
  const runs: PixelRun[] = [];
  for (let row = 0; row < rows; row++) {
    let from = -1;
    for (let column = 0; column <= columns; column++) {
      const value = column < columns ? mask[row * columns + column] : 0;
      const isInside = value !== 0 && !Number.isNaN(value);
      if (isInside && from < 0) from = column;
      if (isInside || from < 0) continue;
      runs.push([row, from, column]);
      from = -1;
    }
  }
  return { kind: "runs", runs };
}
