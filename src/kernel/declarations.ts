import type * as TS from "@tslab/typescript-for-tslab";
import type { TypeScript } from "./typescript";

/**
 * Blanks out `export` in a cell, positions kept: every name of a cell is exported anyway, and tslab's converter refuses
 * the word.
 */
export function blankExports(ts: TypeScript, code: string): string {
  if (!/\bexport\b/.test(code)) return code;
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  let out = code;
  const blank = (start: number, end: number) => {
    out = out.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, " ") + out.slice(end);
  };
  for (const statement of file.statements) {
    for (const modifier of (ts.canHaveModifiers(statement) && ts.getModifiers(statement)) || []) {
      const { kind } = modifier;
      if (kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword) {
        blank(modifier.getStart(file), modifier.end);
      }
    }
    if (ts.isExportAssignment(statement) && !statement.isExportEquals) {
      blank(statement.getStart(file), statement.expression.getStart(file));
    }
    if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier) blank(statement.getStart(file), statement.end);
  }
  return out;
}

/**
 * Declarations of the variables that `for (var i ...)` and `var` in other blocks make: they belong to the whole cell, but
 * its declaration file leaves them out.
 */
export function hoistedVariables(ts: TypeScript, program: TS.Program, file: TS.SourceFile): string {
  const { locals = new Map() } = file as unknown as { locals?: Map<string, TS.Symbol> }; // the binder's, not public
  const checker = program.getTypeChecker();
  let found = "";
  for (const [name, { valueDeclaration: declaration }] of locals) {
    if (!declaration || !(ts.isVariableDeclaration(declaration) || ts.isBindingElement(declaration))) continue;
    let statement: TS.Node = declaration;
    while (!ts.isVariableDeclarationList(statement)) statement = statement.parent;
    if (statement.parent.parent === file && ts.isVariableStatement(statement.parent)) continue;
    const type = checker.getTypeAtLocation(declaration);
    found += `declare let ${name}: ${checker.typeToString(type, file, ts.TypeFormatFlags.NoTruncation)};\n`;
  }
  return found;
}

/**
 * The declarations of a cell in which `const x = await import("package")` has become `any`: types of a whole package are
 * too long to be written down, but they have a name.
 */
export function nameImportTypes(ts: TypeScript, file: TS.SourceFile, declarations: string): string {
  let named = declarations;
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name) || !initializer || !ts.isAwaitExpression(initializer)) continue;
      const { expression: call } = initializer;
      if (!ts.isCallExpression(call) || call.expression.kind !== ts.SyntaxKind.ImportKeyword) continue;
      const [specifier] = call.arguments;
      if (!specifier || !ts.isStringLiteral(specifier)) continue;
      const type = `typeof import(${JSON.stringify(specifier.text)})`;
      named = named.replace(new RegExp(`\\b(const|let|var) ${name.text}: any;`), `$1 ${name.text}: ${type};`);
    }
  }
  return named;
}

/** Namespaces of earlier cells that tslab dropped from the declarations though nothing replaced them. */
export function lostNamespaces(ts: TypeScript, before: string, after: string): string {
  if (!/\bnamespace\b/.test(before)) return "";
  const file = ts.createSourceFile("before.d.ts", before, ts.ScriptTarget.ES2022, true);
  let lost = "";
  for (const statement of file.statements) {
    if (!ts.isModuleDeclaration(statement) || !ts.isIdentifier(statement.name)) continue;
    const declared = `\\b(namespace|class|let|const|var|function|enum|type|interface) ${statement.name.text}\\b`;
    if (!new RegExp(declared).test(after)) lost += `${statement.getText(file)}\n`;
  }
  return lost;
}

/** The names that a declaration file exports. */
export interface ExportedNames {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** Reads the exports of a .d.ts text. `export *` is followed by `load`, which gets the specifier. */
export function exportedNames(ts: TypeScript, text: string, load: (specifier: string) => string): ExportedNames {
  const file = ts.createSourceFile("index.d.ts", text, ts.ScriptTarget.ES2022, true);
  const values = new Set<string>();
  const types = new Set<string>();
  const declared = (statement: TS.Statement) => {
    if (!ts.canHaveModifiers(statement)) return;
    if (!ts.getModifiers(statement)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) return;
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) values.add(name.text);
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      types.add(statement.name.text);
    } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      if (statement.name) values.add(statement.name.text);
    } else if (ts.isEnumDeclaration(statement) || ts.isModuleDeclaration(statement)) values.add(statement.name.text);
  };
  for (const statement of file.statements) {
    declared(statement);
    if (!ts.isExportDeclaration(statement)) continue;
    const { exportClause, moduleSpecifier, isTypeOnly } = statement;
    if (exportClause === undefined) {
      if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) continue;
      const nested = exportedNames(ts, load(moduleSpecifier.text), () => "");
      for (const name of nested.values) (isTypeOnly ? types : values).add(name);
      for (const name of nested.types) types.add(name);
    } else if (ts.isNamespaceExport(exportClause)) (isTypeOnly ? types : values).add(exportClause.name.text);
    else {
      for (const element of exportClause.elements) {
        (isTypeOnly || element.isTypeOnly ? types : values).add(element.name.text);
      }
    }
  }
  values.delete("default");
  return { values: [...values].sort(), types: [...types].filter((name) => !values.has(name)).sort() };
}
