import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";

/** Columns of a panel: wide enough for the product to run at full speed, narrow enough to skip most of its half. */
const PANEL = 384;

/**
 * sum += X^T X for X [rows, columns] in the upper triangle (diagonal panels whole), in float64. The product is symmetric:
 * only the panels on and above its diagonal are computed. `mirror` fills the rest when all has been added.
 */
export function addOuterProducts(engine: Engine, sum: Float64Array, x: Tensor2D): void {
  const columns = x.shape[1];
  const panels = panelsOf(engine, x);
  for (const [i, left] of panels.entries()) {
    for (const right of panels.slice(i)) {
      const [height, width] = [left.tensor.shape[1], right.tensor.shape[1]];
      const values = readFloats(transposedProduct(engine, left.tensor, right.tensor));
      for (let row = 0, at = 0; row < height; row++) {
        const start = (left.start + row) * columns + right.start;
        for (let c = start; c < start + width; c++) sum[c] += values[at++];
      }
    }
  }
}

/** Rows and columns of a tile that fits a processor's cache together with its mirror image. */
const TILE = 32;

/** Copies the upper triangle of a square matrix to the lower one. */
export function mirror(matrix: Float64Array, size: number): void {
  for (let top = 0; top < size; top += TILE) {
    for (let left = 0; left <= top; left += TILE) {
      for (let i = top; i < Math.min(size, top + TILE); i++) {
        for (let j = left; j < Math.min(i, left + TILE); j++) matrix[i * size + j] = matrix[j * size + i];
      }
    }
  }
}

function panelsOf({ tf }: Engine, x: Tensor2D): { start: number; tensor: Tensor2D }[] {
  const columns = x.shape[1];
  if (columns <= PANEL) return [{ start: 0, tensor: x }];
  const count = Math.ceil(columns / PANEL);
  const starts = Array.from({ length: count + 1 }, (_, i) => Math.round((i * columns) / count));
  const sizes = Array.from({ length: count }, (_, i) => starts[i + 1] - starts[i]);
  return tf.split<Tensor2D>(x, sizes, 1).map((tensor, i) => ({ start: starts[i], tensor }));
}

/** A^T B of two matrices with the same rows. */
export function transposedProduct({ tf, native }: Engine, a: Tensor2D, b: Tensor2D): Tensor2D {
  // The wasm backend's product with a transposed operand is 20 times slower than a transposition and a plain product.
  return native === undefined ? tf.tidy(() => tf.matMul(tf.transpose(a), b)) : tf.matMul(a, b, true, false);
}

/** The float32 values of a tensor. */
export function readFloats(tensor: { dataSync(): ArrayLike<number> }): Float32Array {
  return tensor.dataSync() as Float32Array; // every tensor made here is float32
}

/** sum += values, element by element. */
export function addTo(sum: Float64Array, values: ArrayLike<number>): void {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i];
}
