import { basename } from "node:path";
import { SpecbookError } from "../../core/errors";
import { COMPLEX_AXIS, type DraftAxis } from "../drafts";
import { begins, type FileFormat, hasExtension } from "../format";
import type { NumberType } from "../number-types";
import { readExactly, withFile } from "../open-file";
import { rawDraft } from "../raw-draft";
import { checkScanOption, detectorAxes, frameAxes } from "./scan";

const EXTENSIONS = [".mrc", ".mrcs", ".st", ".rec", ".ali"];
const HEADER = 1024;
const MAP = [0x4d, 0x41, 0x50]; // "MAP" at byte 208, since the format's revision of 2000
/** An extended header of this length is FEI's first one: 1,024 records of 128 bytes. */
const FEI_HEADER = 131_072;

/** MRC and CCP4 images, stacks and movies (Cheng et al., J. Struct. Biol. 192, 146 (2015), doi 10.1016/j.jsb.2015.04.002). */
export const mrcFormat: FileFormat = {
  name: "MRC",
  extensions: EXTENSIONS,
  recognises: ({ start, path, size, isFolder }) => {
    if (isFolder || start.length < HEADER) return false;
    const header = parse(start);
    const isSigned = begins(start.subarray(208), MAP);
    return header !== undefined && (isSigned || (hasExtension(path, EXTENSIONS) && dataEnd(header) <= size));
  },
  withDrafts: (path, work, { scan } = {}) =>
    withFile(path, async (file, size) => {
      const start = new Uint8Array(Math.min(size, HEADER + 128));
      await readExactly(file, start, 0, path);
      const header = parse(start);
      if (header === undefined) throw damaged(path);
      const { columns, rows, frames, type, isComplex, offset } = header;
      const told = checkScanOption(scan, frames, path);
      const isAlone = frames === 1 && told === undefined;
      const [x, y] = pixelSizes(start, header);
      const calibrations = [y, x].map((scale) =>
        scale === undefined ? { units: "" } : { units: "nm", offset: 0, scale },
      ) as [DraftAxis, DraftAxis]; // two in, two out
      const pair: DraftAxis[] = isComplex ? [COMPLEX_AXIS] : [];
      const outer = told === undefined ? (frames === 1 ? [] : [frames]) : [told.rows, told.columns];
      const draft = rawDraft(file, size, path, {
        name: basename(path).replace(/\.[^.]+$/, ""),
        format: "MRC",
        axes: [...frameAxes(frames, told), ...detectorAxes([rows, columns], isAlone, calibrations), ...pair],
        array: { offset, shape: [...outer, rows, columns, ...pair.map((axis) => axis.size)], type },
        ...(isComplex ? { dtype: "complex64" } : {}),
        metadata: { labels: labels(start, header) },
      });
      return work([draft]);
    }),
};

interface MrcHeader {
  readonly columns: number;
  readonly rows: number;
  readonly frames: number;
  readonly type: NumberType;
  readonly isComplex: boolean;
  readonly offset: number;
  readonly littleEndian: boolean;
}

/** The header, or undefined where the bytes cannot be one. */
function parse(start: Uint8Array): MrcHeader | undefined {
  if (start.length < HEADER) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  for (const littleEndian of [true, false]) {
    const word = (index: number) => view.getUint32(4 * index, littleEndian);
    const [columns, rows, frames, mode] = [0, 1, 2, 3].map(word);
    const type = typeOf(view, mode, littleEndian);
    const extended = word(23);
    const largest = Math.max(columns, rows, frames);
    const isPossible = columns * rows * frames > 0 && largest < 2 ** 24 && extended < 2 ** 31;
    if (type === undefined || !isPossible) continue;
    return { columns, rows, frames, type, isComplex: mode === 4, offset: HEADER + extended, littleEndian };
  }
  return undefined;
}

function typeOf(view: DataView, mode: number, littleEndian: boolean): NumberType | undefined {
  if (mode === 0) return { kind: hasSignedBytes(view, littleEndian) ? "int" : "uint", bytes: 1, littleEndian };
  if (mode === 1) return { kind: "int", bytes: 2, littleEndian };
  if (mode === 2 || mode === 4) return { kind: "float", bytes: 4, littleEndian };
  if (mode === 6) return { kind: "uint", bytes: 2, littleEndian };
  return mode === 12 ? { kind: "float", bytes: 2, littleEndian } : undefined;
}

/** Bytes are signed by the standard of 2014; older writers mean 0 to 255, and IMOD says which in a flag of its own. */
function hasSignedBytes(view: DataView, littleEndian: boolean): boolean {
  const isImod = view.getUint32(152, littleEndian) === 0x444f4d49; // "IMOD"
  if (isImod) return (view.getUint32(156, littleEndian) & 1) === 1;
  return view.getUint32(108, littleEndian) >= 20_140;
}

function dataEnd({ offset, columns, rows, frames, type, isComplex }: MrcHeader): number {
  return offset + columns * rows * frames * type.bytes * (isComplex ? 2 : 1);
}

/** Pixel sizes in nm along x and y: the size of the cell (in Angstrom) over its sampling, or FEI's own in metres. */
function pixelSizes(start: Uint8Array, { littleEndian, offset }: MrcHeader): (number | undefined)[] {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const isFei = offset - HEADER === FEI_HEADER && start.length >= HEADER + 48;
  const sizes = isFei
    ? [0, 1].map(() => view.getFloat32(HEADER + 44, littleEndian) * 1e9)
    : [0, 1].map(
        (axis) => view.getFloat32(40 + 4 * axis, littleEndian) / view.getUint32(28 + 4 * axis, littleEndian) / 10,
      );
  return sizes.map((size) => (Number.isFinite(size) && size > 0 ? size : undefined));
}

function labels(start: Uint8Array, { littleEndian }: MrcHeader): string[] {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const count = Math.min(10, view.getUint32(220, littleEndian));
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(start.subarray(224 + 80 * i, 304 + 80 * i))
      .toString("latin1")
      .replace(/[\0 ]+$/, ""),
  );
}

function damaged(path: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is not a complete MRC file`, {
    got: "a header with impossible sizes, or numbers of a kind that is not read",
    needed: "a header of 1,024 bytes with mode 0, 1, 2, 4, 6 or 12",
    remedy: "copy or download the file again, or write it again as 32-bit float",
  });
}
