import type { FileHandle } from "node:fs/promises";
import { SpecbookError } from "../core/errors";
import { readExactly } from "./open-file";

/** Walks forwards through a file; reads it in pieces, so that many small steps are few reads. */
export interface ByteCursor {
  /** Where the next bytes lie in the file. */
  position(): number;
  /** Bytes between the position and the end of the file. */
  left(): number;
  /** The next bytes, valid until the next call; the position moves behind them. */
  take(length: number): Promise<Buffer>;
  /** Moves the position over bytes that are not wanted. */
  skip(length: number): void;
}

const PIECE = 2 ** 16;

/** A cursor at the start of an open file of `size` bytes. Running over its end is a FormatError. */
export function createByteCursor(file: FileHandle, size: number, path: string): ByteCursor {
  let piece = Buffer.alloc(0);
  let start = 0;
  let at = 0;
  const check = (length: number) => {
    if (length >= 0 && at + length <= size) return;
    throw new SpecbookError("FormatError", `"${path}" ends before its data do`, {
      got: `${size} bytes`,
      needed: `at least ${at + length} bytes, as its own lengths say`,
      remedy: "copy or download the file again: this copy is cut off, or damaged",
    });
  };
  return {
    position: () => at,
    left: () => size - at,
    async take(length) {
      check(length);
      if (at < start || at + length > start + piece.length) {
        piece = Buffer.alloc(Math.min(size - at, Math.max(length, PIECE)));
        start = at;
        await readExactly(file, piece, start, path);
      }
      const bytes = piece.subarray(at - start, at - start + length);
      at += length;
      return bytes;
    },
    skip(length) {
      check(length);
      at += length;
    },
  };
}
