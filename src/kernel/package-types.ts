import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { declarationFiles, findPackage, type InstalledPackage } from "./package-exports";

/** The folder of this package. */
export const PACKAGE_ROOT: string = join(__dirname, "../..");
/** The name under which cells import this package. */
export const PACKAGE_NAME = "specbook";
/** The name under which cells reach what only a kernel has: clearing outputs, asking for input. */
export const CELL_MODULE = "specbook/cell";

/** The user's own copy of a package for a notebook in `directory`, if it is not ours and has declarations. */
export function usersOwn(name: string, directory: string): InstalledPackage | undefined {
  const found = findPackage(name, directory);
  const ours = name === PACKAGE_NAME ? PACKAGE_ROOT : findPackage(name, PACKAGE_ROOT)?.directory;
  // a checkout that was never built has none: node's require falls back to ours there, and so do the types
  return found !== undefined && found.directory !== ours && declarationFiles(found).has(".") ? found : undefined;
}

/**
 * Where the type checker finds the declarations of our packages from any folder: exact `paths` entries, which cost nothing
 * per cell. Packages that the user has installed next to the notebook are left to the ordinary resolution.
 */
export function typePaths(directory: string): Record<string, string[]> {
  const own: { dependencies?: Record<string, string> } = JSON.parse(
    readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"),
  );
  const paths: Record<string, string[]> = { [CELL_MODULE]: [join(PACKAGE_ROOT, "dist/kernel/cell-api.d.ts")] };
  for (const name of [PACKAGE_NAME, ...Object.keys(own.dependencies ?? {})]) {
    if (name === "tslab" || usersOwn(name, directory) !== undefined) continue;
    const found = findPackage(name, PACKAGE_ROOT);
    if (found === undefined) continue;
    for (const [subpath, file] of declarationFiles(found)) paths[name + subpath.slice(1)] = [file];
  }
  return paths;
}

/** The folder with node's own declarations, which tslab depends on; needed where the notebook's folder has none. */
export function nodeTypeRoots(): string[] {
  const fromTslab = createRequire(createRequire(__filename).resolve("tslab/package.json"));
  const roots = (fromTslab.resolve.paths("@types/node") ?? []).map((directory) => join(directory, "@types"));
  const root = roots.find((path) => existsSync(join(path, "node", "package.json")));
  return root === undefined ? [] : [root];
}
