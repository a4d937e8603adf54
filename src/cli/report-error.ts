import { isSpecbookError } from "../core";

/** What the command line prints for a failure, and its exit code. */
export interface ErrorReport {
  readonly text: string;
  readonly exitCode: number;
}

/** Errors that say what to do are printed as they are; all others with their stack, for a bug report. 130 is "stopped". */
export function reportError(error: unknown): ErrorReport {
  if (isSpecbookError(error)) {
    return { text: `${error.tag}: ${error.message}`, exitCode: error.tag === "CancelledError" ? 130 : 1 };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text, exitCode: 1 };
}
