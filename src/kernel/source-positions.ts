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

/** Finds the place in a source that a place in its compiled code came from. */
export class SourcePositions {
  readonly name: string;
  readonly #source: string[];
  readonly #linesInFront: number;
  readonly #starts: number[] = [0];
  readonly #edited: EditedText;
  readonly #editedStarts: number[] = [0];
  readonly #maps: CompilerMaps;
  #parsed: { toModule?: SourceMap; toCommonJs?: SourceMap } | undefined;

  constructor({ name, source, linesInFront, compiled, edited, maps }: SourceTexts) {
    this.name = name;
    this.#source = source.split("\n");
    this.#linesInFront = linesInFront;
    this.#edited = edited;
    this.#maps = maps;
    for (let i = 0; i < compiled.length; i++) if (compiled[i] === "\n") this.#starts.push(i + 1);
    for (let i = 0; i < edited.text.length; i++) if (edited.text[i] === "\n") this.#editedStarts.push(i + 1);
  }

  /** A line of the source; undefined past its end. */
  text(line: number): string | undefined {
    return this.#source[line - 1];
  }

  /** The place in the source of a place in the text that ran, as in a stack frame (both count from 1). */
  ofFrame(line: number, column: number): SourcePlace | undefined {
    const start = this.#editedStarts[line - 1];
    return start === undefined ? undefined : this.ofOffset(this.#edited.original(start + column - 1));
  }

  /** The place in the source of an offset in the compiled text. */
  ofOffset(offset: number): SourcePlace | undefined {
    this.#parsed ??= { toModule: parse(this.#maps.toModule), toCommonJs: parse(this.#maps.toCommonJs) };
    const { toModule, toCommonJs } = this.#parsed;
    if (toModule === undefined || toCommonJs === undefined) return undefined;
    let row = this.#starts.length - 1;
    while (row > 0 && this.#starts[row] > offset) row--;
    const middle = sourceLine(toCommonJs, row, offset - this.#starts[row]);
    const place = middle && sourceLine(toModule, middle.line, middle.column);
    if (place === undefined) return undefined;
    const line = place.line - this.#linesInFront;
    if (line < 0 || line >= this.#source.length) return undefined;
    return { line: line + 1, column: place.column + 1, text: this.#source[line] };
  }
}
