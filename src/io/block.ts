/** A part of an array: `count[i]` indices from `offset[i]` on along axis i. */
export interface Block {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/** Numbers in a block. */
export function blockSize({ count }: Block): number {
  return count.reduce((a, b) => a * b, 1);
}

/** A copy of a block of a row-major array. */
export function cutBlock(data: Float32Array, shape: readonly number[], block: Block): Float32Array {
  const { offset, count } = block;
  const result = new Float32Array(blockSize(block));
  const run = count.at(-1) ?? 1;
  let to = 0;
  eachRow(block, (index) => {
    const from = shape.reduce((at, size, axis) => at * size + (index[axis] ?? offset[axis]), 0);
    result.set(data.subarray(from, from + run), to);
    to += run;
  });
  return result;
}

/** Calls `visit` with the index of the first element of every row (run along the last axis) of a block, in order. */
export function eachRow({ offset, count }: Block, visit: (index: readonly number[]) => void): void {
  if (count.includes(0)) return;
  const last = count.length - 1;
  const index = [...offset];
  for (;;) {
    visit(index);
    let axis = last - 1;
    while (axis >= 0 && ++index[axis] === offset[axis] + count[axis]) index[axis] = offset[axis--];
    if (axis < 0) return;
  }
}
