import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import type { CellsAnswer, CellsQuestion } from "../core/cells";
import { type CellRecord, cellGraph, runOrder, staleCells } from "./cell-graph";
import { type CellNames, cellNames } from "./cell-names";
import { keepLatest } from "./keep-latest";
import type { TypeScript } from "./typescript";

const LONG_MS = 10_000;
const KEPT_RUNS = 100;
// More cells than a notebook has: deleted ones go, and the texts of a front end that names cells and never asks.
const MOST = 2000;
const ENDINGS = ["", ".ts", ".tsx", ".js", ".json", "/index.ts", "/index.js"];

const NOTHING: ReadonlySet<string> = new Set();
const NO_NAMES: CellNames = {
  ...{ declares: NOTHING, uses: NOTHING, reads: NOTHING, changes: NOTHING, files: NOTHING },
  ...{ functions: new Map(), trains: false },
};

interface Ran {
  readonly source: string;
  /** Sizes and times of the user's files that it imported. */
  readonly files: string;
  runs: readonly number[];
  milliseconds: number;
}

/** Remembers what the cells of a notebook ran with, and says which outputs are stale. */
export class CellStates {
  readonly #ran = new Map<string, Ran>();
  #names = new Map<string, CellNames>();
  #count = 0;

  /** `directory` is the notebook's folder: imports of files start there. */
  constructor(
    readonly directory: string,
    readonly typescript: () => TypeScript,
  ) {}

  /** Notes that a cell begins to run; call what is returned, with the time it ran, when it has ended. */
  begin(id: string, source: string): (milliseconds: number) => void {
    const runs = [...(this.#ran.get(id)?.runs ?? []), ++this.#count].slice(-KEPT_RUNS);
    const ran: Ran = { source, files: this.#filesOf(this.#namesOf(source)), runs, milliseconds: 0 };
    this.#ran.delete(id); // to the end of the list
    keepLatest(this.#ran.set(id, ran), MOST);
    return (milliseconds) => {
      ran.milliseconds = milliseconds;
    };
  }

  /** Notes that what a cell made was changed by hand: cells that use it are as stale as if it had run again. */
  changed(id: string): void {
    const ran = this.#ran.get(id);
    if (ran !== undefined) ran.runs = [...ran.runs, ++this.#count].slice(-KEPT_RUNS);
  }

  /** Dependencies, stale cells and the order to run them, for the cells of a notebook as they are now. */
  answer({ cells }: CellsQuestion): CellsAnswer {
    const names = cells.map(({ source }) => this.#namesOf(source));
    this.#names = new Map(cells.map(({ source }, i) => [source, names[i]])); // of older sources nothing is kept
    const graph = cellGraph(names);
    const records = cells.map(({ id, source }, i): CellRecord | undefined => {
      const ran = this.#ran.get(id);
      if (ran === undefined) return undefined;
      return { runs: ran.runs, isEdited: ran.source !== source || ran.files !== this.#filesOf(names[i]) };
    });
    const stale = staleCells(graph, records);
    const idOf = (cell: number) => cells[cell].id;
    return {
      edges: graph.sources.flatMap((sources, to) =>
        [...sources].map(([from, shared]) => ({ from: idOf(from), to: idOf(to), names: shared })),
      ),
      stale: stale.map(({ cell, isEdited, because }) => ({
        id: idOf(cell),
        isEdited,
        because: [...because].map(([source, shared]) => ({ id: idOf(source), names: shared })),
        isLong: names[cell].trains || (this.#ran.get(idOf(cell))?.milliseconds ?? 0) > LONG_MS,
      })),
      order: runOrder(
        graph,
        stale.map(({ cell }) => cell),
      ).map(idOf),
    };
  }

  #namesOf(source: string): CellNames {
    const known = this.#names.get(source);
    if (known !== undefined) return known;
    const names = this.#read(source);
    this.#names.set(source, names);
    keepLatest(this.#names, MOST);
    return names;
  }

  // What cannot be read (an expression of thousands of terms is too deep) still runs, or fails, as a cell of its own.
  #read(source: string): CellNames {
    try {
      return cellNames(this.typescript(), source);
    } catch {
      return NO_NAMES;
    }
  }

  #filesOf({ files }: CellNames): string {
    const stamps = [...files].map((file) => {
      const base = resolve(this.directory, file.replace(/\.js$/, ""));
      for (const ending of ENDINGS) {
        const found = fileAt(base + ending);
        if (found !== undefined) return `${found.size}:${found.mtimeMs}`;
      }
      return "none";
    });
    return stamps.join(" ");
  }
}

function fileAt(path: string): Stats | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? found : undefined;
  } catch {
    return undefined; // not there, or no path at all: the import itself says so
  }
}

/** The question of a front end, if it is one. */
export function cellsQuestion(data: Readonly<Record<string, unknown>>): CellsQuestion | undefined {
  const { cells } = data;
  if (!Array.isArray(cells)) return undefined;
  const isCell = (cell: unknown) => {
    const { id, source } = (cell ?? {}) as Record<string, unknown>;
    return typeof id === "string" && typeof source === "string";
  };
  return cells.every(isCell) ? { cells } : undefined;
}
