import { basename } from "node:path";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { cutBlock } from "./block";
import { COMPLEX_AXIS, type Draft, type ReadRequest } from "./drafts";
import type { FileFormat } from "./format";
import { parseJson } from "./json";
import { nionWords } from "./nion-properties";
import { parseNpy } from "./npy";
import { elementName, LONGEST_HEADER, type NpyHeader, parseNpyHeader } from "./npy-header";
import { withFile } from "./open-file";
import { readRawArray } from "./raw-array";
import { peekZipEntry, readZipEntry, type ZipEntry, zipEntries, zipEntryStart } from "./zip";

const DATA = "data.npy";
const PROPERTIES = "metadata.json";
const LONGEST_PROPERTIES = 2 ** 24;

/** Nion Swift's .ndata and .ndata1: a zip archive of the array (`data.npy`) and what is known about it (`metadata.json`). */
export const ndataFormat: FileFormat = {
  name: "Nion Swift .ndata",
  extensions: [".ndata", ".ndata1"],
  recognises: ({ names }) => names.includes(DATA) && names.includes(PROPERTIES),
  withDrafts: async (path, work) => work(await ndataDrafts(path)),
};

async function ndataDrafts(path: string): Promise<Draft[]> {
  return withFile(path, async (file, size) => {
    const entries = await zipEntries(file, size, path);
    const data = entries.find(({ name }) => name === DATA);
    const words = entries.find(({ name }) => name === PROPERTIES);
    if (data === undefined || words === undefined) return [];
    if (words.size > LONGEST_PROPERTIES) throw tooLong(path, words.size);
    const start = await peekZipEntry(file, size, data, path, LONGEST_HEADER);
    const header = parseNpyHeader(start.subarray(0, LONGEST_HEADER), data.size, `${path}: ${DATA}`);
    const properties = parseJson(new TextDecoder().decode(await readZipEntry(file, size, words, path)));
    return [describe(path, data, header, properties)].filter(({ axes }) => axes.every((axis) => axis.size > 0));
  });
}

function describe(path: string, entry: ZipEntry, header: NpyHeader, properties: unknown): Draft {
  const { shape, type, fortranOrder, isComplex } = header;
  const name = basename(path).replace(/\.ndata1?$/i, "");
  const words = nionWords(properties, isComplex ? shape.slice(0, -1) : shape, name);
  const isSeekable = entry.method === 0 && !fortranOrder;
  return {
    ...words,
    path: DATA,
    aliases: [name],
    axes: isComplex ? [...words.axes, COMPLEX_AXIS] : words.axes,
    dtype: elementName(header),
    bytes: shape.reduce((a, b) => a * b, type.bytes),
    packing: entry.method === 0 ? [] : ["deflate"],
    isSeekable,
    read: (request) => readEntry(path, entry, header, request),
  };
}

/** All of it with its check sum verified; a block of what is stored as it is without, from its place in the file. */
async function readEntry(path: string, entry: ZipEntry, header: NpyHeader, request: ReadRequest = {}) {
  const { shape, type, dataOffset, fortranOrder } = header;
  return withFile(path, async (file, size) => {
    if (request.block !== undefined && entry.method === 0 && !fortranOrder) {
      const offset = (await zipEntryStart(file, size, entry, path)) + dataOffset;
      return readRawArray(file, { offset, shape, type }, path, request);
    }
    checkMemory(8 * shape.reduce((a, b) => a * b, 1), `"${path}" (${shape.join(" x ")})`, "save a smaller part of it");
    const { data } = parseNpy(await readZipEntry(file, size, entry, path), `${path}: ${DATA}`);
    const floats = data instanceof Float32Array ? data : Float32Array.from(data);
    return request.block === undefined ? floats : cutBlock(floats, shape, request.block);
  });
}

function tooLong(path: string, size: number): SpecbookError {
  return new SpecbookError("FormatError", `the properties of "${path}" are too long`, {
    got: `${size} bytes of ${PROPERTIES}`,
    needed: `at most ${LONGEST_PROPERTIES} bytes`,
    remedy: "export the data item again from Nion Swift",
  });
}
