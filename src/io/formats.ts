import { SpecbookError } from "../core/errors";
import { npyDrafts, npzDrafts } from "./arrays";
import type { Draft } from "./drafts";
import { withHdf5 } from "./hdf5/file";
import { hdf5Drafts } from "./hdf5-drafts";
import { readExactly, withFile } from "./open-file";

/** Opens a file by what it holds, whatever its name, hands its signals to `work` and closes it. */
export async function withDrafts<T>(path: string, work: (drafts: Draft[]) => T | Promise<T>): Promise<T> {
  const format = await formatOf(path);
  if (format === "hdf5") return withHdf5(path, async (file) => work(hdf5Drafts(file)));
  return work(await (format === "npy" ? npyDrafts(path) : npzDrafts(path)));
}

const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const NPY = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ZIP = [0x50, 0x4b];

/** Formats that are told by their first bytes, so that the message can name them. */
const OTHERS: readonly (readonly [string, readonly number[]])[] = [
  ["an HDF4 file", [0x0e, 0x03, 0x13, 0x01]],
  ["a DigitalMicrograph 3 file", [0x00, 0x00, 0x00, 0x03]],
  ["a DigitalMicrograph 4 file", [0x00, 0x00, 0x00, 0x04]],
  ["a TIFF image", [0x49, 0x49, 0x2a, 0x00]],
  ["a TIFF image", [0x4d, 0x4d, 0x00, 0x2a]],
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a gzip archive", [0x1f, 0x8b]],
  ["a MATLAB file", [0x4d, 0x41, 0x54, 0x4c, 0x41, 0x42]],
  ["a PDF document", [0x25, 0x50, 0x44, 0x46]],
];

async function formatOf(path: string): Promise<"hdf5" | "npy" | "npz"> {
  return withFile(path, async (file, size) => {
    if (size === 0) {
      throw new SpecbookError("FormatError", `"${path}" is empty`, {
        got: "0 bytes",
        needed: SUPPORTED,
        remedy: "copy or download the file again",
      });
    }
    const start = new Uint8Array(Math.min(size, 512));
    await readExactly(file, start, 0, path);
    if (begins(start, HDF5)) return "hdf5";
    if (begins(start, NPY)) return "npy";
    if (begins(start, ZIP)) return "npz";
    const signature = new Uint8Array(HDF5.length);
    // HDF5 may stand behind a user block of 512, 1024, 2048, ... bytes.
    for (let at = 512; at + HDF5.length <= size && at <= 2 ** 24; at *= 2) {
      await readExactly(file, signature, at, path);
      if (begins(signature, HDF5)) return "hdf5";
    }
    throw unknownFormat(path, start, size);
  });
}

const SUPPORTED = "HDF5 (NSID, USID, HyperSpy), NPY or NPZ";

function begins(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

function unknownFormat(path: string, start: Uint8Array, size: number): SpecbookError {
  const other = OTHERS.find(([, signature]) => begins(start, signature))?.[0];
  const isText = start.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
  const beginning = JSON.stringify(Buffer.from(start.subarray(0, 24)).toString("latin1"));
  return new SpecbookError("FormatError", `"${path}" is in no format that specbook reads`, {
    got:
      other ?? (isText ? `a text of ${size} bytes that begins with ${beginning}` : `${size} bytes of unknown content`),
    needed: SUPPORTED,
    remedy: isText
      ? "check that this is the data file and not a download page or a note; the name alone does not make it HDF5"
      : 'export it as HDF5 from the program that wrote it, e.g. with HyperSpy: signal.save("name.hspy")',
  });
}
