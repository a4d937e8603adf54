import { SpecbookError } from "../core/errors";
import { packArrays } from "./pack-arrays";
import type { VegaLiteSpec } from "./spec";
import { CONFIG } from "./theme";

/** One panel of a figure: a unit or layered Vega-Lite view. */
export type Panel = Readonly<Record<string, unknown>> & { readonly width: number; readonly height: number };

/** Options that every plot function takes. */
export interface FigureOptions {
  /** Title of the figure; each function has its own default. */
  readonly title?: string;
  /** A line more under the title, e.g. where the data come from if the result does not say. */
  readonly note?: string;
  /**
   * Letter of the first panel, default "a" where there are several: `letter: "c"` continues another figure; "" for no
   * letters.
   */
  readonly letter?: string;
}

/** The title of a panel, its letter first; none for a panel that its figure's title describes. */
export function panelTitle(letter: string | undefined, title: string): { title?: string } {
  if (title === "") return {};
  return { title: letter === undefined || letter === "" ? title : `${letter}  ${title}` };
}

/**
 * Panel letters from a first one on: "a", "b", ... "z", "aa", "ab", ..., or capitals; none after "".
 *
 * @throws OptionError for a first one that is no letter
 */
export function letters(first = "a"): () => string {
  if (first === "") return () => "";
  checkLetter(first);
  const a = first < "a" ? 65 : 97;
  let at = [...first].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - a + 1, 0) - 1;
  return () => {
    const i = at++;
    const last = String.fromCharCode(a + (i % 26));
    return i < 26 ? last : String.fromCharCode(a - 1 + Math.floor(i / 26)) + last;
  };
}

function checkLetter(first: string): void {
  if (/^([a-z]{1,2}|[A-Z]{1,2})$/.test(first)) return;
  throw new SpecbookError("OptionError", "a figure cannot begin with this letter", {
    got: `letter: ${JSON.stringify(first)}`,
    needed: 'one or two letters, such as "c", "C" or "aa", or "" for none',
    remedy: "leave letter out to begin with a",
  });
}

/**
 * Rows of panels under one title. Columns of a block line up; panels of one block have one width. `rowSpacing` between
 * the rows of a block has to hold the axes of the upper row and the titles of the lower one.
 */
export function figure(
  options: FigureOptions,
  title: string,
  notes: readonly (string | undefined)[],
  blocks: readonly (readonly Panel[])[],
  columns = 4,
  rowSpacing: number | TightRows = 58,
): VegaLiteSpec {
  const parts = lettered(blocks, options.letter)
    .filter((panels) => panels.length > 0)
    .map((panels) => block(panels, columns, rowSpacing));
  const widest = Math.max(...blocks.map((panels) => rowWidth(panels, columns)));
  const subtitle = wrap(
    [...notes, options.note].filter((note): note is string => note !== undefined && note !== "").join("; "),
    widest,
  );
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    title: { text: titleLines(options.title ?? title, widest), subtitle, fontSize: 16, offset: 16 },
    data: { values: [{}] }, // for the marks that are drawn once: scale bars, pictures, names
    ...packArrays(parts.length === 1 ? parts[0] : { vconcat: parts, spacing: 22, ...INDEPENDENT }),
    config: CONFIG,
  };
}

/** A letter that was asked for stands at a lone panel too. */
function lettered(blocks: readonly (readonly Panel[])[], letter: string | undefined): readonly (readonly Panel[])[] {
  const [panel, second] = blocks.flat();
  if (panel === undefined || second !== undefined || letter === undefined || letter === "") return blocks;
  checkLetter(letter);
  const own = typeof panel.title === "string" ? panel.title : "";
  return own.startsWith(`${letter}  `) ? blocks : [[{ ...panel, title: own === "" ? letter : `${letter}  ${own}` }]];
}

/** Panels of unlike sizes close together, such as the margins of a scatter plot: rows and columns have their own sizes. */
export interface TightRows {
  readonly between: number;
}

const INDEPENDENT = { resolve: { scale: { color: "independent" } } };

function block(panels: readonly Panel[], columns: number, rowSpacing: number | TightRows): Record<string, unknown> {
  // One row is aligned by Vega-Lite's own rules; in several, only a flat flush concat lines the columns up.
  if (panels.length <= columns) return { hconcat: panels, spacing: 30, ...INDEPENDENT };
  return {
    concat: panels,
    columns,
    align: typeof rowSpacing === "number" ? "all" : "each",
    bounds: "flush",
    spacing: typeof rowSpacing === "number" ? { row: rowSpacing, column: 44 } : rowSpacing.between,
    ...INDEPENDENT,
  };
}

function rowWidth(panels: readonly Panel[], columns: number): number {
  return panels.slice(0, columns).reduce((sum, { width }) => sum + width + 30, 0);
}

/** A title longer than a notebook is wide, or than its figure, would widen the picture: it goes on below. */
function titleLines(text: string, widest: number): string | string[] {
  const lines = wrap(text, Math.max(720, widest), 9);
  return lines.length > 1 ? lines : text;
}

/** Lines of at most `width` chart pixels, at so many pixels a character; 5.6 in the subtitle. */
function wrap(text: string, width: number, character = 5.6): string[] {
  const limit = Math.max(36, Math.floor(width / character));
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > limit) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
