import { SourceMap } from "node:module";
import type { EditedText } from "./text-edits";

/** The source maps of tslab's two steps: TypeScript to ES module (inline in the first text), ES module to CommonJS. */
export interface CompilerMaps {
  readonly toModule: string;
  readonly toCommonJs: string;
}

/** A place in a source; lines and columns count from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  /** The whole line. */
  readonly text: string;
}

/** Takes the inline source map out of a compiled text. */
export function inlineSourceMap(text: string): string {
  const match = /\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/.exec(text);
  return match === null ? "" : Buffer.from(match[1], "base64").toString("utf8");
}

const parse = (json: string) => (json === "" ? undefined : new SourceMap(JSON.parse(json)));

// The source line (from 0) of a place in the output; where the place itself has no mapping, the nearest one before it.
function sourceLine(map: SourceMap, line: number, column: number): { line: number; column: number } | undefined {
  const entry = map.findEntry(line, column) as Partial<{ originalLine: number; originalColumn: number }>;
  if (entry.originalLine === undefined) return undefined;
  return { line: entry.originalLine, column: entry.originalColumn ?? 0 };
}

/** The texts of one source: as written, as compiled, and as it runs. */
export interface SourceTexts {
  /** What tracebacks call it. */
  readonly name: string;
  readonly source: string;
  /** Lines that the compiler had in front of the source. */
  readonly linesInFront: number;
  /** The CommonJS text of the compiler. */
  readonly compiled: string;
  /** What runs: the compiled text with guards. */
  readonly edited: EditedText;
  readonly maps: CompilerMaps;
}

type Parsed = Readonly<Record<keyof CompilerMaps, SourceMap | undefined>>;

// Where each line of a text starts.
function lineStarts(text: string): Uint32Array {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}

/**
 * Finds the place in a source that a place in its compiled code came from. There is one for each of the last thousand cells:
 * it holds texts and line numbers, and parses the source maps when it is asked.
 */
export class SourcePositions {
  // those of a traceback are mostly of one source; parsed, they take ten times the memory of their text
  static #latest: { readonly of: SourcePositions; readonly parsed: Parsed } | undefined;
  readonly name: string;
  readonly #source: string;
  readonly #linesInFront: number;
  readonly #starts: Uint32Array;
  readonly #original: EditedText["original"];
  readonly #editedStarts: Uint32Array;
  readonly #maps: CompilerMaps;

  constructor({ name, source, linesInFront, compiled, edited, maps }: SourceTexts) {
    this.name = name;
    this.#source = source;
    this.#linesInFront = linesInFront;
    this.#original = edited.original;
    this.#maps = maps;
    this.#starts = lineStarts(compiled);
    this.#editedStarts = lineStarts(edited.text);
  }

  /** A line of the source; undefined past its end. */
  text(line: number): string | undefined {
    return this.#source.split("\n")[line - 1];
  }

  /** The place in the source of a place in the text that ran, as in a stack frame (both count from 1). */
  ofFrame(line: number, column: number): SourcePlace | undefined {
    const start: number | undefined = this.#editedStarts[line - 1];
    return start === undefined ? undefined : this.ofOffset(this.#original(start + column - 1));
  }

  /** The place in the source of an offset in the compiled text. */
  ofOffset(offset: number): SourcePlace | undefined {
    const { toModule, toCommonJs } = this.#parsed();
    if (toModule === undefined || toCommonJs === undefined) return undefined;
    let row = this.#starts.length - 1;
    while (row > 0 && this.#starts[row] > offset) row--;
    const middle = sourceLine(toCommonJs, row, offset - this.#starts[row]);
    const place = middle && sourceLine(toModule, middle.line, middle.column);
    if (place === undefined) return undefined;
    const line = place.line - this.#linesInFront;
    const text = line < 0 ? undefined : this.text(line + 1);
    return text === undefined ? undefined : { line: line + 1, column: place.column + 1, text };
  }

  #parsed(): Parsed {
    const { toModule, toCommonJs } = this.#maps;
    if (SourcePositions.#latest?.of !== this) {
      SourcePositions.#latest = { of: this, parsed: { toModule: parse(toModule), toCommonJs: parse(toCommonJs) } };
    }
    return SourcePositions.#latest.parsed;
  }
}
