import type { Block } from "../block";

/**
 * Cuts an array into parts that cover it in row-major order, each of at most `limit` bytes, or of up to four times as
 * many where that saves cutting through chunks: every cut through a chunk unpacks it once more.
 *
 * @param from where the array begins in the one that is chunked; default at its first index
 */
export function blocksOf(
  shape: readonly number[],
  bytes: number,
  chunks: readonly number[] | undefined,
  limit: number,
  from: readonly number[] = shape.map(() => 0),
): Block[] {
  if (shape.length === 0) return [{ offset: [], count: [] }];
  let axis = 0;
  let row = shape.slice(1).reduce((a, b) => a * b, bytes); // bytes of one index of the axis that is cut
  while (row > limit && axis < shape.length - 1) row /= shape[++axis];
  const rows = Math.max(1, Math.floor(limit / row));
  const chunk = chunks?.[axis] ?? 1;
  const step = rows >= chunk ? rows - (rows % chunk) : Math.min(chunk, 4 * rows);
  const lead = step >= chunk ? from[axis] % chunk : 0; // of a chunk that began before: the first part ends where it does
  const outer = shape.slice(0, axis);
  const inner = shape.slice(axis + 1);
  return indices(outer).flatMap((at) =>
    Array.from({ length: Math.ceil((lead + shape[axis]) / step) }, (_, part) => {
      const first = Math.max(0, part * step - lead);
      return {
        offset: [...at, first, ...inner.map(() => 0)],
        count: [...at.map(() => 1), Math.min(shape[axis], (part + 1) * step - lead) - first, ...inner],
      };
    }),
  );
}

/** Every index of an array of this shape, in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, size) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}
