import type * as TS from "@tslab/typescript-for-tslab";
import type { TypeScript } from "./typescript";

/** The answer to an is_complete request. */
export interface Completeness {
  readonly status: "complete" | "incomplete" | "invalid";
  /** What the next line should begin with. */
  readonly indent?: string;
}

const PREFIX = "export{};"; // makes it a module: top-level await parses

function indentAfter(code: string): string {
  const line = /[^\n]*\s*$/.exec(code)?.[0] ?? "";
  const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
  return /[{([]\s*$/.test(code) ? `${indent}  ` : indent;
}

/** Says whether Enter should run the code or start a new line: a syntax error at its very end means that more is to come. */
export function isComplete(ts: TypeScript, code: string): Completeness {
  if (code.trim() === "") return { status: "complete" };
  const file = ts.createSourceFile("t.ts", PREFIX + code, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly TS.DiagnosticWithLocation[] };
  const [first] = parseDiagnostics;
  if (first === undefined) return { status: "complete" };
  const end = PREFIX.length + code.trimEnd().length;
  const message = ts.flattenDiagnosticMessageText(first.messageText, " ");
  // no further line ends a quoted text or a regular expression, unless its line ends in a backslash
  if (/^Unterminated (string|regular)/.test(message) && !code.endsWith("\\")) return { status: "invalid" };
  const atEnd = first.start >= end || (first.start + first.length >= end && /^Unterminated/.test(message));
  return atEnd ? { status: "incomplete", indent: indentAfter(code) } : { status: "invalid" };
}
