import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";

/** The parts of package.json that matter for resolution. */
export interface PackageJson {
  readonly name?: string;
  readonly main?: string;
  readonly types?: string;
  readonly typings?: string;
  readonly exports?: unknown;
}

/** An installed package: its folder and its package.json. */
export interface InstalledPackage {
  readonly directory: string;
  readonly json: PackageJson;
}

/** `"@a/b/c/d"` to `["@a/b", "./c/d"]`; undefined for relative paths, URLs and node's own modules. */
export function splitSpecifier(specifier: string): [name: string, subpath: string] | undefined {
  if (/^[./#]|^[a-z]+:|^[A-Za-z]:[\\/]/.test(specifier) || builtinModules.includes(specifier)) return undefined;
  const parts = specifier.split("/");
  const count = specifier.startsWith("@") ? 2 : 1;
  return [parts.slice(0, count).join("/"), [".", ...parts.slice(count)].join("/")];
}

/** Finds a package the way node does: in node_modules of `from` and of the folders above it, then by its own name. */
export function findPackage(name: string, from: string): InstalledPackage | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    for (const candidate of [join(directory, "node_modules", name), directory]) {
      const file = join(candidate, "package.json");
      if (!existsSync(file)) continue;
      const json = JSON.parse(readFileSync(file, "utf8")) as PackageJson;
      if (candidate !== directory || json.name === name) return { directory: candidate, json };
    }
    if (dirname(directory) === directory) return undefined;
  }
}

function target(entry: unknown, conditions: readonly string[], rest: string): string | undefined {
  if (typeof entry === "string") return entry.replaceAll("*", rest);
  if (Array.isArray(entry)) {
    for (const item of entry) {
      const found = target(item, conditions, rest);
      if (found !== undefined) return found;
    }
  } else if (entry !== null && typeof entry === "object") {
    for (const [condition, value] of Object.entries(entry)) {
      if (condition !== "default" && !conditions.includes(condition)) continue;
      const found = target(value, conditions, rest);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * The file that a package offers for a subpath (`"."`, `"./node"`) under some conditions, by the rules of package.json
 * "exports". Undefined where it offers none.
 */
export function resolveExport(json: PackageJson, subpath: string, conditions: readonly string[]): string | undefined {
  const { exports: map } = json;
  if (map === undefined || map === null) return undefined;
  const isMap = typeof map === "object" && !Array.isArray(map) && Object.keys(map).some((key) => key.startsWith("."));
  if (!isMap) return subpath === "." ? target(map, conditions, "") : undefined;
  const entries = map as Record<string, unknown>;
  if (subpath in entries) return target(entries[subpath], conditions, "");
  const patterns = Object.keys(entries)
    .filter((key) => key.includes("*"))
    .sort((a, b) => b.indexOf("*") - a.indexOf("*"));
  for (const key of patterns) {
    const [before, after] = key.split("*");
    if (!subpath.startsWith(before) || !subpath.endsWith(after) || subpath.length < key.length) continue;
    return target(entries[key], conditions, subpath.slice(before.length, subpath.length - after.length));
  }
  return undefined;
}

/** Every subpath of a package (patterns left out) whose declarations we know, with the absolute path of its .d.ts. */
export function declarationFiles({ directory, json }: InstalledPackage): Map<string, string> {
  const found = new Map<string, string>();
  const add = (subpath: string, file: string | undefined) => {
    if (file === undefined) return;
    const path = join(directory, file);
    if (existsSync(path)) found.set(subpath, path);
  };
  const { exports: map } = json;
  if (map !== null && typeof map === "object" && !Array.isArray(map)) {
    const subpaths = Object.keys(map).filter((key) => key.startsWith(".") && !key.includes("*"));
    for (const subpath of subpaths.length > 0 ? subpaths : ["."]) {
      const commonjs = resolveExport(json, subpath, ["types", "require", "node"]);
      add(subpath, commonjs ?? resolveExport(json, subpath, ["types", "import", "node"]));
    }
  }
  for (const [subpath, file] of found) if (!/\.d\.[cm]?ts$/.test(file)) found.delete(subpath);
  if (!found.has(".")) add(".", json.types ?? json.typings ?? "index.d.ts");
  return found;
}
