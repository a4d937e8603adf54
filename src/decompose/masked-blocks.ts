import type { RowBlocks } from "../engine/linear-algebra";

/** The same blocks with marks at the measured values, row by row as the matrix lies there. */
export function maskedBlocks(x: RowBlocks, observed: Uint8Array): RowBlocks {
  const { tf } = x.engine;
  const marks = x.blocks.map(({ start, rows }) =>
    tf.tensor2d(Float32Array.from(observed.subarray(start * x.columns, (start + rows) * x.columns)), [rows, x.columns]),
  );
  return {
    ...x,
    each: (work, pace) => x.each((block, index) => work({ ...block, observed: marks[index] }, index), pace),
    dispose: () => {
      x.dispose();
      tf.dispose(marks);
    },
  };
}
