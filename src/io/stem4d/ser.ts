import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import { COMPLEX_AXIS, type Draft, type DraftAxis } from "../drafts";
import { begins, type FileFormat } from "../format";
import type { NumberType } from "../number-types";
import { readExactly, withFile } from "../open-file";
import { rawDraft } from "../raw-draft";

const SIGNATURE = [0x49, 0x49, 0x97, 0x01];
const SPECTRUM = 0x4120;
const IMAGE = 0x4122;
const WITH_POSITION = 0x4142;
const MOST_ELEMENTS = 2 ** 24;
const LONGEST_TEXT = 1024;

/**
 * Series of the program TIA (FEI, Thermo Fisher; description by C. Boothroyd,
 * er-c.org/cbb/info/TIAformat): spectra or images, each with its own header, and dimensions that say how they lie.
 */
export const serFormat: FileFormat = {
  name: "FEI TIA .ser",
  extensions: [".ser"],
  recognises: ({ start }) => begins(start, SIGNATURE),
  withDrafts: (path, work) => withFile(path, async (file, size) => work([await serDraft(file, size, path)])),
};

const TYPES: readonly (readonly [NumberType["kind"], NumberType["bytes"], string?])[] = [
  ["uint", 1],
  ["uint", 2],
  ["uint", 4],
  ["int", 1],
  ["int", 2],
  ["int", 4],
  ["float", 4],
  ["float", 8],
  ["float", 4, "complex64"],
  ["float", 8, "complex128"],
];

/** One dimension of the series. */
interface Dimension {
  readonly size: number;
  readonly offset: number;
  readonly scale: number;
  readonly units: string;
}

interface Header {
  readonly kind: number;
  readonly hasPosition: boolean;
  /** Elements that were planned, and those that were written. */
  readonly total: number;
  readonly valid: number;
  /** Where the table of the elements' places begins, and the bytes of an entry. */
  readonly table: number;
  readonly entry: 4 | 8;
  readonly dimensions: readonly Dimension[];
}

async function serDraft(file: FileHandle, size: number, path: string): Promise<Draft> {
  const header = await readHeader(file, path);
  const places = await elementPlaces(file, size, header, path);
  const element = await readElement(file, places.first, header.kind, path);
  const { outer, axes, strides, left } = await seriesAxes(file, size, header, places, path);
  const isAlone = outer.length === 0;
  const inner = element.axes.map((axis) =>
    axis.role === "other" && isAlone && axis.units === "m" ? { ...axis, role: "scan" as const } : axis,
  );
  const pair: DraftAxis[] = element.dtype === undefined ? [] : [COMPLEX_AXIS];
  const ownBytes = element.type.bytes * (pair.length + 1);
  const sizes = inner.map((axis) => axis.size);
  const isImage = sizes.length === 2;
  return rawDraft(file, size, path, {
    name: basename(path).replace(/\.[^.]+$/, ""),
    format: "FEI TIA",
    axes: [...axes, ...inner, ...pair],
    array: {
      // The file counts the rows of an image from the bottom.
      offset: element.offset + (isImage ? (sizes[0] - 1) * sizes[1] * ownBytes : 0),
      shape: [...outer, ...sizes, ...pair.map((axis) => axis.size)],
      type: element.type,
      strides: [
        ...strides,
        ...(isImage ? [-sizes[1] * ownBytes] : []),
        ownBytes,
        ...pair.map(() => element.type.bytes),
      ],
    },
    ...(element.dtype === undefined ? {} : { dtype: element.dtype }),
    metadata: left > 0 ? { incomplete: `${left} elements behind the last complete row are left out` } : {},
  });
}

async function readHeader(file: FileHandle, path: string): Promise<Header> {
  const start = await bytesAt(file, 0, 30, path);
  const isWide = start.readUInt16LE(4) > 528; // from version 0x220 on, places have 8 bytes
  const [kind, tags, total, valid] = [6, 10, 14, 18].map((at) => start.readUInt32LE(at));
  const table = isWide ? Number(start.readBigUInt64LE(22)) : start.readUInt32LE(22);
  const count = isWide ? (await bytesAt(file, 30, 4, path)).readUInt32LE(0) : start.readUInt32LE(26);
  if (![SPECTRUM, IMAGE].includes(kind) || valid > total || total > MOST_ELEMENTS || count > 8) {
    throw damaged(path, `${valid} of ${total} elements of kind ${kind} along ${count} dimensions`);
  }
  if (valid === 0) throw damaged(path, "no element: the acquisition was stopped before the first");
  const dimensions: Dimension[] = [];
  for (let at = isWide ? 34 : 30; dimensions.length < count; ) {
    const own = await bytesAt(file, at, 28, path);
    const described = own.readUInt32LE(24);
    if (described > LONGEST_TEXT) throw damaged(path, `a description of ${described} bytes`);
    const length = (await bytesAt(file, at + 28 + described, 4, path)).readUInt32LE(0);
    if (length > LONGEST_TEXT) throw damaged(path, `units of ${length} bytes`);
    const units = (await bytesAt(file, at + 32 + described, length, path)).toString("latin1").trim();
    const scale = own.readDoubleLE(12);
    const offset = own.readDoubleLE(4) - own.readUInt32LE(20) * scale;
    dimensions.push({ size: own.readUInt32LE(0), offset, scale, units: units === "meters" ? "m" : units });
    at += 32 + described + length;
  }
  return { kind, hasPosition: tags === WITH_POSITION, total, valid, table, entry: isWide ? 8 : 4, dimensions };
}

/** Where the elements lie: at even distances, in every file that TIA writes; anything else is damage. */
async function elementPlaces(
  file: FileHandle,
  size: number,
  { total, valid, table, entry }: Header,
  path: string,
): Promise<{ first: number; step: number }> {
  if (table + 2 * total * entry > size) throw damaged(path, `a table of ${total} places at byte ${table} of ${size}`);
  checkMemory(valid * entry, `the table of "${path}"`, "copy or download the file again");
  const bytes = await bytesAt(file, table, valid * entry, path);
  const at = (i: number) => (entry === 8 ? Number(bytes.readBigUInt64LE(8 * i)) : bytes.readUInt32LE(4 * i));
  const first = at(0);
  const step = valid > 1 ? at(1) - first : 0;
  for (let i = 1; i < valid; i++) {
    if (step <= 0 || at(i) !== first + i * step) throw damaged(path, `element ${i + 1} at byte ${at(i)}`);
  }
  return { first, step };
}

interface Element {
  readonly type: NumberType;
  readonly dtype?: string;
  readonly axes: readonly DraftAxis[];
  /** Place of the first number. */
  readonly offset: number;
}

/** The header of an element: calibration, type, and size. Lengths are in metres and energies in eV. */
async function readElement(file: FileHandle, at: number, kind: number, path: string): Promise<Element> {
  const isSpectrum = kind === SPECTRUM;
  const bytes = await bytesAt(file, at, isSpectrum ? 26 : 50, path);
  const found = TYPES[bytes.readUInt16LE(isSpectrum ? 20 : 40) - 1];
  if (found === undefined) throw damaged(path, "numbers of a type that there is not");
  const type: NumberType = { kind: found[0], bytes: found[1], littleEndian: true };
  const calibration = (from: number) => {
    const scale = bytes.readDoubleLE(from + 8);
    return { scale, offset: bytes.readDoubleLE(from) - bytes.readUInt32LE(from + 16) * scale };
  };
  if (isSpectrum) {
    const size = bytes.readUInt32LE(22);
    const axes: DraftAxis[] = [{ name: "energy", size, units: "eV", ...calibration(0), role: "spectral" }];
    return { type, dtype: found[2], axes, offset: at + 26 };
  }
  const [columns, rows] = [bytes.readUInt32LE(42), bytes.readUInt32LE(46)];
  const axis = (name: string, size: number, from: number): DraftAxis => {
    const own = calibration(from);
    // Pixels are far below a millimetre; steps of a diffraction pattern are thousands per metre.
    const isLength = Math.abs(own.scale) < 1e-3;
    const reciprocal = { units: "1/nm", scale: own.scale / 1e9, offset: own.offset / 1e9 };
    return { name, size, ...(isLength ? { units: "m", ...own } : reciprocal), role: "other" };
  };
  return { type, dtype: found[2], axes: [axis("y", rows, 20), axis("x", columns, 0)], offset: at + 50 };
}

interface Series {
  readonly outer: number[];
  readonly axes: DraftAxis[];
  readonly strides: number[];
  /** Elements of a row that was not finished. */
  readonly left: number;
}

/** How the elements lie: the slower dimension first, and of a series that was stopped only what was written. */
async function seriesAxes(
  file: FileHandle,
  size: number,
  header: Header,
  { step }: { step: number },
  path: string,
): Promise<Series> {
  const { dimensions, valid } = header;
  const isReversed = await isFirstFastest(file, size, header, path);
  const ordered = (isReversed ? [...dimensions].reverse() : [...dimensions]).filter((own) => own.size !== 1);
  if (valid === 1 || ordered.length === 0) return { outer: [], axes: [], strides: [], left: valid - 1 };
  const inner = ordered.slice(1).reduce((product, own) => product * own.size, 1);
  const complete = Math.min(ordered[0].size, Math.floor(valid / inner));
  if (complete === 0 || inner === 0) throw damaged(path, `${valid} elements, less than one row of ${inner}`);
  const outer = [complete, ...ordered.slice(1).map((own) => own.size)];
  const scanned = ordered.filter(({ units }) => units === "m").length;
  const axes = ordered.map((own, i): DraftAxis => {
    const isScan = own.units === "m";
    const name = isScan ? (scanned === 1 || i === ordered.length - 1 ? "x" : "y") : `series ${i + 1}`;
    return { ...own, name, size: outer[i], role: isScan ? "scan" : "other" };
  });
  const strides = outer.map((_, i) => outer.slice(i + 1).reduce((a, b) => a * b, step));
  return { outer, axes, strides, left: valid - complete * inner };
}

/** True where the first dimension runs fastest: there the first two elements lie on the same line. */
async function isFirstFastest(
  file: FileHandle,
  size: number,
  { hasPosition, valid, table, total, entry }: Header,
  path: string,
): Promise<boolean> {
  if (!hasPosition || valid < 2) return false;
  const tags = await bytesAt(file, table + total * entry, 2 * entry, path);
  const rows = [0, 1].map(async (i) => {
    const at = entry === 8 ? Number(tags.readBigUInt64LE(8 * i)) : tags.readUInt32LE(4 * i);
    if (at + 24 > size) throw damaged(path, `a position at byte ${at} of ${size}`);
    return (await bytesAt(file, at + 16, 8, path)).readDoubleLE(0);
  });
  const [first, second] = await Promise.all(rows);
  return first === second;
}

async function bytesAt(file: FileHandle, at: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await readExactly(file, bytes, at, path);
  return bytes;
}

function damaged(path: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is not a complete TIA series`, {
    got,
    needed: "elements of one kind and size, at the places that its table gives",
    remedy: "copy or download the file again: this copy is cut off or damaged",
  });
}
