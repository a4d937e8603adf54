import Module, { createRequire } from "node:module";
import { dirname, extname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { findPackage, resolveExport, splitSpecifier } from "./package-exports";
import { CELL_MODULE, PACKAGE_NAME, PACKAGE_ROOT } from "./package-types";
import { rewriteFile } from "./rewrite";
import type { TypeScript } from "./typescript";

type Load = (id: string) => unknown;

// The parts of node's module loader that its types leave out.
interface LoadedModule {
  filename: string;
  paths: string[];
  exports: unknown;
  require: Load;
  _compile(code: string, file: string): unknown;
}
interface Loader {
  new (id: string): LoadedModule;
  _nodeModulePaths(from: string): string[];
  prototype: { _compile(this: unknown, code: string, file: string, ...rest: unknown[]): unknown };
}
const loader = Module as unknown as Loader;

const NEEDS_IMPORT = new Set(["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE", "ERR_PACKAGE_PATH_NOT_EXPORTED"]);
const codeOf = (error: unknown) => (error as { code?: string } | null)?.code;

/**
 * What `import` means in a cell: packages next to the notebook win, ours are there from any folder, ES modules are imported
 * natively, and the user's own files get guards.
 */
export class CellModules {
  /** The require function of cells. */
  readonly require: Load;
  readonly #fromCell: Load;
  readonly #fromKernel: Load = createRequire(__filename);
  readonly #imported = new Map<string, unknown>();
  readonly #side = new Map<string, string>();
  readonly #sideModules = new Map<string, LoadedModule>();

  constructor(
    readonly directory: string,
    readonly cellApi: unknown,
    readonly typescript: () => TypeScript,
  ) {
    this.#fromCell = createRequire(join(directory, "cell.js"));
    this.require = this.#requireIn(this.#fromCell, directory);
    this.#guardUserFiles();
  }

  /** New versions of the user's files, as compiled by the converter. */
  addSideFiles(files: ReadonlyMap<string, string>): void {
    for (const [path, code] of files) {
      this.#sideModules.delete(path);
      this.#side.set(path, code);
    }
  }

  /** Imports natively what a cell imports and `require` cannot load. */
  async prepare(code: string): Promise<void> {
    if (!/\bimport\b/.test(code)) return;
    for (const { fileName: id } of this.typescript().preProcessFile(code, true, true).importedFiles) {
      if (id === "tslab" || id === CELL_MODULE || this.#imported.has(id)) continue;
      if (splitSpecifier(id) === undefined && !id.endsWith(".mjs")) continue;
      try {
        this.#load(this.#fromCell, id);
      } catch (error) {
        if (NEEDS_IMPORT.has(codeOf(error) ?? "")) this.#imported.set(id, await this.#import(id));
      }
    }
  }

  // Neither found here nor there: the cell's own require then says so. Other errors belong to the package.
  #load(require: Load, id: string): unknown {
    try {
      return require(id);
    } catch (error) {
      if (codeOf(error) !== "MODULE_NOT_FOUND" || splitSpecifier(id) === undefined) throw error;
      if (id === PACKAGE_NAME) return this.#fromKernel(PACKAGE_ROOT);
      try {
        return this.#fromKernel(id);
      } catch (second) {
        throw codeOf(second) === "MODULE_NOT_FOUND" ? error : second;
      }
    }
  }

  async #import(id: string): Promise<unknown> {
    const url = pathToFileURL(this.#fileOf(id)).href;
    const namespace: Record<string, unknown> = await import(url);
    const copy = Object.defineProperty({}, "__esModule", { value: true }); // else a default import would be the namespace
    for (const key of Object.keys(namespace)) {
      Object.defineProperty(copy, key, { enumerable: true, get: () => namespace[key] });
    }
    return copy;
  }

  #fileOf(id: string): string {
    const parts = splitSpecifier(id);
    if (parts === undefined) return join(this.directory, id);
    const [name, subpath] = parts;
    const found = findPackage(name, this.directory) ?? findPackage(name, PACKAGE_ROOT);
    const file = found && (resolveExport(found.json, subpath, ["node", "import"]) ?? found.json.main ?? "index.js");
    if (!found || !file) throw new Error(`the package of '${id}' offers no file for this import`);
    return join(found.directory, file);
  }

  #requireIn(require: Load, directory: string): Load {
    return (id) => {
      if (id === "tslab") return this.#fromKernel(id);
      if (id === CELL_MODULE) return this.cellApi;
      if (this.#imported.has(id)) return this.#imported.get(id);
      const path = join(directory, extname(id) === "" ? `${id}.js` : id.replace(/\.ts$/, ".js"));
      if (/^[./]/.test(id) && this.#side.has(path)) return this.#loadSideFile(path);
      return this.#load(require, id);
    };
  }

  #loadSideFile(path: string): unknown {
    const known = this.#sideModules.get(path);
    if (known !== undefined) return known.exports;
    const module = new loader(path);
    module.filename = path;
    module.paths = loader._nodeModulePaths(dirname(path));
    module.require = this.#requireIn(module.require.bind(module), dirname(path));
    this.#sideModules.set(path, module); // before it runs: files may import each other
    try {
      module._compile(rewriteFile(this.typescript(), this.#side.get(path)!), path);
    } catch (error) {
      this.#sideModules.delete(path);
      throw error;
    }
    return module.exports;
  }

  // CommonJS files of the user, loaded by whatever require: outside node_modules and outside this package
  #guardUserFiles(): void {
    const compile = loader.prototype._compile;
    const isUsers = (file: string) =>
      !this.#side.has(file) &&
      !file.includes(`${sep}node_modules${sep}`) &&
      !file.startsWith(join(PACKAGE_ROOT, "dist") + sep);
    const rewrite = (code: string) => {
      try {
        return rewriteFile(this.typescript(), code);
      } catch {
        return code; // it runs unguarded
      }
    };
    loader.prototype._compile = function (code, file, ...rest) {
      return compile.call(this, isUsers(file) ? rewrite(code) : code, file, ...rest);
    };
  }
}
