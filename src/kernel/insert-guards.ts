import type * as TS from "@tslab/typescript-for-tslab";
import type { TextEdits } from "./text-edits";
import type { TypeScript } from "./typescript";

/** The names that rewritten code reaches the kernel by: constants of the global scope, which the JIT folds. */
export const GuardNames = {
  words: "__specbookWords",
  check: "__specbookCheck",
  constant: "__specbookStop",
  caught: "__specbookCaught",
  suspend: "__specbookSuspend",
  resume: "__specbookResume",
  awaiting: "__specbookAwait",
  iterating: "__specbookIterate",
  define: "__specbookDefine",
  result: "__specbookResult",
  meta: "__specbookMeta",
} as const;

/** The cell number of code that is no cell. */
export const NO_CELL = -1;

const N = GuardNames;
const RAISED = `${N.words}[1]!==0`;
// Throwing a constant costs nothing in a tight loop; a call there is a deoptimisation point and costs a factor of four.
const GUARD_TIGHT = `if(${RAISED})throw ${N.constant};`;
const GUARD = `if(${RAISED})${N.check}();`;

// Innermost and without calls: only there do guards that call cost anything.
function isTight(ts: TypeScript, loop: TS.IterationStatement): boolean {
  let tight = true;
  const visit = (node: TS.Node): void => {
    if (!tight) return;
    const mathCall = ts.isCallExpression(node) && /^Math\./.test(node.getText());
    tight = !(
      (node !== loop && ts.isIterationStatement(node, false)) ||
      ts.isFunctionLike(node) ||
      (ts.isCallExpression(node) && !mathCall) ||
      ts.isNewExpression(node) ||
      ts.isAwaitExpression(node) ||
      ts.isYieldExpression(node) ||
      ts.isTryStatement(node)
    );
    if (tight) ts.forEachChild(node, visit);
  };
  visit(loop);
  return tight;
}

// CommonJS has no import.meta
const FILE_META = `({url:require("node:url").pathToFileURL(__filename).href,dirname:__dirname,filename:__filename})`;

/** Which code is rewritten: offsets in the file minus `shift` are offsets in the cell's compiled text. */
export interface GuardTarget {
  /** Number of the cell; NO_CELL for a file of the user. */
  readonly cell: number;
  readonly shift: number;
  /** The function that stands for the whole cell: it gets no guard of its own. */
  readonly wrapper?: TS.FunctionExpression;
}

/** Puts guards into loop bodies, function entries, awaits, catch and finally blocks of `file`, and makes import.meta work. */
export function insertGuards(ts: TypeScript, file: TS.SourceFile, edits: TextEdits, target: GuardTarget): void {
  const wrap = (expression: TS.Expression, name: string, isTop: boolean) => {
    const at = expression.getStart(file);
    edits.open(at, `${name}(`);
    edits.close(expression.end, `,${target.cell},${at - target.shift}${isTop ? ",true" : ""})`);
  };

  const loop = (node: TS.IterationStatement) => {
    const guard = isTight(ts, node) ? GUARD_TIGHT : GUARD;
    const body = node.statement;
    if (ts.isBlock(body)) edits.open(body.getStart(file) + 1, guard);
    else {
      edits.open(body.getStart(file), `{${guard}`);
      edits.close(body.end, "}");
    }
  };

  const attempt = ({ catchClause, finallyBlock }: TS.TryStatement) => {
    if (catchClause) {
      const { block, variableDeclaration } = catchClause;
      let name: string = N.constant; // a pattern: no name for the error, so that the interrupt is taken to be it
      if (variableDeclaration === undefined) {
        name = "__error";
        edits.open(block.getStart(file), `(${name})`);
      } else if (ts.isIdentifier(variableDeclaration.name)) name = variableDeclaration.name.text;
      edits.open(block.getStart(file) + 1, `if(${RAISED})${N.caught}(${name});`);
    }
    if (finallyBlock) {
      edits.open(finallyBlock.getStart(file) + 1, `const __suspended=${RAISED}&&${N.suspend}();`);
      edits.close(finallyBlock.end - 1, `;if(__suspended)${N.resume}(__suspended);`);
    }
  };

  const entry = (body: TS.ConciseBody) => {
    if (!ts.isBlock(body)) {
      edits.open(body.getStart(file), `(${RAISED}&&${N.check}(),`);
      edits.close(body.end, ")");
      return;
    }
    let at = body.getStart(file) + 1;
    for (const statement of body.statements) {
      const directive = ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression);
      if (!directive) break;
      at = statement.end;
    }
    edits.open(at, at === body.getStart(file) + 1 ? GUARD : `;${GUARD}`);
  };

  const visit = (node: TS.Node, isTop: boolean): void => {
    const isFunction = ts.isFunctionLike(node) && node !== target.wrapper;
    if (ts.isIterationStatement(node, false)) loop(node);
    if (ts.isTryStatement(node)) attempt(node);
    else if (isFunction) {
      const { body } = node as { body?: TS.ConciseBody };
      if (body) entry(body);
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      edits.replace(node.getStart(file), node.end, target.wrapper === undefined ? FILE_META : N.meta);
    }
    if (ts.isAwaitExpression(node)) wrap(node.expression, N.awaiting, isTop);
    if (ts.isForOfStatement(node) && node.awaitModifier) wrap(node.expression, N.iterating, isTop);
    ts.forEachChild(node, (child) => visit(child, isTop && !isFunction));
  };
  visit(file, target.wrapper !== undefined);
  if (target.wrapper !== undefined) guardAfterAwaits(ts, file, edits, target.wrapper);
}

// Stopped work may come back with a result: it is assigned and exported, then the cell stops before its next statement.
function guardAfterAwaits(ts: TypeScript, file: TS.SourceFile, edits: TextEdits, wrapper: TS.FunctionExpression): void {
  const awaits = (node: TS.Node): boolean =>
    ts.isAwaitExpression(node) ||
    (!ts.isFunctionLike(node) && ts.forEachChild(node, (child) => awaits(child) || undefined) === true);
  let waited = false;
  for (const statement of wrapper.body.statements) {
    const isExport = ts.isExpressionStatement(statement) && /^exports\.\w+ = \w+;?$/.test(statement.getText(file));
    if (waited && !isExport) {
      edits.open(statement.getStart(file), GUARD);
      waited = false;
    }
    if (!isExport) waited = awaits(statement);
  }
}
