import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import type { RowBlocks } from "../engine/linear-algebra";

/** 1 where a value of the block was measured and 0 where it is missing, one tensor for each block of the matrix. */
export interface ObservedBlocks {
  readonly tensors: readonly Tensor2D[];
  dispose(): void;
}

/** Puts the marks of a matrix [rows, columns] on the engine, block by block as the matrix lies there. */
export function observedBlocks({ tf }: Engine, x: RowBlocks, observed: Uint8Array): ObservedBlocks {
  const tensors = x.blocks.map(({ start, rows }) =>
    tf.tensor2d(Float32Array.from(observed.subarray(start * x.columns, (start + rows) * x.columns)), [rows, x.columns]),
  );
  return { tensors, dispose: () => tf.dispose([...tensors]) };
}
