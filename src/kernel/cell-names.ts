import type * as TS from "@tslab/typescript-for-tslab";
import { blankExports } from "./declarations";
import type { TypeScript } from "./typescript";

/** What a function does with names of the notebook's top level, those of its own cell too. */
export interface FunctionNames {
  readonly changes: ReadonlySet<string>;
  readonly uses: ReadonlySet<string>;
}

/** What a cell has to do with names of the notebook's top level. */
export interface CellNames {
  readonly declares: ReadonlySet<string>;
  /** Names of other cells (or of the library) that it mentions. */
  readonly uses: ReadonlySet<string>;
  /** Those of them whose value it needs: all but the targets of plain assignments. */
  readonly reads: ReadonlySet<string>;
  /** Names of other cells that it changes: by assignment, by writing to a property, by a method such as push. */
  readonly changes: ReadonlySet<string>;
  /** The functions and classes of its top level. */
  readonly functions: ReadonlyMap<string, FunctionNames>;
  /** The user's own files that it imports, as written: `./helper`. */
  readonly files: ReadonlySet<string>;
  /** True if it trains a model: it calls `fit`. */
  readonly trains: boolean;
}

const MUTATING = new Set(
  "push pop shift unshift splice sort reverse fill copyWithin set add delete clear append".split(" "),
);
/** Functions of the library that change what they are given first. */
const TRAINING = new Set(["fit", "fitEnsemble"]);

type WithLocals = TS.Node & { readonly locals?: ReadonlyMap<string, unknown> };

/** Reads a cell by parsing and binding, without types: half a millisecond. */
export function cellNames(ts: TypeScript, code: string): CellNames {
  const file = ts.createSourceFile("cell.ts", blankExports(ts, code), ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const binder = ts as unknown as { bindSourceFile(file: TS.SourceFile, options: TS.CompilerOptions): void };
  binder.bindSourceFile(file, { target: ts.ScriptTarget.ES2022 });
  const declares = new Set([...((file as WithLocals).locals?.keys() ?? [])].map(String));
  const found = {
    declares,
    uses: new Set<string>(),
    reads: new Set<string>(),
    changes: new Set<string>(),
    functions: new Map<string, { changes: Set<string>; uses: Set<string> }>(),
    files: new Set<string>(),
    trains: false,
  };

  const isOfCell = (node: TS.Identifier) => {
    for (let scope: TS.Node = node; scope !== file; scope = scope.parent) {
      if ((scope as WithLocals).locals?.has(node.text)) return false;
    }
    return true;
  };
  const functionOf = (owner: string) => {
    const known = found.functions.get(owner) ?? { changes: new Set(), uses: new Set() };
    found.functions.set(owner, known);
    return known;
  };
  const change = (owner: string | undefined, name: string) => {
    if (!declares.has(name)) found.changes.add(name);
    if (owner !== undefined) functionOf(owner).changes.add(name);
  };

  // `owner` is the function of the cell's top level that `node` stands in
  const visit = (node: TS.Node, owner: string | undefined): void => {
    if (ts.isIdentifier(node) && isReference(ts, node) && isOfCell(node)) {
      const { text } = node;
      const target = writeTo(ts, node);
      if (target !== undefined) change(owner, text);
      if (owner !== undefined) functionOf(owner).uses.add(text);
      if (!declares.has(text)) {
        found.uses.add(text);
        if (target !== "assigned") found.reads.add(text);
      }
    }
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && TRAINING.has(node.expression.text)) {
      found.trains = true;
      const [model] = node.arguments;
      if (model !== undefined && ts.isIdentifier(model) && isOfCell(model)) change(owner, model.text);
    }
    const file = fileOf(ts, node);
    if (file !== undefined) found.files.add(file);
    const inside = owner ?? functionName(ts, node);
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(file, undefined);
  return found;
}

/** The name of a function that the cell's top level declares here. */
function functionName(ts: TypeScript, node: TS.Node): string | undefined {
  if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && ts.isSourceFile(node.parent)) {
    return node.name?.text;
  }
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || node.initializer === undefined)
    return undefined;
  const isTop = ts.isVariableStatement(node.parent.parent) && ts.isSourceFile(node.parent.parent.parent);
  return isTop && ts.isFunctionLike(node.initializer) ? node.name.text : undefined;
}

/** The user's file that an import names. */
function fileOf(ts: TypeScript, node: TS.Node): string | undefined {
  const specifier = ts.isImportDeclaration(node)
    ? node.moduleSpecifier
    : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
      ? node.arguments[0]
      : undefined;
  return specifier && ts.isStringLiteral(specifier) && /^\.{0,2}\//.test(specifier.text) ? specifier.text : undefined;
}

/** True for the mention of a variable or a type; false for a name that is declared, a property, a label. */
function isReference(ts: TypeScript, node: TS.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isMetaProperty(parent)) return false;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isPropertyAssignment(parent) || ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isImportClause(parent) || ts.isImportSpecifier(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  return (parent as { name?: TS.Node }).name !== node;
}

/** How the variable `node` is changed where it stands: assigned as a whole, or changed and read; undefined: only read. */
function writeTo(ts: TypeScript, node: TS.Identifier): "assigned" | "changed" | undefined {
  let place: TS.Node = node; // x, x.a, x[0].b!
  const isAccess = (it: TS.Node): it is TS.PropertyAccessExpression | TS.ElementAccessExpression =>
    ts.isPropertyAccessExpression(it) || ts.isElementAccessExpression(it);
  for (let up = place.parent; ; up = place.parent) {
    const climbs =
      (isAccess(up) && up.expression === place) || ts.isNonNullExpression(up) || ts.isParenthesizedExpression(up);
    if (!climbs) break;
    place = up;
  }
  const { parent } = place;
  const whole = place === node ? "assigned" : "changed";
  const { SyntaxKind } = ts;
  if (ts.isCallExpression(parent) && parent.expression === place) {
    return ts.isPropertyAccessExpression(place) && MUTATING.has(place.name.text) ? "changed" : undefined;
  }
  if (ts.isCallExpression(parent) && parent.arguments[0] === place && parent.expression.getText() === "Object.assign") {
    return "changed";
  }
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    const assigns = kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment;
    if (assigns && parent.left === place) return kind === SyntaxKind.EqualsToken ? whole : "changed";
  }
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    const { operator } = parent;
    return operator === SyntaxKind.PlusPlusToken || operator === SyntaxKind.MinusMinusToken ? "changed" : undefined;
  }
  if (ts.isDeleteExpression(parent)) return "changed";
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent))
    return parent.initializer === place ? whole : undefined;
  return isInPattern(ts, place) ? whole : undefined;
}

/** True inside the left side of `[a, b] = ...` and `({ a, b } = ...)`. */
function isInPattern(ts: TypeScript, node: TS.Node): boolean {
  const isPart = (it: TS.Node) =>
    ts.isArrayLiteralExpression(it) ||
    ts.isObjectLiteralExpression(it) ||
    ts.isShorthandPropertyAssignment(it) ||
    ts.isSpreadElement(it) ||
    ts.isSpreadAssignment(it);
  let inner = node;
  for (let it = node.parent; ; inner = it, it = it.parent) {
    if (isPart(it) || (ts.isPropertyAssignment(it) && it.initializer === inner)) continue;
    if (inner === node || !ts.isBinaryExpression(it)) return false;
    return it.operatorToken.kind === ts.SyntaxKind.EqualsToken && it.left === inner;
  }
}
