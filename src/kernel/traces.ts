import { dirname } from "node:path";
import { isSpecbookError } from "../core";
import { KeyboardInterrupt, TypeScriptError } from "./cell-errors";
import type { Site } from "./run";
import type { SourceLine, SourcePositions } from "./source-positions";

const FRAME = /^\s+at /;
const CELL = /(cell\[(\d+)\]\.ts):(\d+):(\d+)/;
const NODE = /\(?node:|\(<anonymous>\)|evalmachine|native code/;
const LIBRARY = dirname(__dirname);
const MOST_SITES = 16;

/** What a front end shows of an error. */
export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

/** Turns errors into tracebacks in the lines of the cells, without frames of node and of the kernel. */
export class Traces {
  readonly #cells = new Map<number, SourcePositions>();
  readonly #sites = new WeakMap<object, Site[]>();

  /** Makes the lines of a cell known. */
  add(cell: number, positions: SourcePositions): void {
    this.#cells.set(cell, positions);
  }

  /** An error came through an await of a cell: V8's stack ends at our guard, so the place is kept here. */
  passed(error: unknown, site: Site): void {
    if (error === null || typeof error !== "object") return;
    const sites = this.#sites.get(error) ?? [];
    if (sites.length === 0) this.#sites.set(error, sites);
    const last = sites.at(-1);
    if (sites.length < MOST_SITES && (last?.cell !== site.cell || last.offset !== site.offset)) sites.push(site);
  }

  /** The name, message and traceback of anything thrown. */
  report(error: unknown): ErrorReport {
    const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
    return {
      ename: typeof name === "string" && name !== "" ? name : error instanceof Error ? "Error" : "Thrown",
      evalue: typeof message === "string" ? message : String(error),
      traceback: this.lines(error),
    };
  }

  /** The lines of a traceback. */
  lines(error: unknown): string[] {
    if (!(error instanceof Error)) return [`Thrown: ${describe(error)}`, ...this.#sitesOf(error, [])];
    if (error instanceof TypeScriptError) return (error.stack ?? "").split("\n");
    const stack = (error.stack ?? "").split("\n");
    const frames = stack.filter((line) => FRAME.test(line));
    const shown: string[] = [];
    for (const frame of frames) {
      const text = this.#frame(frame, isSpecbookError(error));
      if (text !== undefined && shown.at(-1) !== text) shown.push(text);
    }
    const cause = error.cause !== undefined && !isSpecbookError(error) ? this.lines(error.cause) : [];
    return [
      ...head(error, stack),
      ...shown,
      ...this.#sitesOf(error, shown),
      ...cause.map((line, i) => (i === 0 ? `caused by ${line}` : line)),
    ];
  }

  #sitesOf(error: unknown, shown: readonly string[]): string[] {
    const sites = (error !== null && typeof error === "object" && this.#sites.get(error)) || [];
    const lines: string[] = [];
    for (const { cell, offset } of sites) {
      const place = this.#cells.get(cell)?.ofOffset(offset);
      if (place === undefined) continue;
      const line = frameText("    at", `cell[${cell}].ts:${place.line}`, place);
      // the same line without a function name is already there when the error rose in the cell itself
      const known = [...shown, ...lines].some((text) => text.includes(`cell[${cell}].ts:${place.line}`));
      if (!known) lines.push(line);
    }
    return lines;
  }

  #frame(line: string, cellsOnly: boolean): string | undefined {
    const match = CELL.exec(line);
    if (match === null) {
      const hidden = NODE.test(line) || line.includes(__dirname) || /tslab[\\/](dist|typescript-for-tslab)/.test(line);
      return hidden || (cellsOnly && (line.includes(LIBRARY) || line.includes("node_modules"))) ? undefined : line;
    }
    const place = this.#cells.get(Number(match[2]))?.ofFrame(Number(match[3]), Number(match[4]));
    if (place === undefined) return undefined; // the call of the cell itself
    const name = /at (?:async )?(?:Object\.)?([\w$.<>[\] ]+?) \(/.exec(line)?.[1];
    const where = `${match[1]}:${place.line}`;
    const named = name !== undefined && name !== "eval" && !/^<anonymous>$|__specbook/.test(name);
    return frameText("    at", named ? `${name} (${where})` : where, place);
  }
}

function frameText(at: string, where: string, { text }: SourceLine): string {
  return `${at} ${where}    ${text.trim().slice(0, 80)}`;
}

function head(error: Error, stack: readonly string[]): string[] {
  if (isSpecbookError(error) || error instanceof KeyboardInterrupt) {
    return `${error.name}: ${error.message}`.split("\n"); // the message may have grown after the stack was made
  }
  const end = stack.findIndex((line) => FRAME.test(line));
  const lines = end < 0 ? [...stack] : stack.slice(0, end);
  // V8 puts the source line and a caret in front of syntax errors: they are lines of the compiled text
  const start = lines.findIndex((line) => line.startsWith(error.name));
  const own = start > 0 ? lines.slice(start) : lines;
  return own.length > 0 && own[0] !== "" ? own : `${error.name}: ${error.message}`.split("\n");
}

function describe(value: unknown): string {
  try {
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
