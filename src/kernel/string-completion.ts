import type * as TS from "@tslab/typescript-for-tslab";
import type { Completions } from "./compiler";
import { filePaths, moduleNames } from "./path-completion";
import type { TypeScript } from "./typescript";

/** A string literal around a position, without its quotes; one that is not closed ends at the position. */
interface StringPlace {
  readonly start: number;
  readonly end: number;
  /** True if the string names a module: of an import, an export from, `import()` or `require()`. */
  readonly isModule: boolean;
}

function stringAt(ts: TypeScript, code: string, position: number): StringPlace | undefined {
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
  return { start, end: isClosed ? found.end - 1 : position, isModule: namesModule(ts, found) };
}

function namesModule(ts: TypeScript, { parent }: TS.Node): boolean {
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return true;
  if (!ts.isCallExpression(parent)) return false;
  const { expression } = parent;
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === "require")
  );
}

/**
 * Completions inside a string. The values that the compiler knows replace all of it: it offers whole ones and knows no
 * beginning of one. Where it knows none, the string may be a path of the directory, or names a module.
 */
export function inString(
  ts: TypeScript,
  code: string,
  position: number,
  { found, directory }: { readonly found: Completions; readonly directory: string },
): Completions {
  if (found.start !== position && found.candidates.length > 0) return found;
  const text = stringAt(ts, code, position);
  if (text === undefined) return found;
  const typed = code.slice(text.start, position);
  const begin = typed.toLowerCase();
  const candidates = found.candidates.filter((value) => value.toLowerCase().startsWith(begin));
  if (candidates.length > 0) return { start: text.start, end: text.end, candidates };
  const paths = text.isModule ? moduleNames(typed, directory) : filePaths(typed, directory);
  return { start: position - paths.replaced, end: position, candidates: paths.candidates };
}
