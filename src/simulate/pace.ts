import { createPace, type LongWorkOptions } from "../core/pace";

/** Milliseconds between two reports of progress. */
const BETWEEN_REPORTS = 50;

/** The rhythm of a simulation: rests, obeys the stop button, says how far it is. */
export interface SimulationPace {
  /** Rests if it is time, reports the fraction done (0..1), throws a CancelledError when stopped. */
  step(fraction: number): Promise<void>;
}

/** A pace that reports to `onProgress`, at the begin (0), at the end (1) and about 20 times a second between. */
export function simulationPace(
  options: LongWorkOptions & { readonly onProgress?: (fraction: number) => void } = {},
): SimulationPace {
  const pace = createPace("the simulation", options);
  let reported = Number.NEGATIVE_INFINITY;
  return {
    step: async (fraction) => {
      const now = performance.now();
      if (fraction === 1 || now - reported > BETWEEN_REPORTS) {
        reported = now;
        options.onProgress?.(fraction);
      }
      await pace.step();
    },
  };
}
