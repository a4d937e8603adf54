import { SpecbookError } from "../core/errors";
import type { Image } from "../data";

/**
 * Part of a scan: a rectangle in scan pixels, each bound [first, last + 1] as in `slice` (left out: the whole length),
 * or a mask of the scan's shape in which every value other than 0 (NaN counts as 0) is inside.
 */
export type Region =
  | { readonly rows?: readonly [number, number]; readonly columns?: readonly [number, number] }
  | { readonly mask: Image | ArrayLike<number> };

/**
 * The pixels of a region as indices row * columns + column, in ascending order.
 *
 * @throws ShapeError for a region outside the scan or without a pixel
 */
export function regionPixels(scan: readonly [number, number], region: Region): number[] {
  return "mask" in region ? maskPixels(scan, region.mask) : rectanglePixels(scan, region);
}

function rectanglePixels(
  scan: readonly [number, number],
  { rows = [0, scan[0]], columns = [0, scan[1]] }: Extract<Region, { rows?: unknown }>,
): number[] {
  checkBounds("rows", rows, scan[0]);
  checkBounds("columns", columns, scan[1]);
  const pixels: number[] = [];
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) pixels.push(row * scan[1] + column);
  }
  return pixels;
}

/**
 * Throws unless [from, to] is a part of the `size` rows (columns) of a scan.
 *
 * @throws ShapeError
 */
export function checkBounds(name: "rows" | "columns", [from, to]: readonly [number, number], size: number): void {
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to <= size && from < to) return;
  throw new SpecbookError("ShapeError", "the region lies outside the scan, or is empty", {
    got: `${name} [${from}, ${to}]`,
    needed: `whole numbers, 0 <= first < end <= ${size}`,
    remedy: `for example { ${name}: [0, ${size}] } for all ${name}; the end is one past the last`,
  });
}

function maskPixels([rows, columns]: readonly [number, number], mask: Image | ArrayLike<number>): number[] {
  const values: ArrayLike<number> = "kind" in mask ? mask.data : mask;
  const shape = "kind" in mask ? mask.shape.join(" x ") : `${values.length} values`;
  const fits = "kind" in mask ? mask.shape[0] === rows && mask.shape[1] === columns : values.length === rows * columns;
  if (!fits) {
    throw new SpecbookError("ShapeError", "the mask has another size than the scan", {
      got: shape,
      needed: `${rows} x ${columns} = ${rows * columns} values`,
      remedy: "make the mask on the scan grid of the spectra, row by row",
    });
  }
  const pixels = Array.from(values, (value, i) => (value !== 0 && !Number.isNaN(value) ? i : -1)).filter((i) => i >= 0);
  if (pixels.length === 0) {
    throw new SpecbookError("ShapeError", "the mask holds no pixel", {
      got: "0 everywhere",
      needed: "at least one value other than 0",
      remedy: "check the threshold the mask was made with",
    });
  }
  return pixels;
}
