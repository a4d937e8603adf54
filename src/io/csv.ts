import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { cutBlock } from "./block";
import { fromValues } from "./calibration";
import type { Draft, DraftAxis } from "./drafts";
import { type FileFormat, hasExtension } from "./format";
import { fileSize } from "./open-file";
import { isPixels } from "./units";

const EXTENSIONS = [".csv", ".tsv"];

/**
 * Tables of text: numbers separated by comma, semicolon, tab or spaces, "." in them. A matrix without titles is an image. With
 * titles the first column is what the others run along, one signal of all of them: `energy (eV),value`. Tables that `save` wrote come
 * back with their axes, from the line that begins with "#".
 */
export const csvFormat: FileFormat = {
  name: "CSV",
  extensions: EXTENSIONS,
  recognises: ({ path, start, isFolder }) =>
    !isFolder && hasExtension(path, EXTENSIONS) && start.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13)),
  withDrafts: async (path, work) => work([await csvDraft(path)]),
};

interface Table {
  /** Lines that begin with "#". */
  readonly said: readonly string[];
  readonly titles: readonly string[] | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  /** The first column in full precision. */
  readonly first: Float64Array;
}

async function csvDraft(path: string): Promise<Draft> {
  const size = await fileSize(path);
  checkMemory(6 * size, `the text of "${path}"`, "save it as .npz or .hspy");
  const table = parseTable(await readFile(path, "utf8"), path);
  const { rows, columns, titles, values } = table;
  const own = ownAxes(table);
  const isSpectra = titles !== undefined && columns > 1;
  const data = isSpectra ? spectraOf(table) : values;
  const axes = own ?? (isSpectra ? spectralAxes(table) : matrixAxes(rows, columns));
  const name = basename(path).replace(/\.[ct]sv$/i, "");
  return {
    name,
    path: name,
    aliases: table.said.map((line) => line.split(";")[0].replace(/^#\s*/, "")),
    format: "CSV",
    quantity: "",
    axes,
    dtype: "text",
    bytes: size,
    packing: [],
    metadata: titles === undefined ? {} : { titles },
    isSeekable: false,
    read: async ({ block } = {}) =>
      block === undefined
        ? data.slice()
        : cutBlock(
            data,
            axes.map((axis) => axis.size),
            block,
          ),
  };
}

function parseTable(text: string, path: string): Table {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const said = lines.filter((line) => line.startsWith("#"));
  const filled = lines.flatMap((line, i) => (line === "" || line.startsWith("#") ? [] : [{ line, number: i + 1 }]));
  if (filled.length === 0) throw wrong(path, "no line of numbers", "at least one");
  const separator = [",", ";", "\t"].find((mark) => filled[0].line.includes(mark)) ?? /\s+/;
  const start = filled[0].line.split(separator);
  const titles = start.some((part) => numberOf(part) === undefined) ? start.map(unquoted) : undefined;
  const body = titles === undefined ? filled : filled.slice(1);
  if (body.length === 0) throw wrong(path, "titles without numbers", "at least one line of numbers");
  const columns = body[0].line.split(separator).length;
  const values = new Float32Array(body.length * columns);
  const first = new Float64Array(body.length);
  for (const [row, { line, number }] of body.entries()) {
    const parts = line.split(separator);
    if (parts.length !== columns) throw wrong(path, `${parts.length} numbers in line ${number}`, `${columns}`);
    for (const [column, part] of parts.entries()) {
      const value = numberOf(part);
      if (value === undefined) throw wrong(path, `${JSON.stringify(part.slice(0, 40))} in line ${number}`, "a number");
      values[row * columns + column] = value;
      if (column === 0) first[row] = value;
    }
  }
  return { said, titles, rows: body.length, columns, values, first };
}

function numberOf(part: string): number | undefined {
  const text = part.trim().toLowerCase();
  if (text === "nan") return Number.NaN;
  if (/^[+-]?inf(inity)?$/.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function unquoted(title: string): string {
  return title.trim().replace(/^"(.*)"$/, "$1");
}

/** One spectrum after the other. */
function spectraOf({ rows, columns, values }: Table): Float32Array {
  const data = new Float32Array(rows * (columns - 1));
  for (let column = 1; column < columns; column++) {
    for (let row = 0; row < rows; row++) data[(column - 1) * rows + row] = values[row * columns + column];
  }
  return data;
}

function spectralAxes({ titles = [], rows, columns, first }: Table): DraftAxis[] {
  const [, name, units] = /^(.*?)\s*(?:[([]\s*([^)\]]*)[)\]])?$/.exec(titles[0]) ?? [];
  const along: DraftAxis = {
    name: name || "axis 0",
    size: rows,
    units: units ?? "",
    role: "spectral",
    ...fromValues(first),
  };
  return columns === 2 ? [along] : [{ name: "column", size: columns - 1, units: "", role: "scan" }, along];
}

function matrixAxes(rows: number, columns: number): DraftAxis[] {
  if (columns === 1) return [{ name: "axis 0", size: rows, units: "", role: "other" }];
  return ["rows", "columns"].map((name, i) => ({ name, size: [rows, columns][i], units: "", role: "scan" }));
}

/** The axes in the line that `save` puts first, where they fit the table. */
function ownAxes({ said, titles, rows, columns }: Table): DraftAxis[] | undefined {
  const parts = said[0]?.split("; ").slice(1) ?? [];
  const axes = parts.flatMap((part): DraftAxis[] => {
    const match = /^(?:rows: |columns: )?(.+) (\d+) points?(?: from (\S+) in steps of (\S+) (.+))?$/.exec(part);
    if (match === null) return [];
    const [, name, size, offset, scale, units = ""] = match;
    const calibration = offset === undefined ? {} : { offset: Number(offset), scale: Number(scale) };
    return [{ name, size: Number(size), units, role: "other", ...calibration }];
  });
  const roles = rolesOf(axes, titles === undefined);
  const count = axes.reduce((product, { size }) => product * size, 1);
  const expected = titles === undefined ? rows * columns : rows * (columns - 1);
  return axes.length > 0 && axes.length === parts.length && count === expected
    ? axes.map((axis, i) => ({ ...axis, role: roles[i] }))
    : undefined;
}

/** A matrix is an image; a table runs along its last axis, which is no spectral one where it has no units. */
function rolesOf(axes: readonly DraftAxis[], isMatrix: boolean): DraftAxis["role"][] {
  const along = axes[axes.length - 1];
  return axes.map((axis) => {
    if (isMatrix) return "scan";
    if (along.units === "" || isPixels(along.units)) return "other";
    return axis === along ? "spectral" : axis.name === "component" ? "other" : "scan";
  });
}

function wrong(path: string, got: string, needed: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is no table of numbers`, {
    got,
    needed,
    remedy:
      "write numbers with a point and the same separator in every line, and other words in lines that begin with #",
  });
}
