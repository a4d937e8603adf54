import { createRequire } from "node:module";
import type * as TS from "@tslab/typescript-for-tslab";
import type { Converter, Diagnostic } from "tslab/dist/converter";
import { TypeScriptError } from "./cell-errors";
import { blankExports, hoistedVariables, lostNamespaces, nameImportTypes } from "./declarations";
import { newerLibrary } from "./newer-library";
import { nodeTypeRoots, typePaths } from "./package-types";
import { quickInfoText } from "./quick-info";
import { type CompilerMaps, inlineSourceMap } from "./source-positions";
import { inString } from "./string-completion";
import { isCellFile, patchTypescript, type TypeScript } from "./typescript";

const localRequire = createRequire(__filename);
const LIBRARY = "lib.specbook.d.ts";

const NO_USING =
  "'using' is newer than the cells' TypeScript 5.0: write const x = ...; try { ... } finally { x[Symbol.dispose]() }";

/** Words for what TypeScript tells of its option rootDir, TS6059. */
const OUTSIDE = 6059;
const INSIDE_ONLY =
  "a cell imports files of the notebook's folder and of those in it: move the file there, or load JavaScript by require(...)";

/** A cell as CommonJS, and what it leaves behind. */
export interface CompiledCell {
  /** The JavaScript; undefined for a cell that only defines a module. */
  readonly output?: string;
  readonly maps: CompilerMaps;
  /** Name of the constant that holds the value of the last expression. */
  readonly lastExpression?: string;
  readonly hasAwait: boolean;
  /** The user's own files that the cell imports and that are new or have changed: the path they run under. */
  readonly sideFiles: ReadonlyMap<string, SideFile>;
  /** Call this once the cell has run (or failed): its declarations then count for later cells. */
  commit(): void;
}

/** A compiled file of the user. */
export interface SideFile {
  readonly code: string;
  readonly maps: CompilerMaps;
}

/** What a completion request gets. */
export interface Completions {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly string[];
}

/** Types, completion and inspection for the cells of one notebook, which know what earlier cells declared. */
export class CellCompiler {
  readonly ts: TypeScript;
  readonly #converter: Converter;
  readonly #metadata: typeof import("tslab/dist/metadata");
  readonly #transpiled = new Map<string, CompilerMaps>();
  #declarations: string;
  #failure: unknown;
  #program: TS.Program | undefined;

  /**
   * Takes a second: loads TypeScript. The notebook's folder is the working directory of the process (tslab knows no other);
   * `declarations` are known to the first cell, e.g. `import { nmf } from "specbook"`.
   */
  constructor(declarations: string) {
    this.#declarations = declarations;
    this.ts = patchTypescript({
      options: (ts) => ({
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        customConditions: ["node"],
        lib: ["lib.es2023.d.ts", LIBRARY],
        allowImportingTsExtensions: true,
        experimentalDecorators: false,
        paths: typePaths(process.cwd()),
        typeRoots: nodeTypeRoots(),
        types: ["node"],
        inlineSourceMap: true,
      }),
      library: { name: LIBRARY, text: newerLibrary() },
      onProgram: (program) => {
        this.#program = program;
      },
      onTranspile: (input, output, toCommonJs) => {
        this.#transpiled.set(output, { toModule: inlineSourceMap(input), toCommonJs });
      },
      onFailure: (error) => {
        this.#failure = error;
      },
    });
    // loaded only now: these modules take the patched compiler from the module cache
    this.#converter = (localRequire("tslab/dist/converter") as typeof import("tslab/dist/converter")).createConverter({
      isJS: false,
      isBrowser: false,
    });
    this.#metadata = localRequire("tslab/dist/metadata");
  }

  /** Compiles a cell. Throws TypeScriptError. */
  compile(code: string): CompiledCell {
    const metadata = this.#metadata.getCodeMetadata(code);
    const nothing = { maps: { toModule: "", toCommonJs: "" }, hasAwait: false, commit() {} };
    if (metadata.module !== undefined) {
      const found = this.#converter.addModule(metadata.module, code, metadata);
      if (found.length > 0) throw new TypeScriptError(reports(found, code));
      return { ...nothing, sideFiles: new Map() };
    }
    const before = this.#declarations;
    this.#transpiled.clear();
    this.#failure = undefined;
    const result = this.#converter.convert(before, blankExports(this.ts, code));
    if (this.#failure !== undefined) throw this.#failure;
    if (result.diagnostics.length > 0) throw new TypeScriptError(reports(result.diagnostics, code));
    const after = this.#completed(result.declOutput ?? "");
    const output = result.output ?? "";
    return {
      output,
      maps: this.#transpiled.get(output) ?? nothing.maps,
      lastExpression: result.lastExpressionVar,
      hasAwait: result.hasToplevelAwait === true || /\bawait\b/.test(code),
      sideFiles: new Map(
        (result.sideOutputs ?? []).map(({ path, data }) => [
          path,
          { code: data, maps: this.#transpiled.get(data) ?? nothing.maps },
        ]),
      ),
      commit: () => {
        this.#declarations = after + lostNamespaces(this.ts, before, after);
      },
    };
  }

  // the declarations of a cell, with what the converter's emit leaves out
  #completed(declarations: string): string {
    const program = this.#program;
    const file = program?.getSourceFiles().find(({ fileName }) => isCellFile(fileName));
    if (program === undefined || file === undefined) return declarations;
    return nameImportTypes(this.ts, file, declarations) + hoistedVariables(this.ts, program, file);
  }

  /** Completions at a position (UTF-16). */
  complete(code: string, position: number): Completions {
    const { start, end, candidates } = this.#converter.complete(this.#declarations, code, position);
    return inString(this.ts, code, position, { found: { start, end, candidates }, directory: process.cwd() });
  }

  /** Type and documentation of what stands at a position (UTF-16). */
  inspect(code: string, position: number): string | undefined {
    for (const at of position > 0 ? [position, position - 1] : [position]) {
      const info = this.#converter.inspect(this.#declarations, code, at);
      const text = info && quickInfoText(info);
      if (text !== undefined && text !== null) return text;
    }
    return undefined;
  }

  /** Stops watching the user's files. */
  close(): void {
    this.#converter.close();
  }
}

function reports(diagnostics: readonly Diagnostic[], code: string): string[] {
  const lines = code.split("\n");
  const all = diagnostics.map(({ fileName, start, code: number, messageText: message }) => {
    const { line, character } = start;
    const messageText = number === OUTSIDE ? INSIDE_ONLY : message;
    const head = `${fileName ?? "cell"}:${line + 1}:${character + 1} - TS${number}: ${messageText}`;
    const source = fileName === undefined ? lines[line] : undefined;
    return source === undefined ? head : `${head}\n    ${source}\n    ${" ".repeat(character)}^`;
  });
  const using = lines.findIndex((line) => /^\s*(await\s+)?using\s+[\w$]+\s*=/.test(line));
  if (using >= 0) return [`cell:${using + 1}:${lines[using].search(/\S/) + 1} - ${NO_USING}\n    ${lines[using]}`];
  return [...new Set(all)];
}
