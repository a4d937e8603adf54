import type { FileHandle } from "node:fs/promises";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { SpecbookError } from "../../core/errors";
import type { Draft } from "../drafts";
import { begins, type FileFormat, type LayoutOptions } from "../format";
import type { NumberType } from "../number-types";
import { readExactly, withFile } from "../open-file";
import { rawDraft } from "../raw-draft";
import { checkScanOption, detectorAxes, frameAxes, type Scan } from "./scan";

const SIGNATURE = [0x4d, 0x51, 0x31, 0x2c]; // "MQ1,"
const LARGEST_TEXT = 2 ** 16;

/** Medipix frames of a Merlin detector (Quantum Detectors): a text header before every frame, and a .hdr beside. */
export const mibFormat: FileFormat = {
  name: "Merlin .mib",
  extensions: [".mib"],
  recognises: ({ start }) => begins(start, SIGNATURE),
  withDrafts: (path, work, options = {}) =>
    withFile(path, async (file, size) => work([await mibDraft(file, size, path, options)])),
};

interface MibHeader {
  /** Bytes before the numbers of every frame. */
  readonly bytes: number;
  readonly rows: number;
  readonly columns: number;
  readonly type: NumberType;
  readonly fields: readonly string[];
}

async function mibDraft(file: FileHandle, size: number, path: string, { scan }: LayoutOptions): Promise<Draft> {
  const { bytes, rows, columns, type, fields } = await readHeader(file, size, path);
  const stride = bytes + rows * columns * type.bytes;
  const frames = Math.floor(size / stride);
  if (frames === 0) throw damaged(path, `${size} bytes for frames of ${stride}`);
  const last = new Uint8Array(SIGNATURE.length);
  await readExactly(file, last, (frames - 1) * stride, path);
  if (!begins(last, SIGNATURE)) throw damaged(path, `no header before frame ${frames}`);
  const written = await readHdr(path);
  const told = checkScanOption(scan, frames, path) ?? scanOf(written, frames);
  const used = told === undefined ? frames : told.rows * told.columns;
  const outer = told === undefined ? (frames === 1 ? [] : [stride]) : [told.columns * stride, stride];
  const isAlone = frames === 1 && told === undefined;
  return rawDraft(file, size, path, {
    name: basename(path).replace(/\.[^.]+$/, ""),
    format: "Merlin",
    quantity: "counts",
    axes: [...frameAxes(frames, told), ...detectorAxes([rows, columns], isAlone)],
    array: {
      // The file counts the rows of a frame from the bottom of the detector.
      offset: bytes + (rows - 1) * columns * type.bytes,
      shape: [...(told === undefined ? (frames === 1 ? [] : [frames]) : [told.rows, told.columns]), rows, columns],
      type,
      strides: [...outer, -columns * type.bytes, type.bytes],
    },
    metadata: {
      rows: "from the top; the file counts them from the bottom",
      layout: fields[7]?.trim() ?? "",
      time: fields[9] ?? "",
      instrument: Number(fields[10]) > 0 ? { exposureSeconds: Number(fields[10]) } : {},
      hdr: written,
      ...(used < frames || size % stride !== 0
        ? { incomplete: `${size - used * stride} bytes behind the last complete row of the scan are left out` }
        : {}),
    },
  });
}

async function readHeader(file: FileHandle, size: number, path: string): Promise<MibHeader> {
  const start = new Uint8Array(Math.min(size, 1024));
  await readExactly(file, start, 0, path);
  const fields = Buffer.from(start).toString("latin1").split(",");
  const [bytes, columns, rows] = [fields[2], fields[4], fields[5]].map((text) =>
    /^\d{1,6}$/.test(text) ? Number(text) : 0,
  );
  const depth = /^U(08|16|32)$/.exec(fields[6] ?? "");
  if (depth === null) {
    throw new SpecbookError("FormatError", `"${path}" is in a mode of the detector that is not read`, {
      got: `pixels of type ${JSON.stringify(fields[6] ?? "")}`,
      needed: "U08 (1 and 6 bit), U16 (12 bit) or U32 (24 bit)",
      remedy: "export it from the Merlin software as a processed, not a raw, .mib",
    });
  }
  if (bytes < 64 || rows === 0 || columns === 0) {
    throw damaged(path, `a header of ${bytes} bytes and frames of ${rows} x ${columns}`);
  }
  const type = { kind: "uint", bytes: (Number(depth[1]) / 8) as 1 | 2 | 4, littleEndian: false } as const;
  return { bytes, rows, columns, type, fields };
}

/** The .hdr file of the same name: words before a tabulator, their values behind it. */
async function readHdr(path: string): Promise<Readonly<Record<string, string>>> {
  const beside = path.replace(/\.mib$/i, ".hdr");
  const info = await stat(beside).catch(() => undefined);
  if (beside === path || info?.isFile() !== true || info.size > LARGEST_TEXT) return {};
  return withFile(beside, async (file, size) => {
    const bytes = new Uint8Array(size);
    await readExactly(file, bytes, 0, beside);
    const lines = Buffer.from(bytes).toString("latin1").split(/\r?\n/);
    const pairs = lines.flatMap((line) => {
      const found = /^([^\t]+):\t(.*)$/.exec(line);
      return found === null ? [] : [[found[1], found[2].trim()] as const];
    });
    return Object.fromEntries(pairs);
  });
}

/** The scan that the .hdr tells: its own ScanX and ScanY, else one trigger for every row. Only complete rows count. */
function scanOf(hdr: Readonly<Record<string, string>>, frames: number): Scan | undefined {
  const number = (name: string) => {
    const value = Number(hdr[name]);
    return Number.isSafeInteger(value) && value > 0 ? value : 0;
  };
  const perTrigger = number("Frames per Trigger (Number)");
  const columns = number("ScanX") > 0 ? number("ScanX") : perTrigger > 1 ? perTrigger : 0;
  const planned =
    number("ScanY") > 0 ? number("ScanY") : Math.floor(number("Frames in Acquisition (Number)") / columns);
  const rows = Math.min(planned, Math.floor(frames / columns));
  // More frames than planned: another acquisition was appended, or the .hdr belongs to another file.
  return columns > 0 && rows > 0 && frames <= planned * columns ? { rows, columns } : undefined;
}

function damaged(path: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is not a complete Merlin file`, {
    got,
    needed: "the frames that its first header announces",
    remedy: "copy or download the file again: this copy is cut off or damaged",
  });
}
