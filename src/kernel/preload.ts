import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CellApi } from "./cell-api";
import { type ExportedNames, exportedNames } from "./declarations";
import { declarationFiles } from "./package-exports";
import { CELL_MODULE, PACKAGE_NAME, PACKAGE_ROOT, usersOwn } from "./package-types";
import type { TypeScript } from "./typescript";

/** The names that cells have without an import. */
export interface Preload {
  /** As the type checker sees them. */
  readonly declarations: string;
  /** Value names and the module each comes from. */
  readonly values: ReadonlyMap<string, string>;
}

const CELL_NAMES: readonly (keyof CellApi)[] = ["displayBundle", "clearOutput", "prompt", "stopSignal"];

/** The exports of the library that a notebook in `directory` gets: the user's own copy wins. */
function libraryNames(ts: TypeScript, directory: string): ExportedNames {
  const installed = usersOwn(PACKAGE_NAME, directory);
  const index = installed && declarationFiles(installed).get(".");
  const file = index ?? join(PACKAGE_ROOT, "dist/index.d.ts");
  return exportedNames(ts, readFileSync(file, "utf8"), (specifier) => {
    const base = join(dirname(file), specifier.replace(/\.js$/, ""));
    for (const path of [`${base}.d.ts`, join(base, "index.d.ts")]) {
      try {
        return readFileSync(path, "utf8");
      } catch {} // the other of the two
    }
    return "";
  });
}

/** Every value and type name of the library, and of the cell module where the library has no such name. */
export function preload(ts: TypeScript, directory: string): Preload {
  const { values, types } = libraryNames(ts, directory);
  const own = CELL_NAMES.filter((name) => !values.includes(name));
  const importing = (names: readonly string[], from: string) =>
    names.length > 0 ? `import { ${names.join(", ")} } from "${from}";\n` : "";
  return {
    declarations: importing([...values, ...types], PACKAGE_NAME) + importing(own, CELL_MODULE),
    values: new Map([
      ...values.map((name): [string, string] => [name, PACKAGE_NAME]),
      ...own.map((name): [string, string] => [name, CELL_MODULE]),
    ]),
  };
}
