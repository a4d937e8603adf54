import { checkMemory } from "../../core/memory";
import { type Block, blockSize } from "../block";
import { type Hdf5Dataset, readFloat32 } from "../hdf5/dataset";
import type { Hdf5File } from "../hdf5/file";

/** A block of a grid of positions and spectral points, whose elements may have several numbers. */
export interface GridRequest {
  readonly positionGrid: readonly number[];
  readonly spectralGrid: readonly number[];
  readonly block: Block;
  readonly signal?: AbortSignal;
}

/** Reads a block of the grid from a matrix of positions x spectral points that lists both in the order of the grid. */
export async function readGridBlock(
  file: Hdf5File,
  dataset: Hdf5Dataset,
  { positionGrid, spectralGrid, block, signal }: GridRequest,
): Promise<Float32Array> {
  checkMemory(8 * blockSize(block), `${dataset.path} (${block.count.join(" x ")})`, "read a smaller part of it");
  const [first, end] = [positionGrid.length, positionGrid.length + spectralGrid.length];
  const rows = runsOf(positionGrid, cut(block, 0, first));
  const columns = runsOf(spectralGrid, cut(block, first, end));
  const parts = cut(block, end);
  const run = columns.length * blockSize(parts);
  const width = columns.starts.length * run;
  const result = new Float32Array(blockSize(block));
  for (const [i, row] of rows.starts.entries()) {
    for (const [j, column] of columns.starts.entries()) {
      const offset = [row, column, ...parts.offset];
      const count = [rows.length, columns.length, ...parts.count];
      const values = await readFloat32(file, dataset, { block: { offset, count }, signal });
      for (let k = 0; k < rows.length; k++) {
        result.set(values.subarray(k * run, (k + 1) * run), (i * rows.length + k) * width + j * run);
      }
    }
  }
  return result;
}

function cut({ offset, count }: Block, from: number, to?: number): Block {
  return { offset: offset.slice(from, to), count: count.slice(from, to) };
}

/** A block as runs of consecutive places of the flattened array: where each begins, and how long all of them are. */
function runsOf(shape: readonly number[], { offset, count }: Block): { starts: readonly number[]; length: number } {
  let axis = shape.length - 1;
  while (axis > 0 && count[axis] === shape[axis]) axis--;
  if (axis < 0) return { starts: [0], length: 1 };
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  let starts = [0];
  for (let outer = 0; outer < axis; outer++) {
    const steps = Array.from({ length: count[outer] }, (_, i) => offset[outer] + i);
    starts = starts.flatMap((at) => steps.map((step) => at * shape[outer] + step));
  }
  return { starts: starts.map((at) => (at * shape[axis] + offset[axis]) * inner), length: count[axis] * inner };
}
