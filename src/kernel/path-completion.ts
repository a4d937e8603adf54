import { readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";

/** Files and folders offered at most. */
const MOST = 300;

const MODULE_FILES = /(?<!\.d)\.(ts|tsx|js|mjs|cjs|json)$/;

/** What may stand in the place of the last part of a path. */
export interface PathCompletions {
  /** How many characters of what was typed they replace. */
  readonly replaced: number;
  readonly candidates: readonly string[];
}

/** The files and folders that a path typed so far may mean, folders with a stroke; a relative path starts at the directory. */
export function filePaths(typed: string, directory: string): PathCompletions {
  return entries(typed, directory, () => true);
}

/** What an import may name: local modules behind "./", packages installed for the directory, modules of Node behind "node:". */
export function moduleNames(typed: string, directory: string): PathCompletions {
  if (/^\.{1,2}(\/|$)/.test(typed)) return entries(typed, directory, (name) => MODULE_FILES.test(name));
  const names = typed.startsWith("node:") ? builtinModules.map((name) => `node:${name}`) : packages(directory);
  return { replaced: typed.length, candidates: matching(names, typed) };
}

function entries(typed: string, directory: string, isWanted: (file: string) => boolean): PathCompletions {
  const at = typed.lastIndexOf("/") + 1;
  const begin = typed.slice(at);
  const names = listed(resolve(directory, typed.slice(0, at) || ".")).flatMap((entry) => {
    if (/["'`\\]/.test(entry.name) || (entry.name.startsWith(".") && begin === "")) return [];
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : [`${entry.name}/`];
    return isWanted(entry.name) ? [entry.name] : [];
  });
  return { replaced: begin.length, candidates: matching(names, begin) };
}

/** Names of the packages in node_modules of a folder and of those above it. */
function packages(directory: string): string[] {
  const names = new Set<string>();
  for (let folder = directory; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    for (const { name } of listed(modules)) {
      if (name.startsWith("@")) for (const inner of listed(join(modules, name))) names.add(`${name}/${inner.name}`);
      else if (!name.startsWith(".")) names.add(name);
    }
    if (dirname(folder) === folder) return [...names];
  }
}

function listed(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // no such folder, or none that may be read
  }
}

function matching(names: readonly string[], begin: string): string[] {
  return names
    .filter((name) => name.startsWith(begin))
    .sort()
    .slice(0, MOST);
}
