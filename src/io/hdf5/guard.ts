import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { isPlugin } from "./plugins";

/** The file functions of the HDF5 library's C runtime; replacing one here replaces it for the library. */
export interface RuntimeFiles {
  readonly streams: unknown[];
  readonly ErrnoError: new (code: number) => Error;
  open(path: string, ...rest: unknown[]): unknown;
  read(stream: unknown, buffer: Uint8Array, offset: number, length: number, position?: number): number;
}

/** What `work` gave or threw, and what HDF5 printed meanwhile. */
export interface Outcome<T> {
  readonly result?: T;
  readonly report: string;
  readonly thrown?: unknown;
}

const PRINTED = [1, 2]; // standard output, where filters print, and standard error, where HDF5 does
const LONGEST_REPORT = 20_000;
const NO_SUCH_FILE = 44; // error numbers of WASI
const INPUT_OUTPUT = 29;

/**
 * Runs calls into HDF5 with three things held: what it prints is caught; no file but `path` and the filters can be opened, so
 * that external links, external storage and virtual data sets read nothing else; and a global heap is checked before HDF5
 * parses it, because version 2.0 loops for ever in a damaged one.
 */
export function guarded<T>(FS: RuntimeFiles, path: string, work: () => T): Outcome<T> {
  const { open, read } = FS;
  const streams = PRINTED.map((fd) => FS.streams[fd]);
  const own = resolve(path);
  const checkedHeaps = new Set<number>();
  const decoder = new TextDecoder();
  let report = "";
  const write = (_stream: unknown, bytes: Uint8Array, offset: number, length: number) => {
    if (report.length < LONGEST_REPORT) report += decoder.decode(bytes.subarray(offset, offset + length));
    return length;
  };
  for (const fd of PRINTED) {
    FS.streams[fd] = { fd, flags: 1, position: 0, seekable: false, node: { mode: 0 }, stream_ops: { write } };
  }
  FS.open = (asked, ...rest) => {
    if (resolve(asked) === own || isPlugin(asked)) return open.call(FS, asked, ...rest);
    throw new FS.ErrnoError(NO_SUCH_FILE);
  };
  FS.read = (stream, buffer, offset, length, position) => {
    const count = read.call(FS, stream, buffer, offset, length, position);
    for (const at of heapsIn(buffer.subarray(offset, offset + count), position ?? 0)) {
      if (checkedHeaps.has(at)) continue;
      if (!isSoundHeap(own, at)) throw new FS.ErrnoError(INPUT_OUTPUT);
      checkedHeaps.add(at);
    }
    return count;
  };
  try {
    const result = work();
    return { result, report };
  } catch (thrown) {
    return { report, thrown };
  } finally {
    PRINTED.forEach((fd, i) => {
      FS.streams[fd] = streams[i];
    });
    FS.open = open;
    FS.read = read;
  }
}

const SIGNATURE = Buffer.from("GCOL\x01\0\0\0", "latin1");
const HEADER = 16;
const LARGEST_HEAP = 2 ** 28;

/** Positions in the file of the global heap collections that begin in these bytes. */
function heapsIn(bytes: Uint8Array, position: number): number[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: number[] = [];
  for (let at = buffer.indexOf(SIGNATURE); at >= 0; at = buffer.indexOf(SIGNATURE, at + 1)) found.push(position + at);
  return found;
}

/** Walks the objects of a collection (HDF5 file format specification, III.E) as HDF5 will, with its bounds held. */
function isSoundHeap(path: string, position: number): boolean {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(HEADER);
    readSync(file, header, 0, HEADER, position);
    const size = Number(header.readBigUInt64LE(8));
    if (size < HEADER || size > LARGEST_HEAP) return false;
    const heap = Buffer.alloc(size);
    readSync(file, heap, 0, size, position);
    let at = HEADER;
    while (at + HEADER <= size) {
      const length = Number(heap.readBigUInt64LE(at + 8));
      const isFree = heap.readUInt16LE(at) === 0; // the size of free space counts its own header
      const step = isFree ? length : HEADER + 8 * Math.ceil(length / 8);
      if (step < 1 || at + step > size) return false;
      at += step;
    }
    return true;
  } finally {
    closeSync(file);
  }
}
