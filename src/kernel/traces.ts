import { dirname } from "node:path";
import { inspect, types } from "node:util";
import { isSpecbookError } from "../core";
import { KeyboardInterrupt, TypeScriptError } from "./cell-errors";
import type { Site } from "./run";
import type { SourcePlace, SourcePositions } from "./source-positions";

const FRAME = /^\s+at /;
const NODE = /\(?node:|\(<anonymous>\)|evalmachine|native code/;
const LIBRARY = dirname(__dirname);
/** A session of thousands of cells: of a cell this long ago, tracebacks tell the number without the line. */
export const MOST_SOURCES = 1000;
const CELL_FILE = /^cell\[\d+\]\.ts$/;
const EVAL_AS = /\.eval \[as (\S+)\]$/;
const MOST_SITES = 16;
const MOST_ERRORS = 5;
const UNREADABLE = "its name, message or stack cannot be read: reading them throws";

/** What a front end shows of an error. */
export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

/** The name that a cell runs under and has in tracebacks. */
export const cellFile = (cell: number): string => `cell[${cell}].ts`;

const isError = (value: unknown): value is Error => value instanceof Error || types.isNativeError(value);

/** Turns errors into tracebacks in the lines of the cells, without frames of node and of the kernel. */
export class Traces {
  /** By the name that code runs under, as in V8's stacks. */
  readonly #running = new Map<string, SourcePositions>();
  /** By the name that tracebacks show. */
  readonly #sources = new Map<string, SourcePositions>();
  readonly #sites = new WeakMap<object, Site[]>();

  /**
   * Makes the stacks of all errors of this process tell the lines of the sources: a cell may print an error that it has
   * caught.
   */
  install(): void {
    Error.prepareStackTrace = (error, sites) => {
      const frames = sites.map((site) => `    at ${site}`);
      return [headOf(error), ...this.#mapped(frames)].join("\n");
    };
  }

  /** Makes the lines of a cell, or of a user's file, known: `file` is the name that it runs under. */
  add(file: string, positions: SourcePositions): void {
    this.#running.set(file, positions);
    this.#sources.set(positions.name, positions);
    if (this.#running.size > MOST_SOURCES) {
      const [oldest, { name }] = this.#running.entries().next().value!; // there are many
      this.#running.delete(oldest);
      this.#sources.delete(name);
    }
  }

  /** The number of the cell that an error of no known cell comes from. */
  cellOf(error: unknown): number | undefined {
    const place = isError(error) ? /\bcell\[(\d+)\]\.ts:\d/.exec(error.stack ?? "") : null;
    return place === null ? undefined : Number(place[1]);
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
    const traceback = this.lines(error);
    if (!isError(error)) return { ename: "Thrown", evalue: describe(error), traceback };
    try {
      return { ename: nameOf(error), evalue: String(error.message), traceback };
    } catch {
      return { ename: "Error", evalue: UNREADABLE, traceback };
    }
  }

  /** The lines of a traceback. Never throws, or a cell that did would never end: an error class may have getters that do. */
  lines(error: unknown, above: readonly unknown[] = []): string[] {
    try {
      return this.#linesOf(error, above);
    } catch {
      return [`Error: ${UNREADABLE}`, ...this.#sitesOf(error, [])];
    }
  }

  #linesOf(error: unknown, above: readonly unknown[]): string[] {
    if (!isError(error)) return [`Thrown: ${describe(error)}`, ...this.#sitesOf(error, [])];
    if (error instanceof TypeScriptError) return (error.stack ?? "").split("\n");
    const stack = String(error.stack ?? "").split("\n");
    const shown: string[] = [];
    for (const frame of stack.filter((line) => FRAME.test(line))) {
      const text = this.#shown(frame, isSpecbookError(error));
      if (text !== undefined && shown.at(-1) !== text) shown.push(text);
    }
    return [...head(error, stack), ...shown, ...this.#sitesOf(error, shown), ...this.#inner(error, [...above, error])];
  }

  // The errors that an error tells of: its cause, and all of an AggregateError.
  #inner(error: Error, above: readonly unknown[]): string[] {
    const under = (title: string, inner: unknown) => {
      if (above.includes(inner)) return [`${title} this error itself`];
      return this.lines(inner, above).map((line, i) => (i === 0 ? `${title} ${line}` : line));
    };
    const cause = error.cause === undefined || isSpecbookError(error) ? [] : under("caused by", error.cause);
    const { errors } = error as { errors?: unknown };
    if (!Array.isArray(errors)) return cause;
    const count = errors.length;
    const all = errors.slice(0, MOST_ERRORS).flatMap((inner, i) => under(`${i + 1} of ${count}:`, inner));
    return [...cause, ...all, ...(count > MOST_ERRORS ? [`and ${count - MOST_ERRORS} more`] : [])];
  }

  #sitesOf(error: unknown, shown: readonly string[]): string[] {
    const sites = (error !== null && typeof error === "object" && this.#sites.get(error)) || [];
    const lines: string[] = [];
    for (const { cell, offset } of sites) {
      const file = cellFile(cell);
      const place = this.#running.get(file)?.ofOffset(offset);
      if (place === undefined) continue;
      // the same line is already there when the error rose in the cell itself
      const known = [...shown, ...lines].some((text) => text.includes(`${file}:${place.line}:`));
      if (!known) lines.push(`    at ${placeText(file, place)}${sourceText(place.text)}`);
    }
    return lines;
  }

  // A frame as a traceback shows it: those of sources with the line's text, of the rest what helps.
  #shown(frame: string, cellsOnly: boolean): string | undefined {
    const place = placeOf(frame);
    const text = place && this.#sources.get(place.file)?.text(place.line);
    if (text !== undefined) return frame + sourceText(text);
    const hidden = NODE.test(frame) || isKernels(frame);
    return hidden || (cellsOnly && (frame.includes(LIBRARY) || frame.includes("node_modules"))) ? undefined : frame;
  }

  // Frames of cells and of the user's files in the lines of their sources, those of the kernel left out. A stack without
  // any is one of the kernel or of a package at work by itself: it stays.
  #mapped(frames: readonly string[]): readonly string[] {
    let isCells = false;
    const mapped = frames.flatMap((frame) => {
      const at = placeOf(frame);
      const positions = at && this.#running.get(at.file);
      if (positions === undefined && CELL_FILE.test(at?.file ?? "")) return [frame.replace(/:\d+:\d+(?=\)?$)/, "")];
      if (positions === undefined) return isKernels(frame) || NODE.test(frame) ? [] : [frame];
      isCells = true;
      const place = positions.ofFrame(at!.line, at!.column);
      if (place === undefined) return []; // the call of the cell itself
      // V8 calls the functions without a name of an evaluated text `eval`
      const name = /at (?:async )?(?:Object\.)?([\w$.<>[\] ]+?) \(/.exec(frame)?.[1]?.replace(EVAL_AS, ".$1");
      const named = name !== undefined && name !== "eval" && !/^<anonymous>$|__specbook/.test(name);
      const where = placeText(positions.name, place);
      return [`    at ${named ? `${name} (${where})` : where}`];
    });
    return isCells ? mapped : frames;
  }
}

const isKernels = (frame: string) => frame.includes(__dirname) || /tslab[\\/](dist|typescript-for-tslab)/.test(frame);

/** The file, line and column that a stack frame ends with. */
function placeOf(frame: string): { file: string; line: number; column: number } | undefined {
  const inside = /\((.*)\)$/.exec(frame)?.[1] ?? frame.replace(/^\s*at (?:async )?/, "");
  const match = /^(.*):(\d+):(\d+)$/.exec(inside);
  return match === null ? undefined : { file: match[1], line: Number(match[2]), column: Number(match[3]) };
}

const placeText = (file: string, { line, column }: SourcePlace) => `${file}:${line}:${column}`;
const sourceText = (text: string) => `    ${text.trim().slice(0, 80)}`;

/** The name of an error; that of its class where the class was given none. */
function nameOf(error: Error): string {
  const name = typeof error.name === "string" && error.name !== "" ? error.name : "Error";
  const own: unknown = error.constructor?.name;
  return name === "Error" && typeof own === "string" && own !== "" && own !== "Object" ? own : name;
}

function headOf(error: unknown): string {
  if (!isError(error)) return Error.prototype.toString.call(error); // an object that was given a stack
  const message = String(error.message);
  return message === "" ? nameOf(error) : `${nameOf(error)}: ${message}`;
}

function head(error: Error, stack: readonly string[]): string[] {
  if (isSpecbookError(error) || error instanceof KeyboardInterrupt) {
    return headOf(error).split("\n"); // the message may have grown after the stack was made
  }
  const end = stack.findIndex((line) => FRAME.test(line));
  const lines = end < 0 ? [...stack] : stack.slice(0, end);
  // V8 puts the source line and a caret in front of syntax errors: they are lines of the compiled text
  const start = lines.findIndex((line) => line.startsWith(error.name));
  const own = start > 0 ? lines.slice(start) : lines;
  return own.length > 0 && own[0] !== "" ? own : headOf(error).split("\n");
}

function describe(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return inspect(value, { depth: 3, maxArrayLength: 20, maxStringLength: 400, breakLength: 100 });
  } catch {
    return Object.prototype.toString.call(value); // of a proxy or a getter that throws
  }
}
