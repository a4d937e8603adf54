import { existsSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { basename, dirname, join, normalize, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { SideFile } from "./compiler";
import { findPackage, resolveExport, splitSpecifier } from "./package-exports";
import { CELL_MODULE, PACKAGE_NAME, PACKAGE_ROOT } from "./package-types";
import { rewriteFile } from "./rewrite";
import { SourcePositions } from "./source-positions";
import type { Traces } from "./traces";
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

/** What `module` is in a cell. */
export interface CellModule {
  readonly id: string;
  readonly filename: string;
  readonly exports: object;
  readonly require: NodeJS.Require;
  readonly paths: readonly string[];
}

/**
 * What `import` means in a cell: packages next to the notebook win, ours are there from any folder, ES modules are imported
 * natively, and the user's own files get guards.
 */
export class CellModules {
  /** The require function of cells. */
  readonly require: NodeJS.Require;
  /** `import.meta` of cells; the file is the notebook, where the server says which one that is. */
  readonly meta: { readonly url: string; readonly dirname: string; readonly filename: string };
  readonly #fromCell: Load;
  readonly #fromKernel = createRequire(__filename);
  readonly #imported = new Map<string, unknown>();
  readonly #side = new Map<string, SideFile>();
  readonly #sideModules = new Map<string, LoadedModule>();
  /** For each of the user's files those that import it. */
  readonly #users = new Map<string, Set<string>>();

  constructor(
    readonly directory: string,
    readonly cellApi: unknown,
    readonly typescript: () => TypeScript,
    readonly traces: Traces,
  ) {
    const fromCell = createRequire(join(directory, "cell.js"));
    this.#fromCell = fromCell;
    const { cache, extensions, main } = fromCell;
    const find = (id: string, options?: { paths?: string[] }) => {
      try {
        return fromCell.resolve(id, options);
      } catch (error) {
        if (splitSpecifier(id) === undefined) throw error;
        return id === PACKAGE_NAME ? join(PACKAGE_ROOT, "dist/index.js") : this.#fromKernel.resolve(id);
      }
    };
    const resolving = { resolve: Object.assign(find, { paths: fromCell.resolve.paths }), cache, extensions, main };
    this.require = Object.assign(this.#requireIn(fromCell, directory), resolving);
    const filename = join(directory, basename(process.env.JPY_SESSION_NAME ?? "cell.ts"));
    this.meta = Object.freeze({ url: pathToFileURL(filename).href, dirname: directory, filename });
    this.#guardUserFiles();
  }

  /** `module` of a cell whose names are on `exports`. */
  moduleOf(exports: object): CellModule {
    const paths = loader._nodeModulePaths(this.directory);
    return { id: "cell", filename: this.meta.filename, exports, require: this.require, paths };
  }

  /** New versions of the user's files, as compiled by the converter. */
  addSideFiles(files: ReadonlyMap<string, SideFile>): void {
    for (const [path, file] of files) {
      this.#forget(normalize(path));
      this.#side.set(normalize(path), file);
    }
  }

  // A file that has changed is loaded anew, and with it those that import it.
  #forget(path: string): void {
    if (!this.#sideModules.delete(path)) return;
    const users = this.#users.get(path) ?? [];
    this.#users.delete(path);
    for (const user of users) this.#forget(user);
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

  #requireIn(require: Load, directory: string, user?: string): Load {
    return (id) => {
      if (id === "tslab") return this.#fromKernel(id);
      if (id === CELL_MODULE) return this.cellApi;
      if (this.#imported.has(id)) return this.#imported.get(id);
      const path = /^[./]/.test(id) ? this.#sideFileOf(resolve(directory, id)) : undefined;
      if (path !== undefined) {
        const users = this.#users.get(path) ?? new Set();
        if (user !== undefined) this.#users.set(path, users.add(user));
        return this.#loadSideFile(path);
      }
      return this.#load(require, id);
    };
  }

  // As the compiler finds it: `helper`, `helper.ts` and `helper.js` are one file, `folder` is its index.
  #sideFileOf(path: string): string | undefined {
    const written = path.replace(/\.tsx?$/, ".js");
    return [written, `${path}.js`, join(path, "index.js")].find((file) => this.#side.has(file));
  }

  #loadSideFile(path: string): unknown {
    const known = this.#sideModules.get(path);
    if (known !== undefined) return known.exports;
    const module = new loader(path);
    module.filename = path;
    module.paths = loader._nodeModulePaths(dirname(path));
    module.require = this.#requireIn(module.require.bind(module), dirname(path), path);
    this.#sideModules.set(path, module); // before it runs: files may import each other
    try {
      module._compile(this.#sideCode(path), path);
    } catch (error) {
      this.#sideModules.delete(path);
      throw error;
    }
    return module.exports;
  }

  #sideCode(path: string): string {
    const { code, maps } = this.#side.get(path)!;
    const edited = rewriteFile(this.typescript(), code);
    const file = [".ts", ".tsx", ""].map((end) => path.replace(/\.js$/, end || ".js")).find(existsSync) ?? path;
    const inside = relative(this.directory, file);
    const name = inside.startsWith("..") ? file : inside;
    const source = existsSync(file) ? readFileSync(file, "utf8") : code;
    this.traces.add(path, new SourcePositions({ name, source, linesInFront: 0, compiled: code, edited, maps }));
    return edited.text;
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
        return rewriteFile(this.typescript(), code).text;
      } catch {
        return code; // it runs unguarded
      }
    };
    loader.prototype._compile = function (code, file, ...rest) {
      return compile.call(this, isUsers(file) ? rewrite(code) : code, file, ...rest);
    };
  }
}
