import type { DisplayHandle, MimeBundle } from "../core/host";

/** Shows a MIME bundle now, e.g. `displayBundle({ "text/html": "<b>7</b>" })`; the handle replaces it in place. */
export declare function displayBundle(bundle: MimeBundle): DisplayHandle;

/** Clears what the cell has shown; with `wait`, when something new comes. */
export declare function clearOutput(wait?: boolean): void;

/** How `prompt` asks. */
export interface PromptOptions {
  /** True hides what is typed. Default false. */
  readonly password?: boolean;
}

/**
 * Asks the user for a line of text, below the cell. Rejects where nobody can answer, as in a batch run.
 *
 * @example
 * const name = await prompt("Sample name? ");
 */
export declare function prompt(question?: string, options?: PromptOptions): Promise<string>;

/** Aborted when this cell is stopped: for `fetch(url, { signal: stopSignal() })` and loops of your own. */
export declare function stopSignal(): AbortSignal;

/** What the kernel puts behind the names of this module, which cells import as "specbook/cell". */
export interface CellApi {
  displayBundle: typeof displayBundle;
  clearOutput: typeof clearOutput;
  prompt: typeof prompt;
  stopSignal: typeof stopSignal;
}
