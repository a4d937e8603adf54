import { createRequire } from "node:module";
import type * as TS from "@tslab/typescript-for-tslab";

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
  /** Sees tslab's second step, from ES module to CommonJS, with the source map that tslab throws away. */
  readonly onTranspile: (input: string, output: string, sourceMap: string) => void;
  /** Sees what the compiler throws while it takes in new code. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The compiler as tslab will load it: the same functions, but the watch host gets our options and transpileModule makes a
 * source map. tslab fixes both in code, so that patching its copy of the module is the only way in.
 */
export function patchTypescript({ options, onTranspile, onFailure }: CompilerPatch): TypeScript {
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
  type CreateHost = (roots: string[], given: TS.CompilerOptions, system: TS.System, ...rest: unknown[]) => unknown;
  const createHost = ts.createWatchCompilerHost as unknown as CreateHost;
  const create: CreateHost = (roots, given, system, ...rest) => {
    keepOneTimer(system, onFailure);
    return createHost(roots, { ...given, ...options(ts) }, system, ...rest);
  };
  replace("createWatchCompilerHost", create);
  replace("transpileModule", (input: string, given: TS.TranspileOptions): TS.TranspileOutput => {
    const compilerOptions = { ...given.compilerOptions, sourceMap: true };
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
