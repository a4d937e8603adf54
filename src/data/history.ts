import { VERSION } from "../core/version";

/** One line of the record of what was done to the data. */
export interface HistoryEntry {
  readonly operation: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly version: string;
}

/** A new history with one line more. */
export function addHistory(
  history: readonly HistoryEntry[],
  operation: string,
  options: Readonly<Record<string, unknown>> = {},
): readonly HistoryEntry[] {
  return Object.freeze([
    ...history,
    Object.freeze({ operation, options: Object.freeze({ ...options }), version: VERSION }),
  ]);
}
