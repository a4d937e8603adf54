import type { NumberArray } from "./number-types";

/** A row-major copy of an array that lies column by column (Fortran's and MATLAB's order), of any number of axes. */
export function fromColumnMajor<T extends NumberArray>(data: T, shape: readonly number[]): T {
  if (shape.length < 2) return data;
  const axes = shape.map((_, i) => shape.length - 1 - i);
  return permute(data, [...shape].reverse(), axes);
}

/** A new array with axis `order[i]` at place i; row-major before and after. */
export function permute<T extends NumberArray>(data: T, shape: readonly number[], order: readonly number[]): T {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const steps = order.map((from) => strides[from]);
  const sizes = order.map((from) => shape[from]);
  const result = data.slice() as T; // slice keeps the type of the array
  const lead = order[0];
  if (order.every((from, i) => from === (lead + i) % order.length)) {
    transposeInto(result, data, strides[lead] * shape[lead], data.length);
    return result;
  }
  const index = new Array<number>(order.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from];
    for (let place = order.length - 1; place >= 0; place--) {
      from += steps[place];
      if (++index[place] < sizes[place]) break;
      from -= steps[place] * sizes[place];
      index[place] = 0;
    }
  }
  return result;
}

const TILE = 32;

/** The transpose of a matrix with rows of `columns` numbers, tile by tile: whole strides would miss the cache each. */
function transposeInto(result: NumberArray, data: NumberArray, columns: number, length: number): void {
  const rows = length / columns;
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let column = left; column < right; column++) {
        for (let row = top; row < bottom; row++) result[column * rows + row] = data[row * columns + column];
      }
    }
  }
}
