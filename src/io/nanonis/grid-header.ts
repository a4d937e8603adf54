import type { FileHandle } from "node:fs/promises";
import { SpecbookError } from "../../core/errors";
import { readExactly } from "../open-file";
import { decodeText } from "../text";

/** A column of numbers: "LockinX (V)" is named LockinX in units of V. */
export interface Column {
  readonly name: string;
  readonly units: string;
}

/** What the header of a grid says. */
export interface GridHeader {
  /** Bytes of the header: the numbers follow. */
  readonly bytes: number;
  readonly rows: number;
  readonly columns: number;
  /** Width and height of the grid in m. */
  readonly size: readonly [number, number] | undefined;
  readonly points: number;
  readonly sweep: Column;
  readonly parameters: readonly Column[];
  readonly channels: readonly Column[];
  readonly entries: Readonly<Record<string, string>>;
}

const END = ":HEADER_END:";
const LONGEST_HEADER = 2 ** 20;
const MOST = 2 ** 24;

/** Reads the header of a Nanonis grid (.3ds): lines of `name=value` up to `:HEADER_END:`. */
export async function readGridHeader(file: FileHandle, size: number, path: string): Promise<GridHeader> {
  const bytes = new Uint8Array(Math.min(size, LONGEST_HEADER));
  await readExactly(file, bytes, 0, path);
  const end = Buffer.from(bytes.buffer).indexOf(END);
  if (end < 0) throw unclear(path, "no end", `"${END}" within the first ${LONGEST_HEADER} bytes`);
  const entries = entriesOf(decodeText(bytes.subarray(0, end)));
  const behind = Buffer.from(bytes.buffer, end + END.length, Math.min(2, bytes.length - end - END.length)).toString();
  const lineEnd = behind === "\r\n" ? 2 : behind.startsWith("\n") ? 1 : 0;
  const dim = /^(\d+)\s*x\s*(\d+)$/.exec(entries["Grid dim"] ?? "");
  const count = (name: string, least: number) => {
    const value = Number(entries[name] ?? Number.NaN);
    if (Number.isInteger(value) && value >= least && value <= MOST) return value;
    throw unclear(path, `${name}=${entries[name] ?? "nothing"}`, `a whole number of at least ${least}`);
  };
  if (dim === null || dim.slice(1).some((n) => !(Number(n) >= 1 && Number(n) <= MOST))) {
    throw unclear(path, `Grid dim=${entries["Grid dim"] ?? "nothing"}`, '"COLUMNS x ROWS"');
  }
  const [width, height] = (entries["Grid settings"] ?? "").split(";").slice(2, 4).map(Number);
  const header: GridHeader = {
    bytes: end + END.length + lineEnd,
    columns: Number(dim[1]),
    rows: Number(dim[2]),
    size: width > 0 && height > 0 ? [width, height] : undefined,
    points: count("Points", 1),
    sweep: columnOf(entries["Sweep Signal"] ?? ""),
    parameters: columnsOf([entries["Fixed parameters"], entries["Experiment parameters"]]),
    channels: columnsOf([entries.Channels]),
    entries,
  };
  const { points, parameters, channels } = header;
  if (count("# Parameters (4 byte)", 0) !== parameters.length || channels.length === 0) {
    const found = `${entries["# Parameters (4 byte)"]} parameters, ${parameters.length} names, ${channels.length} channels`;
    throw unclear(path, found, "a name for each parameter, and a channel");
  }
  if (count("Experiment size (bytes)", 4) !== 4 * points * channels.length) {
    const found = `${entries["Experiment size (bytes)"]} bytes for ${channels.length} channels of ${points} points`;
    throw unclear(path, found, `4 bytes a point: ${4 * points * channels.length}`);
  }
  return header;
}

function entriesOf(text: string): Record<string, string> {
  const entries = text.split(/\r?\n/).flatMap((line) => {
    const found = /^([^=]+)=(.*)$/.exec(line);
    return found === null ? [] : [[found[1].trim(), found[2].trim().replace(/^"(.*)"$/, "$1")] as const];
  });
  return Object.fromEntries(entries);
}

function columnsOf(lists: readonly (string | undefined)[]): Column[] {
  return lists.flatMap((list = "") => list.split(";").filter((name) => name.trim() !== "")).map(columnOf);
}

function columnOf(written: string): Column {
  const found = /^(.*?)\s*\(([^()]*)\)$/.exec(written.trim());
  return found === null ? { name: written.trim(), units: "" } : { name: found[1], units: found[2] };
}

function unclear(path: string, got: string, needed: string): SpecbookError {
  return new SpecbookError("FormatError", `the header of "${path}" is damaged, or of another kind of grid`, {
    got,
    needed,
    remedy: "copy or download the file again, and compare its size with the original",
  });
}
