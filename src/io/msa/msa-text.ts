import { SpecbookError } from "../../core/errors";

/** The content of an EMSA/MAS file. */
export interface MsaText {
  /** The last value of each keyword, in capitals; lines of a title or comment are joined, users' keywords keep "##". */
  readonly keywords: ReadonlyMap<string, string>;
  /** The units that stand in the keyword ("#BEAMKV   -kV: 120"), where there are any. */
  readonly units: ReadonlyMap<string, string>;
  /** The values in order; of pairs the second ones. */
  readonly values: readonly number[];
  /** The first ones of pairs; empty for data of type Y. */
  readonly positions: readonly number[];
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;
const OTHER_NUMBERS: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY };

/**
 * Reads the lines of an EMSA/MAS spectral data file (ISO 22029): keywords up to `#SPECTRUM`, then values, or pairs of
 * position and value, separated by commas or spaces, up to `#ENDOFDATA`.
 *
 * @throws FormatError for a line that is neither, and where fewer values than `#NPOINTS` come before the file ends
 * without `#ENDOFDATA`.
 */
export function parseMsa(text: string, path: string): MsaText {
  const keywords = new Map<string, string>();
  const units = new Map<string, string>();
  const numbers: number[] = [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  let place: "keywords" | "data" | "end" = "keywords";
  for (const [index, line] of lines.entries()) {
    const keyword = /^\s*(##?)\s*([^:-]*?)\s*(?:-\s*([^:]*?)\s*)?(?::(.*))?$/.exec(line);
    if (line.trim() === "") continue;
    if (line.trimStart().startsWith("#") && keyword !== null) {
      const [, mark, word, unit = "", value = ""] = keyword;
      const name = mark === "##" ? `##${word}${unit === "" ? "" : `-${unit}`}` : word.toUpperCase();
      if (name === "SPECTRUM") place = "data";
      else if (name === "ENDOFDATA") place = "end";
      else note(keywords, name, value.trim());
      if (mark === "#" && unit !== "") units.set(name, unit);
    } else if (place === "data") {
      for (const word of line.split(/[\s,;]+/)) if (word !== "") numbers.push(numberOf(word, index + 1, path));
    } else if (place === "keywords") {
      throw unclear(path, index + 1, line, "a keyword such as #TITLE, or #SPECTRUM before the data");
    }
  }
  const isPairs = /^XY$/i.test(keywords.get("DATATYPE") ?? "");
  if (isPairs && numbers.length % 2 !== 0) throw unclear(path, lines.length, "a position without a value", "pairs");
  const values = isPairs ? numbers.filter((_, i) => i % 2 === 1) : numbers;
  const wanted = msaNumber(keywords.get("NPOINTS"));
  if (values.length === 0 || (place !== "end" && wanted !== undefined && values.length < wanted)) {
    throw new SpecbookError("FormatError", `"${path}" ends before its data do`, {
      got: `${values.length} values and no #ENDOFDATA`,
      needed: `${wanted ?? "at least one"}, as #NPOINTS says`,
      remedy: "copy or export the file again: this copy is cut off",
    });
  }
  return { keywords, units, values, positions: isPairs ? numbers.filter((_, i) => i % 2 === 0) : [] };
}

/** The number of a keyword; "2.0 E-06" is one, and of "10. 12." the first. undefined where there is none. */
export function msaNumber(written: string | undefined): number | undefined {
  const joined = (written ?? "").trim().replace(/\s+(?=[eEdD][+-]?\d)/, "");
  const word = joined.split(/\s+/)[0];
  return NUMBER.test(word) ? Number(word.replace(/[dD]/, "e")) : undefined;
}

/** Titles and comments may take several lines; of other keywords the last one counts. */
function note(keywords: Map<string, string>, name: string, value: string): void {
  const before = keywords.get(name);
  const isLong = name === "TITLE" || name === "COMMENT";
  keywords.set(name, isLong && before !== undefined ? `${before}\n${value}` : value);
}

function numberOf(word: string, line: number, path: string): number {
  if (NUMBER.test(word)) return Number(word.replace(/[dD]/, "e"));
  const other = OTHER_NUMBERS[word.toLowerCase().replace(/^[+-]/, "")];
  if (other !== undefined) return word.startsWith("-") ? -other : other;
  throw unclear(path, line, word, "a number");
}

function unclear(path: string, line: number, found: string, needed: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is damaged, or not written as EMSA/MAS asks`, {
    got: `${JSON.stringify(found.trim().slice(0, 60))} in line ${line}`,
    needed,
    remedy: "correct the line with a text editor, or export the spectrum again",
  });
}
