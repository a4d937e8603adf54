import type * as TS from "@tslab/typescript-for-tslab";
import type { Completions } from "./compiler";
import type { TypeScript } from "./typescript";

/** The string literal around a position, without its quotes; one that is not closed ends at the position. */
function stringAt(ts: TypeScript, code: string, position: number): { start: number; end: number } | undefined {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  let found: TS.Node | undefined;
  const visit = (node: TS.Node): void => {
    if (position < node.pos || position > node.end) return;
    if (ts.isStringLiteralLike(node) && position > node.getStart(file)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(file);
  if (found === undefined) return undefined;
  const start = found.getStart(file) + 1;
  const isClosed = found.end - 1 >= start && code[found.end - 1] === code[start - 1];
  if (isClosed && position === found.end) return undefined; // behind it
  return { start, end: isClosed ? found.end - 1 : position };
}

/** Completions inside a string replace all of it: the compiler offers whole values and knows no beginning of one. */
export function inString(ts: TypeScript, code: string, position: number, found: Completions): Completions {
  if (found.start !== position || found.candidates.length === 0) return found;
  const text = stringAt(ts, code, position);
  if (text === undefined) return found;
  const typed = code.slice(text.start, position).toLowerCase();
  const candidates = found.candidates.filter((value) => value.toLowerCase().startsWith(typed));
  return { ...text, candidates };
}
