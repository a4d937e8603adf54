import type { FileHandle } from "node:fs/promises";
import { SpecbookError } from "../core/errors";
import { readExactly } from "./open-file";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** A text in UTF-8, or in Latin-1 where it is no UTF-8: older programs wrote the letters of their system. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  }
}

/** A whole text file; one above `most` bytes is a FormatError. */
export async function readText(file: FileHandle, size: number, path: string, most: number): Promise<string> {
  if (size > most) {
    throw new SpecbookError("FormatError", `"${path}" is too long for a text of its format`, {
      got: `${size} bytes`,
      needed: `at most ${most} bytes`,
      remedy: "check that this is the file you meant; larger data belong into a binary format, e.g. .hspy",
    });
  }
  const bytes = new Uint8Array(size);
  await readExactly(file, bytes, 0, path);
  return decodeText(bytes);
}
