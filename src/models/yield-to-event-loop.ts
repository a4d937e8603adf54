/** Longest work between two looks at the event loop, ms: a kernel must answer, and a stop request must land. */
const LONGEST_WORK = 50;

/** Returns a function that lets waiting events run, if the work since the last time took longer than 50 ms. */
export function eventLoopYielder(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < LONGEST_WORK) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    last = performance.now();
  };
}
