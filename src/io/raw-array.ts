import type { FileHandle } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { type Block, blockSize, eachRow } from "./block";
import type { ReadRequest } from "./drafts";
import { decodeNumbers, type NumberType } from "./number-types";
import { readExactly } from "./open-file";

/** Numbers that lie in a file, those of the last axis one after the other. */
export interface RawArray {
  /** Bytes before the number with index 0 along every axis. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly type: NumberType;
  /**
   * Bytes from one index of an axis to the next, for arrays with gaps (a header before every frame) or axes that run
   * backwards; that of the last axis is `type.bytes`. Default: no gaps, the last axis fastest.
   */
  readonly strides?: readonly number[];
}

/** Bytes after which the event loop runs: reads of a few bytes come by the ten thousand. */
const BYTES_TO_A_REST = 2 ** 20;
/** Bytes of one read at most. */
const LONGEST_READ = 2 ** 24;
/** Bytes that could be read in the time that a call takes: gaps shorter than this are read along. */
const COST_OF_A_READ = 2 ** 15;

/** Throws a FormatError unless the file holds all of the array: to be called before anything is allocated for it. */
export function checkRawArray(array: RawArray, fileSize: number, path: string): void {
  const { offset, shape, type } = array;
  const count = shape.reduce((a, b) => a * b, 1);
  const whole = { offset: shape.map(() => 0), count: shape };
  const { first, last } = count === 0 ? { first: 0, last: 0 } : spanOf(whole, stridesOf(array));
  const end = count === 0 ? offset : offset + last + type.bytes;
  const isPossible = Number.isSafeInteger(count * type.bytes) && Number.isSafeInteger(end) && count >= 0;
  if (isPossible && offset + first >= 0 && end <= fileSize) return;
  throw new SpecbookError("FormatError", `"${path}" ends before its data do`, {
    got: `${fileSize} bytes`,
    needed: `${shape.join(" x ")} numbers of ${type.bytes} bytes from byte ${offset + first} on: ${end} bytes`,
    remedy: "copy or download the file again: this copy is cut off, or its header is damaged",
  });
}

/**
 * Reads an array, or a block of it, as float32. Runs that lie close together are read at once. Between reads the event
 * loop runs, and the signal of the request stops the work.
 */
export async function readRawArray(
  file: FileHandle,
  array: RawArray,
  path: string,
  { block = { offset: array.shape.map(() => 0), count: array.shape }, signal }: ReadRequest = {},
): Promise<Float32Array> {
  const { offset, type } = array;
  checkMemory(4 * blockSize(block), `"${path}" (${block.count.join(" x ")})`, "read a smaller part of it");
  const result = new Float32Array(blockSize(block));
  const strides = stridesOf(array);
  const level = readingLevel(block, strides, type.bytes);
  const run = block.count.at(-1) ?? 1;
  let to = 0;
  let sinceRest = 0;
  for (const part of partsOf(block, level)) {
    if (signal?.aborted) throw stopped(path, signal.reason);
    const { first, last } = spanOf(part, strides);
    const bytes = new Uint8Array(last - first + type.bytes);
    await readExactly(file, bytes, offset + first, path);
    const numbers = decodeNumbers(bytes, type);
    eachRow(part, (index) => {
      const from = (at(index, strides) - first) / type.bytes;
      result.set(numbers.subarray(from, from + run), to);
      to += run;
    });
    sinceRest += bytes.length;
    if (sinceRest < BYTES_TO_A_REST) continue;
    sinceRest = 0;
    await setImmediate();
  }
  return result;
}

function at(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, i, axis) => sum + i * strides[axis], 0);
}

function stridesOf({ shape, type, strides }: RawArray): readonly number[] {
  return strides ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, type.bytes));
}

/** Where the first and the last number of a block lie, counted from the number with index 0 along every axis. */
function spanOf({ offset, count }: Block, strides: readonly number[]): { first: number; last: number } {
  let first = 0;
  let last = 0;
  for (const [axis, stride] of strides.entries()) {
    const ends = [offset[axis] * stride, (offset[axis] + count[axis] - 1) * stride];
    first += Math.min(...ends);
    last += Math.max(...ends);
  }
  return { first, last };
}

/** The number of leading axes to walk through, so that reading what lies below them at once costs least. */
function readingLevel({ count }: Block, strides: readonly number[], bytes: number): number {
  const costs = count.map((_, level) => {
    const span = count.reduce((sum, n, axis) => (axis < level ? sum : sum + (n - 1) * Math.abs(strides[axis])), bytes);
    const isAligned = strides.slice(level).every((stride) => stride % bytes === 0);
    const reads = count.slice(0, level).reduce((a, b) => a * b, 1);
    return isAligned && span <= LONGEST_READ ? reads * (span + COST_OF_A_READ) : Number.POSITIVE_INFINITY;
  });
  const least = Math.min(...costs);
  return Number.isFinite(least) ? costs.indexOf(least) : Math.max(0, count.length - 1);
}

/** The block cut into parts that are one read each: one index of each axis above `level`, pieces of the axis at it. */
function* partsOf(block: Block, level: number): Generator<Block> {
  if (block.count.includes(0)) return;
  const { offset, count } = block;
  const outer = { offset: offset.slice(0, level), count: count.slice(0, level) };
  const inner = { offset: offset.slice(level), count: count.slice(level) };
  const starts: number[][] = [];
  if (level === 0) starts.push([]);
  else {
    eachRow({ offset: [...outer.offset, 0], count: [...outer.count, 1] }, (index) => {
      starts.push(index.slice(0, level));
    });
  }
  const pieces = inner.count.length === 1 ? runPieces(inner) : [inner];
  for (const start of starts) {
    for (const piece of pieces) {
      yield { offset: [...start, ...piece.offset], count: [...outer.count.map(() => 1), ...piece.count] };
    }
  }
}

/** A single run in pieces that are short enough to read. */
function runPieces({ offset: [first], count: [total] }: Block): Block[] {
  const most = LONGEST_READ / 8; // numbers of 8 bytes at most
  return Array.from({ length: Math.ceil(total / most) }, (_, i) => ({
    offset: [first + i * most],
    count: [Math.min(most, total - i * most)],
  }));
}

function stopped(path: string, reason: unknown): SpecbookError {
  return new SpecbookError("CancelledError", `reading "${path}" was stopped`, {
    got: "a stop request before the end of the data",
    needed: "to read to their end",
    remedy: "run the cell again when you want them",
    cause: reason,
  });
}
