import { SpecbookError } from "./errors";
import { currentHost } from "./host";

/** Milliseconds of work after which long work lets messages, pictures and the stop button through. */
const SLICE = 50;

/** What long work takes beside its own options. */
export interface LongWorkOptions {
  /** Stops the work; default the stop signal of the running cell. */
  readonly signal?: AbortSignal;
}

/** The rhythm of long work: when to rest, and whether to stop. */
export interface Pace {
  /** True once a stop was asked for. */
  stopped(): boolean;
  /** Lets the event loop run if it has waited long enough. */
  rest(): Promise<void>;
  /** `rest`, and throws the CancelledError of `cancelled` when stopped. */
  step(): Promise<void>;
  /** The error to throw when stopped. */
  cancelled(): SpecbookError;
}

/**
 * A pace for work named `what` ("the NMF") that obeys the given stop signal or the running cell's.
 *
 * @example
 * const pace = createPace("the NMF", options);
 * for (const block of blocks) { compute(block); await pace.step(); }
 */
export function createPace(what: string, { signal = currentHost()?.signal() }: LongWorkOptions = {}): Pace {
  let since = performance.now();
  const stopped = () => signal?.aborted === true;
  const cancelled = () =>
    new SpecbookError("CancelledError", `${what} was stopped`, {
      got: "a stop request before it was done",
      needed: "to run to its end",
      remedy: "run the cell again when you want the result",
      cause: signal?.reason,
    });
  const rest = async () => {
    if (performance.now() - since < SLICE) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    since = performance.now();
  };
  const step = async () => {
    await rest();
    if (stopped()) throw cancelled();
  };
  return { stopped, rest, step, cancelled };
}
