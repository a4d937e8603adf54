import { SpecbookError } from "../../core/errors";
import { checkStopped, writeAll, writeWholeFile } from "../write-file";
import type { WriteOptions } from "./hspy";
import type { SavedArray, SavedAxis } from "./saved-array";

/** Columns beyond which no spreadsheet follows. */
const MOST_COLUMNS = 16_384;
const ROWS_AT_ONCE = 512;

/**
 * Writes one table of text. An image is a matrix of its values; one or more spectra are columns beside the energy; a
 * result with spectra and maps is written by its spectra, a map by itself as an image. The first line, which begins with
 * "#", says what it is and gives the axes. Numbers are as short as gives the same float32 back.
 */
export async function writeCsv(path: string, arrays: readonly SavedArray[], options: WriteOptions): Promise<void> {
  const array = tableOf(path, arrays);
  const table = array.axes.length === 2 && array.axes[1].role === "scan" ? matrix(array) : columns(array);
  if (table.width > MOST_COLUMNS) throw tooWide(path, array, table.width);
  await writeWholeFile(path, async (file) => {
    let text = table.head;
    for (let row = 0; row < table.height; row++) {
      text += `${table.row(row).join(",")}\n`;
      if (row % ROWS_AT_ONCE !== 0) continue;
      checkStopped(path, options.signal);
      await writeAll(file, Buffer.from(text));
      text = "";
    }
    await writeAll(file, Buffer.from(text));
  });
}

interface Table {
  readonly head: string;
  readonly width: number;
  readonly height: number;
  row(index: number): string[];
}

/** The one array that goes into the table: the spectra of a result, else the only one. */
function tableOf(path: string, arrays: readonly SavedArray[]): SavedArray {
  const isResult = arrays.every(({ metadata }) => metadata.result !== undefined);
  const spectra = arrays.find(({ axes }) => axes.length === 2 && axes[1].role === "spectral");
  const array = isResult && spectra !== undefined ? spectra : arrays[0];
  const rank = array.axes.length;
  if ((isResult && spectra !== undefined) || (arrays.length === 1 && (rank <= 2 || isSpectra(array)))) return array;
  throw new SpecbookError("OptionError", `"${path}" would have to hold several tables`, {
    got: arrays.map(({ name, axes }) => `${name} ${axes.map(({ size }) => size).join(" x ")}`).join("; "),
    needed: "one image, spectra, or a result with spectra",
    remedy: "save them one by one, e.g. await save(image, path), or all together as .npz or .hspy",
  });
}

function isSpectra({ axes }: SavedArray): boolean {
  return axes.length === 3 && axes[2].role === "spectral";
}

function matrix({ name, axes: [y, x], data }: SavedArray): Table {
  const head = `# ${oneLine(name)}; rows: ${describe(y)}; columns: ${describe(x)}\n`;
  const row = (index: number) => Array.from(data.subarray(index * x.size, (index + 1) * x.size), shortest);
  return { head, width: x.size, height: y.size, row };
}

/** The last axis down the rows, one column for each entry of the others. */
function columns({ name, axes, data }: SavedArray): Table {
  const along = axes[axes.length - 1];
  const others = axes.slice(0, -1);
  const count = others.reduce((product, { size }) => product * size, 1);
  const titles = count === 1 ? ["value"] : Array.from({ length: count }, (_, k) => columnName(k, others));
  const said = [...others, along].map((axis) => describe(axis)).join("; ");
  const first = along.units === "px" ? along.name : `${along.name} (${along.units})`;
  const head = `# ${oneLine(name)}; ${said}\n${[first, ...titles].map(quoted).join(",")}\n`;
  const row = (index: number) => {
    const values = Array.from({ length: count }, (_, k) => shortest(data[k * along.size + index]));
    return [String(Number((along.offset + along.scale * index).toPrecision(12))), ...values];
  };
  return { head, width: count + 1, height: along.size, row };
}

/** "component 3", "y 0 x 12" */
function columnName(place: number, axes: readonly SavedAxis[]): string {
  let left = place;
  const parts = axes.toReversed().map(({ name, size, role, offset }) => {
    const index = left % size;
    left = Math.floor(left / size);
    return `${name} ${role === "other" ? offset + index : index}`;
  });
  return parts.reverse().join(" ");
}

function describe({ name, size, units, offset, scale }: SavedAxis): string {
  const points = `${oneLine(name)} ${size} points`;
  return units === "px" && offset === 0 && scale === 1
    ? points
    : `${points} from ${offset} in steps of ${scale} ${oneLine(units)}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n;]+/g, " ");
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The shortest decimal number that is the same float32. */
function shortest(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0";
  if (Math.fround(value) !== value) return String(value); // float64: JavaScript's own text is exact
  for (const digits of [7, 8]) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

function tooWide(path: string, { axes }: SavedArray, width: number): SpecbookError {
  return new SpecbookError("OptionError", `"${path}" would be a table of ${width} columns`, {
    got: axes.map(({ size }) => size).join(" x "),
    needed: `at most ${MOST_COLUMNS} columns`,
    remedy: "save it as .npz or .hspy, or only a region: await save(crop(spectra, ...), path)",
  });
}
