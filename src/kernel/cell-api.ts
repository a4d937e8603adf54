import type { DisplayHandle, MimeBundle } from "../core/host";

/** Shows a MIME bundle now, e.g. `displayBundle({ "text/html": "<b>7</b>" })`; the handle replaces it in place. */
export declare function displayBundle(bundle: MimeBundle): DisplayHandle;

/** Clears what the cell has shown; with `wait`, when something new comes. */
export declare function clearOutput(wait?: boolean): void;

/** Asks the user for a line of text. Rejects where the front end has no input, as in a batch run. */
export declare function input(prompt?: string, password?: boolean): Promise<string>;

/** Aborted when this cell is stopped: for `fetch(url, { signal: stopSignal() })` and loops of your own. */
export declare function stopSignal(): AbortSignal;

/** What the kernel puts behind the names of this module, which cells import as "specbook/cell". */
export interface CellApi {
  displayBundle: typeof displayBundle;
  clearOutput: typeof clearOutput;
  input: typeof input;
  stopSignal: typeof stopSignal;
}
