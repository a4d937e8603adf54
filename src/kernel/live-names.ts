import type * as TS from "@tslab/typescript-for-tslab";
import { GuardNames } from "./insert-guards";
import type { TextEdits } from "./text-edits";
import type { TypeScript } from "./typescript";

type Kind = "function" | "let" | "const";

/** What a setter is given: a name that no variable of a cell has. */
const GIVEN = "__specbookGiven";

const isExportsAccess = (ts: TypeScript, node: TS.Node): node is TS.PropertyAccessExpression =>
  ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "exports";

const isExportsAssignment = (ts: TypeScript, node: TS.Node): node is TS.AssignmentExpression<TS.EqualsToken> =>
  ts.isBinaryExpression(node) &&
  node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
  isExportsAccess(ts, node.left);

const nameOf = (node: TS.AssignmentExpression<TS.EqualsToken>) => (node.left as TS.PropertyAccessExpression).name.text;

// `exports.fs = node_fs_1.default` is the only copy of what is no variable of the cell
const isDefaultImport = (ts: TypeScript, node: TS.Expression) =>
  ts.isPropertyAccessExpression(node) && node.name.text === "default" && /^\w+_\d+$/.test(node.expression.getText());

function declaredKinds(ts: TypeScript, body: readonly TS.Statement[]): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  const addConst = (name: TS.BindingName): void => {
    if (ts.isIdentifier(name)) kinds.set(name.text, "const");
    else for (const element of name.elements) if (!ts.isOmittedExpression(element)) addConst(element.name);
  };
  for (const statement of body) {
    if (ts.isFunctionDeclaration(statement)) kinds.set(statement.name!.text, "function");
    else if (ts.isClassDeclaration(statement)) kinds.set(statement.name!.text, "let");
    else if (ts.isVariableStatement(statement) && statement.declarationList.flags & ts.NodeFlags.Const) {
      for (const { name } of statement.declarationList.declarations) addConst(name);
    }
  }
  return kinds;
}

/**
 * Makes a cell's top-level names live. The compiler copies every name to `exports` after each assignment, which freezes
 * what functions of the cell see and makes loops slow; here `exports` gets an accessor for the variable itself, where its
 * declaration is reached, and the copies go. Returns what must run before the cell (accessors of functions).
 *
 * A later cell that declares a name anew makes a new variable: from then on every cell means that one, but functions of
 * the cell with the first declaration keep theirs, as two blocks of one file would. Assigning (`rate = 2`) reaches both.
 */
export function makeNamesLive(
  ts: TypeScript,
  file: TS.SourceFile,
  body: readonly TS.Statement[],
  edits: TextEdits,
  cell: { readonly lastExpression?: string; readonly isKnown: (name: string) => boolean },
): string {
  const kinds = declaredKinds(ts, body);
  const defineAs = (name: string, value: string, setter = "") =>
    `${GuardNames.define}(${JSON.stringify(name)},()=>${value}${setter});`;
  const define = (name: string) =>
    defineAs(name, name, kinds.get(name) === "const" ? "" : `,(${GIVEN})=>{${name}=${GIVEN}}`);
  const exported = new Set<string>();
  const done = new Set<string>();
  const handled = new Set<TS.Node>();

  const statement = (node: TS.ExpressionStatement) => {
    if (ts.isCallExpression(node.expression)) {
      if (!/^Object\.defineProperty\(exports, "(?!__esModule)/.test(node.getText(file))) return;
      const [, name, descriptor] = node.expression.arguments; // import { x }
      done.add((name as TS.StringLiteral).text);
      edits.open(descriptor.getStart(file) + 1, " configurable: true,");
      return;
    }
    if (!isExportsAssignment(ts, node.expression)) return;
    const names: string[] = [];
    let value: TS.Expression = node.expression;
    for (; isExportsAssignment(ts, value); value = value.right) names.push(nameOf(value));
    if (ts.isVoidExpression(value)) {
      for (const name of names) exported.add(name); // exports.a = exports.b = void 0
      edits.replace(node.getStart(file), node.end);
      handled.add(node);
    } else if (names.length === 1 && ts.isIdentifier(value) && value.text === names[0] && exported.has(names[0])) {
      const [name] = names; // exports.a = a: its declaration was reached
      const known = done.has(name) || kinds.get(name) === "function";
      edits.replace(node.getStart(file), node.end, known ? "" : define(name));
      done.add(name);
      handled.add(node);
    } else if (names.length === 1 && exported.has(names[0]) && isDefaultImport(ts, value)) {
      const [name] = names; // exports.fs = node_fs_1.default: an import makes no variable
      edits.replace(node.getStart(file), node.end, defineAs(name, value.getText(file)));
      done.add(name);
      handled.add(node);
    }
  };
  for (const node of body) if (ts.isExpressionStatement(node)) statement(node);
  if (cell.lastExpression !== undefined) exported.delete(cell.lastExpression);

  const isLocal = (node: TS.Node, name: string) => {
    for (let scope: TS.Node | undefined = node; scope; scope = scope.parent) {
      const { locals } = scope as { locals?: Map<string, unknown> };
      if (locals?.has(name)) return true;
    }
    return false;
  };
  const visit = (node: TS.Node): void => {
    if (handled.has(node)) return;
    if (isExportsAssignment(ts, node)) {
      const name = nameOf(node);
      const start = node.left.getStart(file);
      if (exported.has(name)) edits.replace(start, node.right.getStart(file));
      else if (name === cell.lastExpression) edits.replace(start, node.left.end, `${GuardNames.result}.value`);
    }
    if (ts.isShorthandPropertyAssignment(node)) {
      const name = node.name.text; // tslab forgets `{ name }` of an earlier cell
      if (!isLocal(node, name) && cell.isKnown(name)) edits.close(node.name.end, `: exports.${name}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  // functions, and variables that no statement of the cell's top level declares, are there from the start
  return [...exported]
    .filter((name) => kinds.get(name) === "function" || !done.has(name))
    .map(define)
    .join("");
}
