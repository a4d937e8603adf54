import type { FileHandle } from "node:fs/promises";
import type { Draft } from "./drafts";
import { typeName } from "./number-types";
import { checkRawArray, type RawArray, readRawArray } from "./raw-array";

/** What a format says of a signal whose numbers lie bare in the file. */
export interface RawSignal extends Partial<Omit<Draft, "read" | "dtype" | "bytes" | "packing">> {
  readonly name: string;
  readonly format: string;
  readonly axes: Draft["axes"];
  readonly array: RawArray;
  /** Where the numbers are the parts of complex ones. */
  readonly dtype?: string;
}

/** A draft over numbers in an open file. Throws a FormatError at once where the file is too short for them. */
export function rawDraft(file: FileHandle, size: number, path: string, signal: RawSignal): Draft {
  const { array, ...words } = signal;
  checkRawArray(array, size, path);
  return {
    path: signal.name,
    aliases: [],
    quantity: "",
    metadata: {},
    dtype: typeName(array.type),
    bytes: array.shape.reduce((a, b) => a * b, array.type.bytes),
    packing: [],
    ...words,
    read: (request) => readRawArray(file, array, path, request),
  };
}
