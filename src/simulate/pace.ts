import { SpecbookError } from "../core/errors";

/** Milliseconds of work after which a long simulation lets messages, pictures and the stop button through. */
const SLICE = 50;

/** The rhythm of long work: when to rest, whether to stop, how far it is. */
export interface Pace {
  /** True when the event loop has waited long enough: then `await rest(...)`. */
  due(): boolean;
  /** Lets the event loop run, reports the fraction done, throws a CancelledError when stopped. */
  rest(fraction: number): Promise<void>;
}

/** A pace that obeys a stop signal and reports to `onProgress` (fraction 0..1). */
export function createPace(signal?: AbortSignal, onProgress?: (fraction: number) => void): Pace {
  let since = performance.now();
  return {
    due: () => performance.now() - since > SLICE,
    rest: async (fraction) => {
      onProgress?.(fraction);
      await new Promise<void>((resolve) => setImmediate(resolve));
      since = performance.now();
      if (signal?.aborted) throw stopped(signal.reason);
    },
  };
}

function stopped(cause: unknown): SpecbookError {
  return new SpecbookError("CancelledError", "the simulation was stopped", {
    got: "a stop request before the last spectrum",
    needed: "time to finish: about 3 s for 62 x 75 pixels",
    remedy: "run the cell again; fewer rows, columns or channels make it quicker",
    cause,
  });
}
