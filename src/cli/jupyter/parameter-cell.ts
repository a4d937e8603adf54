import type * as TS from "@tslab/typescript-for-tslab";
import type { TypeScript } from "../../kernel/typescript";

/** One value that a parameter cell declares: a `const` or `let`, or a property of an object literal in one. */
export interface Parameter {
  /** `epochs`, or `hp.epochs` for a property. */
  readonly name: string;
  /** Where its value stands in the cell; `as const`, `satisfies` and the type annotation stay outside. */
  readonly start: number;
  readonly end: number;
  /** The value as it is written. */
  readonly text: string;
  /** True where the cell itself names the type of the value. */
  readonly isAnnotated: boolean;
}

/** The parameters that a cell declares at its top level, in their order. */
export function parametersOf(ts: TypeScript, source: string): Parameter[] {
  const file = ts.createSourceFile("parameters.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const found: Parameter[] = [];

  const add = (name: string, written: TS.Expression, isAnnotated: boolean): void => {
    const value = plain(written);
    const start = value.getStart(file);
    found.push({ name, start, end: value.end, text: source.slice(start, value.end), isAnnotated });
    if (ts.isObjectLiteralExpression(value)) addProperties(name, value, isAnnotated);
  };

  const addProperties = (name: string, { properties }: TS.ObjectLiteralExpression, isAnnotated: boolean): void => {
    for (const property of properties) {
      // `...{ quick: { epochs: 12 }, paper: { epochs: 120 } }[preset]`: `hp.paper.epochs` is one of its values
      const spread = ts.isSpreadAssignment(property) ? property.expression : undefined;
      const chosen = spread !== undefined && ts.isElementAccessExpression(spread) ? spread.expression : undefined;
      if (chosen !== undefined && ts.isObjectLiteralExpression(chosen)) addProperties(name, chosen, isAnnotated);
      if (!ts.isPropertyAssignment(property)) continue;
      const { name: key, initializer } = property;
      if (ts.isIdentifier(key) || ts.isStringLiteral(key)) add(`${name}.${key.text}`, initializer, isAnnotated);
    }
  };

  // `"rows" as const` and `{ ... } satisfies Options` keep their last words whatever the value is
  const plain = (written: TS.Expression): TS.Expression =>
    ts.isAsExpression(written) || ts.isSatisfiesExpression(written) ? plain(written.expression) : written;

  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer, type } of statement.declarationList.declarations) {
      if (ts.isIdentifier(name) && initializer !== undefined) add(name.text, initializer, type !== undefined);
    }
  }
  return found;
}

/** The cell with other values in place of the written ones; the values are JSON, which TypeScript reads as it is. */
export function withValues(source: string, values: readonly { at: Parameter; json: string }[]): string {
  const backwards = [...values].sort((a, b) => b.at.start - a.at.start);
  return backwards.reduce((text, { at, json }) => text.slice(0, at.start) + json + text.slice(at.end), source);
}

/**
 * What TypeScript says against the new values, worst first: a value without an annotation must be of the kind of the
 * written one (`20` stands for a number), and the cell must have no new type errors. Names that only the kernel knows are
 * not judged here: it compiles the cell again when it runs.
 */
export function typeFaults(
  ts: TypeScript,
  source: string,
  values: readonly { at: Parameter; json: string }[],
): readonly string[] {
  const kinds = values
    .filter(({ at }) => !at.isAnnotated)
    .map(({ at, json }, i) => `let __given${i} = (${at.text});\n__given${i} = (${json});`);
  const check = checker(ts);
  const before = new Set(check(`${source}\nexport {};`).map(({ message }) => message));
  const head = `${withValues(source, values)}\nexport {};\n`;
  const after = check(head + kinds.join("\n")).filter(({ message }) => !before.has(message));
  const ofKind = after.filter(({ start }) => start >= head.length);
  return [...ofKind, ...after.filter((fault) => !ofKind.includes(fault))].map(({ message }) => message);
}

/** A strict type check of one file that stands alone. */
function checker(ts: TypeScript): (text: string) => { start: number; message: string }[] {
  const name = "parameters.ts";
  const options: TS.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  const libraries = new Map<string, TS.SourceFile | undefined>();
  return (text) => {
    host.getSourceFile = (path, target) => {
      if (path === name) return ts.createSourceFile(name, text, target, true);
      if (!libraries.has(path)) libraries.set(path, parse(path, target));
      return libraries.get(path);
    };
    const program = ts.createProgram([name], options, host);
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => ({
      start: diagnostic.start ?? 0,
      message: ts.flattenDiagnosticMessageText(diagnostic.messageText, " "),
    }));
  };
}
