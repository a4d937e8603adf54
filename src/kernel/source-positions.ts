import { SourceMap } from "node:module";
import type { EditedText } from "./text-edits";

/** The source maps of tslab's two steps: TypeScript to ES module (inline in the first text), ES module to CommonJS. */
export interface CompilerMaps {
  readonly toModule: string;
  readonly toCommonJs: string;
}

/** A place in the source of a cell; lines count from 1. */
export interface SourceLine {
  readonly line: number;
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

/** Finds the line of a cell that a place in its compiled code came from. */
export class SourcePositions {
  readonly #source: string[];
  readonly #starts: number[] = [0];
  readonly #edited: EditedText;
  readonly #editedStarts: number[] = [0];
  readonly #maps: CompilerMaps;
  #parsed: { toModule?: SourceMap; toCommonJs?: SourceMap } | undefined;

  /** `compiled` is the CommonJS text of the compiler, `edited` what ran after the guards were put in. */
  constructor(source: string, compiled: string, edited: EditedText, maps: CompilerMaps) {
    this.#source = source.split("\n");
    this.#edited = edited;
    this.#maps = maps;
    for (let i = 0; i < compiled.length; i++) if (compiled[i] === "\n") this.#starts.push(i + 1);
    for (let i = 0; i < edited.text.length; i++) if (edited.text[i] === "\n") this.#editedStarts.push(i + 1);
  }

  /** The source line of a place in the text that ran, as in a stack frame (both count from 1). */
  ofFrame(line: number, column: number): SourceLine | undefined {
    const start = this.#editedStarts[line - 1];
    return start === undefined ? undefined : this.ofOffset(this.#edited.original(start + column - 1));
  }

  /** The source line of an offset in the compiled text. */
  ofOffset(offset: number): SourceLine | undefined {
    this.#parsed ??= { toModule: parse(this.#maps.toModule), toCommonJs: parse(this.#maps.toCommonJs) };
    const { toModule, toCommonJs } = this.#parsed;
    if (toModule === undefined || toCommonJs === undefined) return undefined;
    let row = this.#starts.length - 1;
    while (row > 0 && this.#starts[row] > offset) row--;
    const middle = sourceLine(toCommonJs, row, offset - this.#starts[row]);
    const place = middle && sourceLine(toModule, middle.line, middle.column);
    if (place === undefined) return undefined;
    const line = place.line - 1; // tslab puts one line in front of the cell
    if (line < 0 || line >= this.#source.length) return undefined;
    return { line: line + 1, text: this.#source[line] };
  }
}
