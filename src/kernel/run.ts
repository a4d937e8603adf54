import { KeyboardInterrupt } from "./cell-errors";

/** A place in a compiled cell: number of the cell, offset in its CommonJS text. */
export interface Site {
  readonly cell: number;
  readonly offset: number;
  /** True for an await of the cell itself, not of a function in it. */
  readonly isTop?: boolean;
}

/** One await of the running cell that has not settled. */
export interface Waiting {
  readonly reject: (error: unknown) => void;
  readonly site: Site;
}

/** A cell that runs: what a stop needs to know about it. */
export class Run {
  readonly controller: AbortController = new AbortController();
  /** When it began, after it was compiled; in milliseconds of `performance.now()`. */
  readonly start: number = performance.now();
  /** The awaits of the cell that are pending now. */
  readonly waiting: Set<Waiting> = new Set();
  /** Rejects when the cell is ended by force. */
  readonly forced: Promise<never>;
  /** The interrupt that was thrown into the cell, if any. */
  stopped: KeyboardInterrupt | undefined;
  /** True once the cell has ended by a stop: whatever still runs of it stays parked at its next await. */
  dead = false;
  /** True once code of the cell asked for its AbortSignal: it may then use a moment to tidy up. */
  heeded = false;
  #rejectForced!: (error: unknown) => void;

  constructor(readonly number: number) {
    this.forced = new Promise((_, reject) => {
      this.#rejectForced = reject;
    });
    this.forced.catch(() => {});
  }

  /** Notes that an interrupt was thrown into the cell and tells the code that listens. */
  stop(interrupt: KeyboardInterrupt): void {
    if (this.stopped !== undefined) return;
    this.stopped = interrupt;
    this.controller.abort(interrupt);
  }

  /** Rejects every pending await; true if there was one. */
  rejectWaiting(): boolean {
    const all = [...this.waiting];
    this.waiting.clear();
    for (const { reject } of all) reject(this.stopped);
    return all.length > 0;
  }

  /** Ends the cell now, whatever it does. */
  force(): void {
    this.dead = true;
    this.waiting.clear();
    this.stopped ??= new KeyboardInterrupt();
    this.#rejectForced(this.stopped);
  }
}
