import type { AsyncLocalStorage } from "node:async_hooks";
import { type EventLoopUtilization, performance } from "node:perf_hooks";
import type { CellContext } from "./cell-context";
import { KeyboardInterrupt } from "./cell-errors";
import type { Run, Site, Waiting } from "./run";
import { FLAG, flagOf, HEEDED, Phase, phaseOf, RUN, runOf, Times } from "./stop-state";
import type { Traces } from "./traces";

/** Share of its time that an event loop works while only the kernel's own timers run. */
const IDLE = 0.05;
const NEVER = new Promise<never>(() => {});

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  value !== null &&
  (typeof value === "object" || typeof value === "function") &&
  typeof (value as { then?: unknown }).then === "function";

/**
 * What the guards in a cell's loops, functions and awaits do when the stop button was pressed. In the fast path they only
 * compare one word of memory with 0; everything here is the slow path.
 */
export class Guards {
  /** Thrown by the tightest loops: a constant costs nothing, but has no stack. */
  readonly constant: KeyboardInterrupt = new KeyboardInterrupt();
  current: Run | undefined;
  #preparing = false;
  #stopAtBegin = false;

  /** `pressStop` starts the control thread's work on the running cell. */
  constructor(
    readonly words: Int32Array,
    readonly context: AsyncLocalStorage<CellContext>,
    readonly traces: Traces,
    readonly pressStop: () => void,
  ) {
    this.constant.stack = `${this.constant.name}: ${this.constant.message}`;
  }

  /** A cell is being compiled: a stop now is meant for it. */
  prepare(): void {
    this.#preparing = true;
    this.#stopAtBegin = false;
  }

  /** Starts a run: from here on the guards belong to it. Throws if stop was pressed while it was compiled. */
  begin(run: Run): void {
    this.#preparing = false;
    if (this.#stopAtBegin) throw new KeyboardInterrupt();
    this.current = run;
    Atomics.store(this.words, FLAG, 0);
    Atomics.store(this.words, HEEDED, 0);
    Atomics.store(this.words, RUN, run.number);
  }

  /** Ends the run. */
  end(run: Run): void {
    run.dead = run.stopped !== undefined;
    run.waiting.clear();
    this.current = undefined;
    Atomics.store(this.words, RUN, 0);
    Atomics.store(this.words, FLAG, 0);
  }

  /** The stop signal of the cell that the calling code belongs to. Asking for it buys time to tidy up after a stop. */
  signal(): AbortSignal | undefined {
    const run = this.context.getStore()?.run ?? this.current;
    if (run !== undefined && run === this.current && !run.heeded) {
      run.heeded = true;
      Atomics.store(this.words, HEEDED, 1);
    }
    return run?.controller.signal;
  }

  /** True if the flag is raised for this run and no guard has seen it. */
  pendingFor(run: Run): boolean {
    const flag = Atomics.load(this.words, FLAG);
    return phaseOf(flag) !== 0 && runOf(flag) === run.number;
  }

  // background work of earlier cells is not the running cell: only code started by it may be stopped
  #mine(): Run | undefined {
    const run = this.current;
    return run !== undefined && this.context.getStore()?.run === run ? run : undefined;
  }

  #clear(flag: number): boolean {
    return Atomics.compareExchange(this.words, FLAG, flag, 0) === flag;
  }

  /** A guard found the flag raised: throws if that concerns the code that runs now. */
  readonly check = (): void => {
    const flag = Atomics.load(this.words, FLAG);
    if (flag === 0) return;
    const phase = phaseOf(flag);
    if (phase !== Phase.force && runOf(flag) !== (this.current?.number ?? 0)) {
      this.#clear(flag); // meant for a cell that has ended
      return;
    }
    const mine = this.#mine();
    if (mine === undefined && phase !== Phase.force) return;
    if (phase === Phase.ask) this.#clear(flag);
    const interrupt = new KeyboardInterrupt(mine?.stopped?.message); // what stopped work has said stays
    Error.captureStackTrace(interrupt, this.check);
    mine?.stop(interrupt);
    throw interrupt;
  };

  /** A catch block caught `error`: if it is ours, the flag is taken so that the block may work. */
  readonly caught = (error: unknown): void => {
    const flag = Atomics.load(this.words, FLAG);
    const mine = this.#mine();
    if (!(error instanceof KeyboardInterrupt) || phaseOf(flag) !== Phase.ask || runOf(flag) !== mine?.number) return;
    this.#clear(flag);
    mine.stop(error);
  };

  /** A finally block begins: takes the flag; `resume` gets what this returns and raises it again. */
  readonly suspend = (): number => {
    const flag = Atomics.load(this.words, FLAG);
    const mine = this.#mine();
    const ours = mine !== undefined && phaseOf(flag) === Phase.ask && runOf(flag) === mine.number;
    return ours && this.#clear(flag) ? mine.number : 0;
  };

  readonly resume = (number: number): void => {
    if (this.current?.number === number && this.current.stopped === undefined) this.#ask(this.current);
  };

  #ask(run: Run): void {
    Atomics.compareExchange(this.words, FLAG, 0, flagOf(run.number, Phase.ask));
  }

  /**
   * `await x` of a cell runs as `await awaiting(x, ...)`: a stop rejects it, a cell that was ended by force stays at it, and
   * an error that comes through it learns which line of the cell waited.
   */
  readonly awaiting = (value: unknown, cell: number, offset: number, isTop = false): unknown => {
    if (this.words[FLAG] !== 0) this.check();
    if (!isThenable(value)) return value;
    const run = this.context.getStore()?.run;
    const site: Site = { cell, offset, isTop };
    if (run === undefined) return value;
    if (run.dead) return NEVER;
    if (run !== this.current) return value;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        site,
        reject: (error) => {
          this.traces.passed(error, site);
          reject(error);
        },
      };
      run.waiting.add(waiting);
      value.then(
        (result) => {
          const stillWaiting = run.waiting.delete(waiting);
          if (run.dead) return resolve(NEVER);
          if (run.stopped !== undefined && stillWaiting && isTop) this.#settledAfterStop(run, result);
          resolve(result);
        },
        (error) => {
          const stillWaiting = run.waiting.delete(waiting);
          if (run.dead) return resolve(NEVER);
          this.traces.passed(error, site);
          const { stopped } = run;
          if (stopped === undefined || !stillWaiting || !isTop || error instanceof KeyboardInterrupt)
            return reject(error);
          addWords(stopped, error instanceof Error ? error.message : String(error));
          this.traces.passed(stopped, site);
          reject(stopped);
        },
      );
    });
  };

  // The awaited work listened to the signal and came back with a result: the cell gets it (the variable is assigned), and
  // stops at its next guard.
  #settledAfterStop(run: Run, result: unknown): void {
    const { state, keptEpoch } = (result ?? {}) as { state?: unknown; keptEpoch?: unknown };
    if (state === "stopped" && typeof keptEpoch === "number") {
      addWords(run.stopped!, `the model keeps the weights of epoch ${keptEpoch}`);
    }
    this.#ask(run);
  }

  /** `for await (const x of y)` of a cell runs over `iterating(y, ...)`: each step is an await. */
  readonly iterating = (
    source: Iterable<unknown> | AsyncIterable<unknown>,
    cell: number,
    offset: number,
    isTop = false,
  ) => {
    const isAsync = Symbol.asyncIterator in source;
    const iterator = isAsync
      ? (source as AsyncIterable<unknown>)[Symbol.asyncIterator]()
      : (source as Iterable<unknown>)[Symbol.iterator]();
    const step = async () => {
      const { done, value } = await iterator.next();
      return { done: done === true, value: isAsync ? value : await value };
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        try {
          return await this.awaiting(step(), cell, offset, isTop);
        } catch (error) {
          if (error instanceof KeyboardInterrupt) void Promise.resolve(iterator.return?.()).catch(() => {});
          throw error;
        }
      },
      return: async (value: unknown) => (iterator.return ? await iterator.return(value) : { done: true, value }),
    };
  };

  /** The control thread says that the stop button was pressed, and the main thread is free to act. */
  interrupt(number: number): void {
    const run = this.current;
    if (run === undefined || (number !== 0 && run.number !== number)) {
      Atomics.store(this.words, FLAG, 0);
      this.#stopAtBegin ||= run === undefined && this.#preparing;
      return;
    }
    if (number === 0) {
      this.pressStop(); // it was compiled when stop was pressed, and runs now: the control thread has to know its number
      return;
    }
    if (run.stopped !== undefined) return; // a guard has thrown already; the control thread sees to the rest
    run.stop(new KeyboardInterrupt());
    const settle = () => {
      if (this.current !== run) return;
      if (run.rejectWaiting()) Atomics.store(this.words, FLAG, 0);
      else this.#ask(run);
    };
    if (run.heeded && run.waiting.size > 0) {
      Atomics.store(this.words, FLAG, 0);
      afterWork(settle, Times.settle, () => this.current !== run);
    } else settle();
  }

  /** The control thread's patience is over. */
  force(number: number): void {
    if (this.current?.number === number) this.current.force();
  }

  /** An interrupt thrown into a callback (timer, event) reached nobody: it is passed to the awaits of the cell. */
  lost(error: KeyboardInterrupt): void {
    const run = this.current;
    if (run === undefined) return;
    const flag = Atomics.load(this.words, FLAG);
    if (error === this.constant && run.stopped === undefined && flag === flagOf(run.number, Phase.ask)) {
      this.#clear(flag);
      run.stop(error);
    }
    if (run.stopped !== undefined) run.rejectWaiting();
  }
}

/** Calls `act` when the event loop has been idle for a while or `ms` have passed; not at all once `isOver`. */
function afterWork(act: () => void, ms: number, isOver: () => boolean): void {
  const start = performance.now();
  const look = (before: EventLoopUtilization) => {
    if (isOver()) return;
    const { utilization } = performance.eventLoopUtilization(before);
    if (utilization < IDLE || performance.now() - start > ms) return act();
    setTimeout(look, Times.idle, performance.eventLoopUtilization());
  };
  setTimeout(look, Times.idle, performance.eventLoopUtilization());
}

function addWords(interrupt: KeyboardInterrupt, words: string): void {
  if (!interrupt.message.includes(words)) interrupt.message += `: ${words}`;
}
