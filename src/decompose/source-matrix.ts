import type { Tensor2D } from "@tensorflow/tfjs-core";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import type { Image, SpectrumSource } from "../data";
import { checkValues, type ValueCheck } from "../data/check-values";
import { rowsAtOnce } from "../data/spectrum-source";
import type { Engine } from "../engine/engine";
import { type BlockedMatrix, blockHeight, type RowBlock } from "../engine/linear-algebra";
import { regionPixels } from "../signal";
import { type ScanMatrix, type SpectraMatrix, spectraMatrix } from "./scan-matrix";

/** The spectra of a source as a matrix that is read anew for every pass; the first complete one checks the values. */
export function sourceMatrix(
  source: SpectrumSource,
  mask: Image | ArrayLike<number> | undefined,
  check: Pick<ValueCheck, "nonNegative" | "allowMissing" | "remedy">,
  block: number = rowsAtOnce(source),
): SpectraMatrix {
  checkBlock(block);
  const [rows, columns, channels] = source.shape;
  const chosen = mask === undefined ? undefined : Int32Array.from(regionPixels([rows, columns], { mask }));
  const index = chosen ?? Int32Array.from({ length: rows * columns }, (_, i) => i);
  const shape = chosen === undefined ? [rows, columns, channels] : [chosen.length, channels];
  const dimensions = chosen === undefined ? ["row", "column", "channel"] : ["pixel that was kept", "channel"];
  let isChecked = false;
  return {
    ...spectraMatrix(
      source,
      index,
      Int32Array.from({ length: channels }, (_, c) => c),
    ),
    pieces: async function* () {
      let done = 0; // pixels
      for await (const { first, data } of rowPieces(source, block)) {
        const end = first + data.length / channels;
        let count = 0;
        while (done + count < index.length && index[done + count] < end) count++;
        const kept = chosen === undefined ? data : gathered(data, first, index.subarray(done, done + count), channels);
        if (!isChecked) checkValues(kept, { what: "spectra", shape, dimensions, from: done * channels, ...check });
        done += count;
        if (count > 0) yield kept;
      }
      isChecked = true;
    },
  };
}

function checkBlock(block: number): void {
  if (Number.isInteger(block) && block >= 1) return;
  throw new SpecbookError("OptionError", "the number of rows that are read at once is not usable", {
    got: `block: ${block}`,
    needed: "a whole number of at least 1",
    remedy: "leave it out for blocks of about 64 MiB",
  });
}

/** The same with all numbers read into memory. */
export async function heldMatrix(matrix: SpectraMatrix): Promise<ScanMatrix> {
  const size = matrix.pixels * matrix.channels;
  checkMemory(4 * size, `${matrix.pixels} spectra of ${matrix.channels} channels`, "crop the scan, or the energy axis");
  const data = new Float32Array(size);
  let done = 0;
  for await (const piece of matrix.pieces()) {
    data.set(piece, done);
    done += piece.length;
  }
  if (matrix.gaps === undefined) return { ...matrix, data };
  const observed = Uint8Array.from(data, (value) => (Number.isNaN(value) ? 0 : 1));
  return { ...matrix, gaps: undefined, data: data.map((value, i) => (observed[i] === 1 ? value : 0)), observed };
}

/** All rows of a source; the next piece is read while the last is worked on. `first` is its first pixel. */
async function* rowPieces(
  source: SpectrumSource,
  height: number,
): AsyncGenerator<{ first: number; data: Float32Array }> {
  const [rows, columns] = source.shape;
  const read = (first: number) => source.readRows(first, Math.min(first + height, rows));
  let next: Promise<Float32Array> | undefined = read(0);
  try {
    for (let first = 0; first < rows; first += height) {
      const data: Float32Array = await (next as Promise<Float32Array>); // undefined after the last row only
      next = first + height < rows ? read(first + height) : undefined;
      next?.catch(() => {}); // it is told of when its turn comes
      yield { first: first * columns, data };
    }
  } finally {
    await next?.catch(() => {}); // of a pass that ended early: nothing is read behind its back
  }
}

function gathered(data: Float32Array, first: number, pixels: Int32Array, channels: number): Float32Array {
  const result = new Float32Array(pixels.length * channels);
  for (const [i, pixel] of pixels.entries()) {
    const from = (pixel - first) * channels;
    result.set(data.subarray(from, from + channels), i * channels);
  }
  return result;
}

/**
 * A matrix that is streamed through the engine. Its blocks are cut as those of `rowBlocks`, however the pieces come, so
 * that sums over them round alike.
 */
export function streamedBlocks(engine: Engine, matrix: SpectraMatrix): BlockedMatrix {
  const { pixels, channels } = matrix;
  const { tf } = engine;
  const height = blockHeight(channels);
  return {
    engine,
    rows: pixels,
    columns: channels,
    each: async (work, pace) => {
      let index = 0;
      let start = 0;
      for await (const data of inLengths(matrix.pieces(), height * channels)) {
        if (index > 0 && pace?.stopped()) return false;
        const rows = data.length / channels;
        tf.tidy(() => {
          const tensor = tf.tensor2d(data, [rows, channels]);
          work({ start, rows, ...(matrix.gaps === undefined ? { tensor } : measured(engine, tensor)) }, index);
        });
        start += rows;
        index++;
        await pace?.rest();
      }
      return true;
    },
  };
}

/** 0 and a mark of 0 in the place of NaN, which is the only value that does not equal itself. */
function measured({ tf }: Engine, tensor: Tensor2D): Pick<RowBlock, "tensor" | "observed"> {
  const isMeasured = tf.equal<Tensor2D>(tensor, tensor);
  return {
    tensor: tf.where(isMeasured, tensor, tf.zerosLike(tensor)),
    observed: tf.cast<Tensor2D>(isMeasured, "float32"),
  };
}

/** The same numbers in arrays of one length; the last may be shorter. */
async function* inLengths(pieces: AsyncIterable<Float32Array>, length: number): AsyncGenerator<Float32Array> {
  const rest = new Float32Array(length);
  let held = 0;
  for await (const piece of pieces) {
    let from = 0;
    if (held > 0) {
      from = Math.min(length - held, piece.length);
      rest.set(piece.subarray(0, from), held);
      held += from;
      if (held < length) continue;
      yield rest;
      held = 0;
    }
    for (; from + length <= piece.length; from += length) yield piece.subarray(from, from + length);
    rest.set(piece.subarray(from));
    held = piece.length - from;
  }
  if (held > 0) yield rest.subarray(0, held);
}
