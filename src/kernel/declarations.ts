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
