import type { FileHandle } from "node:fs/promises";
import { checkMemory } from "../../core/memory";
import { type Block, blockSize } from "../block";
import { type RawArray, readRawArray } from "../raw-array";

/** Reads a block [rows, columns, numbers] of a grid of which `measured` positions are in the file; the others are NaN. */
export async function readMeasured(
  file: FileHandle,
  array: RawArray,
  measured: number,
  path: string,
  block: Block,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const columns = array.shape[1];
  const [row, column, first] = block.offset;
  const [rows, width, length] = block.count;
  const whole = Math.floor(measured / columns);
  if (row + rows <= whole) return readRawArray(file, array, path, { block, signal });
  checkMemory(4 * blockSize(block), `"${path}" (${block.count.join(" x ")})`, "read a smaller part of it");
  const result = new Float32Array(blockSize(block)).fill(Number.NaN);
  const put = async (top: number, height: number, wide: number) => {
    if (height <= 0 || wide <= 0) return;
    const part = { offset: [top, column, first], count: [height, wide, length] };
    result.set(await readRawArray(file, array, path, { block: part, signal }), (top - row) * width * length);
  };
  await put(row, whole - row, width);
  const left = measured - whole * columns - column; // of the row in which the measurement ended
  if (whole >= row) await put(whole, 1, Math.min(width, left));
  return result;
}
