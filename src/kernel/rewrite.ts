import type * as TS from "@tslab/typescript-for-tslab";
import { insertGuards, NO_CELL } from "./insert-guards";
import { makeNamesLive } from "./live-names";
import { type EditedText, TextEdits } from "./text-edits";
import type { TypeScript } from "./typescript";

const START = "(function(exports, require, module, __filename, __dirname) { return ";
const END = " })";

/** What the rewriting of a cell needs to know. */
export interface RewriteOptions {
  /** Number of the cell. */
  readonly cell: number;
  readonly isAsync: boolean;
  readonly lastExpression?: string;
  /** True for names of earlier cells. */
  readonly isKnown: (name: string) => boolean;
}

/**
 * The compiled CommonJS of a cell as the text of a function `(exports, require, module, __filename, __dirname)` that gives
 * the function of the cell, guarded, its names live.
 */
export function rewriteCell(ts: TypeScript, compiled: string, options: RewriteOptions): EditedText {
  const prefix = "(async function(){"; // top-level await parses only in here
  const source = `${prefix}${compiled}\n})`;
  const file = ts.createSourceFile("cell.js", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  // the binder fills in the scopes; it is not in the public types
  const binder = ts as unknown as { bindSourceFile(file: TS.SourceFile, options: TS.CompilerOptions): void };
  binder.bindSourceFile(file, { target: ts.ScriptTarget.ES2022 });
  const outer = (file.statements[0] as TS.ExpressionStatement).expression as TS.ParenthesizedExpression;
  const wrapper = outer.expression as TS.FunctionExpression;
  const edits = new TextEdits();
  const head = makeNamesLive(ts, file, wrapper.body.statements, edits, options);
  insertGuards(ts, file, edits, { cell: options.cell, shift: prefix.length, wrapper });
  // in a function of its own: a cell may declare a variable `module`
  edits.replace(0, prefix.length, `${START}(${options.isAsync ? "async " : ""}function() { ${head}`);
  edits.close(source.length, END);
  const edited = edits.apply(source);
  return {
    text: edited.text,
    original: (offset) => Math.max(0, edited.original(offset) - prefix.length),
  };
}

/** A CommonJS file of the user with guards, so that the stop button ends its loops too. */
export function rewriteFile(ts: TypeScript, source: string): EditedText {
  const file = ts.createSourceFile("file.js", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const edits = new TextEdits();
  insertGuards(ts, file, edits, { cell: NO_CELL, shift: 0 });
  return edits.apply(source);
}
