import { readdir, stat } from "node:fs/promises";
import { SpecbookError } from "../core/errors";
import { npyFormat, npzFormat } from "./arrays";
import { withComplexPart } from "./complex-part";
import { csvFormat } from "./csv";
import { dmFormat } from "./dm/dm";
import type { Draft } from "./drafts";
import { begins, type FileFacts, type FileFormat, type LayoutOptions } from "./format";
import { hdf5Format } from "./hdf5-drafts";
import { matFormat } from "./mat/format";
import { msaFormat } from "./msa/msa";
import { nanonisGridFormat } from "./nanonis/grid";
import { ndataFormat } from "./ndata";
import { fileSize, readExactly, withFile } from "./open-file";
import { pantaRheiFormat } from "./panta-rhei";
import { rawFormat } from "./raw-file";
import { bloFormat } from "./stem4d/blo";
import { empadFormat } from "./stem4d/empad";
import { mibFormat } from "./stem4d/mib";
import { mrcFormat } from "./stem4d/mrc";
import { serFormat } from "./stem4d/ser";
import { tiffFormat } from "./tiff/format";
import { zarrFormat } from "./zarr/format";
import { zipEntries } from "./zip";

/** Every format that is read. The first that recognises a file reads it: those with a signature come before the others. */
export const FORMATS: readonly FileFormat[] = [
  hdf5Format,
  dmFormat,
  zarrFormat,
  npyFormat,
  ndataFormat,
  pantaRheiFormat,
  npzFormat,
  tiffFormat,
  matFormat,
  msaFormat,
  nanonisGridFormat,
  bloFormat,
  mibFormat,
  serFormat,
  mrcFormat,
  empadFormat,
  csvFormat,
  rawFormat,
];

/** Opens a file by what it holds, or as `options.raw` says, hands its signals to `work` and closes it. */
export async function withDrafts<T>(
  path: string,
  work: (drafts: Draft[]) => T | Promise<T>,
  options: LayoutOptions = {},
): Promise<T> {
  const workOn = (drafts: Draft[]) => work(drafts.map((draft) => withComplexPart(draft, options.complex)));
  if (options.raw !== undefined) return rawFormat.withDrafts(path, workOn, options);
  const facts = await factsOf(path);
  for (const format of FORMATS) {
    if (await format.recognises(facts)) return format.withDrafts(path, workOn, options);
  }
  if (facts.isFolder) await fileSize(path); // says what is in it
  throw unknownFormat(facts);
}

/** A file of an archive, or the end of an empty one: two letters alone may begin a text too. */
const ZIP = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x05, 0x06],
] as const;
const MOST_NAMES = 100_000;

async function factsOf(path: string): Promise<FileFacts> {
  const isFolder = typeof path === "string" && ((await stat(path).catch(() => undefined))?.isDirectory() ?? false);
  if (isFolder) {
    const names = (await readdir(path)).slice(0, MOST_NAMES);
    return { path, size: 0, isFolder, start: new Uint8Array(0), names };
  }
  return withFile(path, async (file, size) => {
    if (size === 0) {
      throw new SpecbookError("FormatError", `"${path}" is empty`, {
        got: "0 bytes",
        needed: supported(),
        remedy: "copy or download the file again",
      });
    }
    const start = new Uint8Array(Math.min(size, 4096));
    await readExactly(file, start, 0, path);
    const names = ZIP.some((signature) => begins(start, signature))
      ? (await zipEntries(file, size, path)).map(({ name }) => name)
      : [];
    return { path, size, isFolder, start, names };
  });
}

/** The names of the formats that are read, for messages. */
function supported(): string {
  const names = FORMATS.map(({ name }) => name);
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
}

/** Formats that are told by their first bytes, so that the message can name them. */
const OTHERS: readonly (readonly [string, readonly number[]])[] = [
  ["an HDF4 file", [0x0e, 0x03, 0x13, 0x01]],
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ...ZIP.map((signature) => ["a zip archive", signature] as const),
  ["a gzip archive", [0x1f, 0x8b]],
  ["a PDF document", [0x25, 0x50, 0x44, 0x46]],
];

function unknownFormat({ path, start, size }: FileFacts): SpecbookError {
  const other = OTHERS.find(([, signature]) => begins(start, signature))?.[0];
  const isText = start.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
  const beginning = JSON.stringify(Buffer.from(start.subarray(0, 24)).toString("latin1"));
  const bytes = isText
    ? `a text of ${size} bytes that begins with ${beginning}`
    : `${size} bytes of unknown content that begin with ${Buffer.from(start.subarray(0, 8)).toString("hex")}`;
  return new SpecbookError("FormatError", `"${path}" is in no format that specbook reads`, {
    got: other ?? bytes,
    needed: supported(),
    remedy: isText
      ? "check that this is the data file and not a download page or a note; the name alone does not make it a data file"
      : 'export it as HDF5 from the program that wrote it, e.g. with HyperSpy: signal.save("name.hspy")',
  });
}
