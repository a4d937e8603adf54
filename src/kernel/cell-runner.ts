import vm from "node:vm";
import type { CellContext } from "./cell-context";
import { KeyboardInterrupt } from "./cell-errors";
import type { CellModule, CellModules } from "./cell-modules";
import type { CellCompiler } from "./compiler";
import { evaluate } from "./evaluate";
import type { Guards } from "./guards";
import { GuardNames, NO_CELL } from "./insert-guards";
import { rewriteCell } from "./rewrite";
import { Run } from "./run";
import { SourcePositions } from "./source-positions";
import { RUN, WATCH } from "./stop-state";
import { cellFile, type Traces } from "./traces";

type CellFunction = (
  exports: object,
  require: NodeJS.Require,
  module: CellModule,
  filename: string,
  directory: string,
) => () => unknown;

/** Thrown as an uncaught exception after a SIGINT ended a vm call: node then clears its stack of async ids. */
export const SENTINEL: Error = new Error("the watched call was interrupted");

const LARGEST_RUN = 0x1fffffff; // run * 4 + phase has to fit into 31 bits
const FIRST = "__specbookFirstStretch";
const SIGNAL_WAIT = 2000;

/** Runs cells: the top-level names live on one `exports` object, the guards belong to the running cell. */
export class CellRunner {
  readonly names: Record<string, unknown> = {};
  readonly #result: { value: unknown } = { value: undefined };
  readonly #firstScript = new vm.Script(`${FIRST}()`);
  #first: () => void = () => {};
  #runs = 0;

  constructor(
    readonly compiler: () => CellCompiler,
    readonly modules: CellModules,
    readonly guards: Guards,
    readonly traces: Traces,
  ) {
    traces.install();
    // constants of the global scope, not properties: the compiler folds them, which makes the guards free
    const constants: Record<string, unknown> = {
      [GuardNames.words]: guards.words,
      [GuardNames.check]: guards.check,
      [GuardNames.constant]: guards.constant,
      [GuardNames.caught]: guards.caught,
      [GuardNames.suspend]: guards.suspend,
      [GuardNames.resume]: guards.resume,
      [GuardNames.awaiting]: guards.awaiting,
      [GuardNames.iterating]: guards.iterating,
      [GuardNames.define]: this.define.bind(this),
      [GuardNames.result]: this.#result,
      [GuardNames.meta]: modules.meta,
      [FIRST]: this.#runFirst.bind(this),
    };
    Reflect.set(globalThis, "__specbookConstants", constants);
    const names = Object.keys(constants).join(",");
    vm.runInThisContext(`const {${names}} = globalThis.__specbookConstants; delete globalThis.__specbookConstants;`);
  }

  /** Makes a name of the cells: an accessor of the variable itself. */
  define(name: string, get: () => unknown, set?: (value: unknown) => void): void {
    const refuse = () => {
      throw new TypeError(`'${name}' is a constant`);
    };
    Object.defineProperty(this.names, name, { get, set: set ?? refuse, enumerable: true, configurable: true });
  }

  /** Runs one cell and returns the value of its last expression, awaited. `cell` is its number in tracebacks. */
  async run(code: string, cell: number, context: CellContext): Promise<unknown> {
    this.guards.prepare();
    await this.modules.prepare(code);
    const compiled = this.compiler().compile(code);
    this.modules.addSideFiles(compiled.sideFiles);
    const { output } = compiled;
    if (output === undefined) return undefined;
    const edited = rewriteCell(this.compiler().ts, output, {
      cell,
      isAsync: compiled.hasAwait,
      lastExpression: compiled.lastExpression,
      isKnown: (name) => Object.hasOwn(this.names, name),
    });
    const { maps } = compiled;
    const name = cellFile(cell);
    this.traces.add(
      name,
      new SourcePositions({ name, source: code, linesInFront: 1, compiled: output, edited, maps }), // 1: see tslab
    );
    const wrapper: CellFunction = evaluate(edited.text, name) as CellFunction; // the text is one
    const { require, meta } = this.modules;
    const module = this.modules.moduleOf(this.names);
    const body = wrapper(this.names, require, module, meta.filename, meta.dirname);
    this.#runs = this.#runs === LARGEST_RUN ? 1 : this.#runs + 1;
    const run = new Run(this.#runs);
    context.run = run;
    this.guards.begin(run);
    try {
      return await this.#inRun(run, () => body.call(globalThis));
    } finally {
      compiled.commit();
    }
  }

  async #inRun(run: Run, body: () => unknown): Promise<unknown> {
    const { guards } = this;
    this.#result.value = undefined;
    try {
      // an event-loop turn of its own, so that the sentinel meets nobody else's stack
      const stretch = new Promise((resolve, reject) => {
        setImmediate(() => {
          try {
            this.#watch(() => resolve(body()));
          } catch (error) {
            const signalled = (error as { code?: string } | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
            if (!signalled) return reject(error);
            run.stop(new KeyboardInterrupt());
            reject(run.stopped);
            throw SENTINEL;
          }
        });
      });
      await Promise.race([run.forced, stretch]);
      const value = await Promise.race([run.forced, guards.awaiting(this.#result.value, NO_CELL, 0, true)]);
      // asked for, but no guard was passed any more
      if (guards.pendingFor(run)) throw run.stopped ?? new KeyboardInterrupt();
      return value;
    } catch (error) {
      if (error instanceof KeyboardInterrupt) run.stopped ??= error;
      throw error === guards.constant ? run.stopped : error; // the constant says nothing of this run
    } finally {
      this.#result.value = undefined;
      guards.end(run);
    }
  }

  // The first synchronous stretch of a cell is the only call that a SIGINT may end: library code without guards.
  #watch(first: () => void): void {
    this.#first = first;
    try {
      this.#firstScript.runInThisContext({ breakOnSigint: process.platform !== "win32", displayErrors: false });
    } finally {
      Atomics.store(this.guards.words, WATCH, 0);
    }
  }

  #runFirst(): void {
    const { words } = this.guards;
    if (Atomics.load(words, RUN) !== 0) Atomics.store(words, WATCH, 1);
    try {
      this.#first();
    } finally {
      // a signal is on its way: wait for it in here, where it is caught
      if (Atomics.compareExchange(words, WATCH, 1, 0) === 2) {
        for (const start = Date.now(); Date.now() - start < SIGNAL_WAIT; );
      }
    }
  }
}
