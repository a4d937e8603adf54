/** The closed family of errors that specbook throws. `tag` tells them apart without `instanceof` across module copies. */
export type ErrorTag =
  | "FileError"
  | "FormatError"
  | "ShapeError"
  | "AxisError"
  | "OptionError"
  | "DataError"
  | "MemoryError"
  | "NotFittedError"
  | "EngineError"
  | "CancelledError";

/** What every message carries: what came in, what was needed, and what to type next. */
export interface ErrorParts {
  /** What we got, with its shape, axis, value or path. */
  readonly got: string;
  /** What was needed instead. */
  readonly needed: string;
  /** What to type or do next. */
  readonly remedy: string;
  /** The failure underneath, if there was one. */
  readonly cause?: unknown;
}

/** An error whose message says what was got, what was needed and what to do. */
export class SpecbookError extends Error {
  readonly tag: ErrorTag;
  readonly got: string;
  readonly needed: string;
  readonly remedy: string;

  constructor(tag: ErrorTag, summary: string, parts: ErrorParts) {
    super(
      `${summary}\n  got:     ${parts.got}\n  needed:  ${parts.needed}\n  do this: ${parts.remedy}`,
      parts.cause === undefined ? undefined : { cause: parts.cause },
    );
    this.name = tag;
    this.tag = tag;
    this.got = parts.got;
    this.needed = parts.needed;
    this.remedy = parts.remedy;
  }
}

/** True if `error` is a specbook error, of the given tag if one is named. */
export function isSpecbookError(error: unknown, tag?: ErrorTag): error is SpecbookError {
  if (!(error instanceof Error)) return false;
  const own = (error as Partial<SpecbookError>).tag; // an Error of another realm or module copy still carries its tag
  return typeof own === "string" && "remedy" in error && (tag === undefined || own === tag);
}
