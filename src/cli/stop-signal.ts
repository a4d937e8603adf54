/**
 * A signal that fires at the first Ctrl-C, so that work stops in a state that the next run continues from. A second
 * Ctrl-C ends the process in the usual way.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  process.once("SIGTERM", () => controller.abort());
  return controller.signal;
}
