import { createRequire } from "node:module";
import type * as TS from "@tslab/typescript-for-tslab";
import { createPlainBuilder } from "./program-builder";

/** The compiler of the cells: tslab's build of TypeScript. */
export type TypeScript = typeof TS;

const localRequire = createRequire(__filename);
const COMPILER = "@tslab/typescript-for-tslab";

/** The version of the compiler, read without loading it (a quarter of a second). */
export function typescriptVersion(): string {
  const version: string = localRequire(`${COMPILER}/package.json`).version;
  return version;
}

/** The compiler itself, loaded at the first call. */
export function typescript(): TypeScript {
  return localRequire(COMPILER);
}

/** What is put in place of tslab's fixed compiler set-up, and what is seen of its work. */
export interface CompilerPatch {
  /** Options that replace tslab's. */
  readonly options: (ts: TypeScript) => TS.CompilerOptions;
  /** A declaration file of the language's library that is on no disk: its name, listed in the options' `lib`, and text. */
  readonly library: { readonly name: string; readonly text: string };
  /** Sees tslab's second step, from ES module to CommonJS, with the source map that tslab throws away. */
  readonly onTranspile: (input: string, output: string, sourceMap: string) => void;
  /** Sees what the compiler throws while it takes in new code. */
  readonly onFailure: (error: unknown) => void;
  /** Sees each new state of the program: after every cell, completion and inspection. */
  readonly onProgram: (program: TS.Program) => void;
}

/**
 * The compiler as tslab will load it: the same functions, but the watch host gets our options and transpileModule makes a
 * source map. tslab fixes both in code, so that patching its copy of the module is the only way in.
 */
export function patchTypescript({ options, library, onTranspile, onFailure, onProgram }: CompilerPatch): TypeScript {
  const ts = typescript();
  const patched = {} as Record<string, unknown>;
  for (const key of Object.keys(ts)) {
    Object.defineProperty(patched, key, {
      enumerable: true,
      configurable: true,
      get: () => ts[key as keyof TypeScript],
    });
  }
  const replace = (key: string, value: unknown) => Object.defineProperty(patched, key, { enumerable: true, value });
  // tslab calls the overload with root files and options; the others never occur
  type Host = { afterProgramCreate?: (builder: TS.EmitAndSemanticDiagnosticsBuilderProgram) => void };
  type CreateHost = (
    roots: string[],
    given: TS.CompilerOptions,
    system: TS.System,
    builder: unknown,
    ...rest: unknown[]
  ) => Host;
  const createHost = ts.createWatchCompilerHost as unknown as CreateHost;
  const create: CreateHost = (roots, given, system, _, ...rest) => {
    keepOneTimer(system, onFailure);
    addLibrary(system, library);
    return takeProgram(
      createHost(roots, { ...given, ...options(ts) }, system, createPlainBuilder(ts), ...rest),
      onProgram,
    );
  };
  replace("getPreEmitDiagnosticsOfFiles", (...all: unknown[]) => {
    const { getPreEmitDiagnosticsOfFiles: get } = ts as unknown as {
      getPreEmitDiagnosticsOfFiles(...all: unknown[]): readonly TS.Diagnostic[];
    };
    return get(...all).filter(({ code }) => !DECLARATION_ONLY.has(code));
  });
  replace("createWatchCompilerHost", create);
  type Visit = (node: TS.Node, visitor: TS.Visitor, ...rest: unknown[]) => TS.Node | undefined;
  const visitEachChild = ts.visitEachChild as unknown as Visit;
  const visit: Visit = (node, visitor, ...rest) =>
    visitEachChild(node, (child) => (isPropertyName(ts, child, node) ? child : visitor(child)), ...rest);
  replace("visitEachChild", visit);
  replace("transpileModule", (input: string, given: TS.TranspileOptions): TS.TranspileOutput => {
    // a comment before an imported name would stand behind the `return` of its getter, and end that line
    const compilerOptions = { ...given.compilerOptions, sourceMap: true, removeComments: true };
    const result = ts.transpileModule(input, { ...given, compilerOptions });
    const outputText = result.outputText.replace(/^\/\/# sourceMappingURL=.*$\n?/gm, "");
    onTranspile(input, outputText, result.sourceMapText ?? "");
    return { ...result, outputText };
  });
  const entry = localRequire.cache[localRequire.resolve(COMPILER)];
  if (entry === undefined) throw new Error("the TypeScript compiler is not in the module cache");
  entry.exports = patched;
  return ts;
}

// The converter writes a declaration file of every cell. That some type has no name there matters to a library's author,
// not in a notebook: TS2742, TS2527, TS4023 and their kin, TS7056 (too long to be written).
const DECLARATION_ONLY = new Set([2527, 2742, 2883, 4020, 4023, 4025, 4058, 4060, 4082, 4094, 4118, 7056, 9005, 9006]);

/** True for the name under which tslab compiles a cell. */
export const isCellFile = (path: string): boolean => path.endsWith("/__tslab__.ts");

type ForcedEmit = (...all: [...Parameters<TS.Program["emit"]>, forceDeclarations: boolean]) => TS.EmitResult;

function takeProgram<T extends { afterProgramCreate?: (builder: TS.EmitAndSemanticDiagnosticsBuilderProgram) => void }>(
  host: T,
  onProgram: (program: TS.Program) => void,
): T {
  let own = host.afterProgramCreate;
  // tslab sets its function after this one has returned
  Object.defineProperty(host, "afterProgramCreate", {
    configurable: true,
    set: (given: typeof own) => {
      own = given;
    },
    get: () => (builder: TS.EmitAndSemanticDiagnosticsBuilderProgram) => {
      onProgram(builder.getProgram());
      // writes the declarations of a cell also when a type in them has no name; the user's files without tslab's
      // transformers, which put the last expression of a file into a constant, in the parsed file itself
      builder.emit = (file, write, token, onlyDeclarations, transformers) => {
        const own = file === undefined || isCellFile(file.fileName) ? transformers : undefined;
        return (builder.getProgram().emit as ForcedEmit)(file, write, token, onlyDeclarations, own, true);
      };
      own?.(builder);
    },
  });
  return host;
}

function addLibrary(system: TS.System, { name, text }: CompilerPatch["library"]): void {
  const { readFile, fileExists } = system;
  const isOurs = (path: string) => path.endsWith(`/${name}`);
  system.readFile = (path, ...rest) => (isOurs(path) ? text : readFile.call(system, path, ...rest));
  system.fileExists = (path) => isOurs(path) || fileExists.call(system, path);
}

// tslab makes `exports.name` of every name that an earlier cell declares, and takes the name of a property for one as well
// where the property's type was written there: `{ a: b }` of a parameter or of an assignment.
function isPropertyName(ts: TypeScript, child: TS.Node, parent: TS.Node): boolean {
  if (!ts.isIdentifier(child)) return false;
  return ts.isBindingElement(parent)
    ? parent.propertyName === child
    : ts.isPropertyAssignment(parent) && parent.name === child;
}

const UNUSED_TIMER = {};

/**
 * tslab keeps one timer for the compiler's watch mode, and fails for good when there are two or when the work throws. The
 * second one belongs to changes in watched folders, which the next cell takes in anyway.
 */
function keepOneTimer(system: TS.System, onFailure: (error: unknown) => void): void {
  const { setTimeout: set, clearTimeout: clear } = system;
  system.setTimeout = (callback: (...all: unknown[]) => void, ...rest) => {
    if (callback.name === "invalidateResolutionsOfFailedLookup") return UNUSED_TIMER;
    const guarded = () => {
      try {
        callback();
      } catch (error) {
        onFailure(error);
      }
    };
    return set?.call(system, guarded, ...rest);
  };
  system.clearTimeout = (timer: unknown) => {
    if (timer !== UNUSED_TIMER) clear?.call(system, timer);
  };
}
