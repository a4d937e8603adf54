import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import { noteFile } from "../../core/run-facts";
import { readExactly, withFile } from "../open-file";
import { readZipEntry, type ZipEntry, zipEntries, zipEntryStart } from "../zip";

/** The files of a Zarr hierarchy, by paths with slashes that never leave it. */
export interface ZarrStore {
  readonly path: string;
  /** The bytes of a file, or a part of them; undefined where there is none. */
  get(key: string, range?: { readonly offset: number; readonly length: number }): Promise<Uint8Array | undefined>;
  /** Bytes of a file; undefined where there is none. */
  size(key: string): Promise<number | undefined>;
  /** The names in a folder, without links. */
  list(folder: string): Promise<string[]>;
}

/** Opens a folder or a zip archive, hands it to `work`, and closes it. */
export async function withZarrStore<T>(path: string, work: (store: ZarrStore) => Promise<T>): Promise<T> {
  if ((await stat(path)).isDirectory()) {
    noteFile(resolve(path), 0);
    return work(await folderStore(path));
  }
  return withFile(path, async (file, size) => work(await zipStore(file, size, path)));
}

/** A folder. A symbolic link in it is followed only where it stays inside. */
async function folderStore(path: string): Promise<ZarrStore> {
  const root = await realpath(path);
  const inside = async (key: string): Promise<string | undefined> => {
    if (!isPlain(key)) throw outside(path, key);
    const real = await realpath(join(root, key)).catch(() => undefined);
    if (real === undefined || real === root || real.startsWith(root + sep)) return real;
    throw outside(path, key);
  };
  const sizeOf = async (key: string) => {
    const real = await inside(key);
    const info = real === undefined ? undefined : await stat(real);
    return info?.isFile() === true ? info.size : undefined;
  };
  return {
    path,
    size: sizeOf,
    get: async (key, range) => {
      const [real, size] = [await inside(key), await sizeOf(key)];
      if (real === undefined || size === undefined) return undefined;
      const { offset, length } = checkRange(range ?? { offset: 0, length: size }, size, `${path}: ${key}`);
      const bytes = new Uint8Array(length);
      const file = await open(real);
      try {
        await readExactly(file, bytes, offset, real);
      } finally {
        await file.close();
      }
      return bytes;
    },
    list: async (folder) => {
      const real = await inside(folder);
      const entries = real === undefined ? [] : await readdir(real, { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => !entry.isSymbolicLink()).map(({ name }) => name); // links could lead in circles
    },
  };
}

/** A zip archive; entries that would leave it are never looked up. */
async function zipStore(file: FileHandle, size: number, path: string): Promise<ZarrStore> {
  const listed = (await zipEntries(file, size, path)).filter(({ name }) => !name.endsWith("/"));
  // A chunk that is not there counts as its fill value: one whose name is damaged must not pass for missing.
  for (const entry of listed) await zipEntryStart(file, size, entry, path);
  const prefix = commonFolder(listed.map(({ name }) => name));
  const entries = new Map<string, ZipEntry>(listed.map((entry) => [entry.name.slice(prefix.length), entry]));
  const folders = new Map<string, Set<string>>();
  for (const name of entries.keys()) {
    const parts = name.split("/");
    for (let depth = 0; depth < Math.min(parts.length, DEEPEST); depth++) {
      const folder = parts.slice(0, depth).join("/");
      const names = folders.get(folder) ?? new Set();
      folders.set(folder, names.add(parts[depth]));
    }
  }
  return {
    path,
    size: async (key) => entries.get(key)?.size,
    get: async (key, range) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const bytes = await readZipEntry(file, size, entry, path);
      const { offset, length } = checkRange(
        range ?? { offset: 0, length: bytes.length },
        bytes.length,
        `${path}: ${key}`,
      );
      return bytes.subarray(offset, offset + length);
    },
    list: async (folder) => [...(folders.get(folder) ?? [])],
  };
}

/** Depth of groups in groups that is looked into. */
export const DEEPEST = 32;

/** The folder that holds the whole hierarchy, where the archive was made of a folder and not of what is in it. */
function commonFolder(names: readonly string[]): string {
  const roots = names
    .filter((name) => /(^|\/)(\.zgroup|\.zarray|zarr\.json)$/.test(name))
    .map((name) => name.split("/"));
  const shortest = roots.sort((a, b) => a.length - b.length)[0] ?? [""];
  const prefix = shortest
    .slice(0, -1)
    .map((part) => `${part}/`)
    .join("");
  return names.every((name) => name.startsWith(prefix)) ? prefix : "";
}

function isPlain(key: string): boolean {
  return key === "" || key.split("/").every((part) => !["", ".", ".."].includes(part) && !/[\0\\]/.test(part));
}

function checkRange<T extends { offset: number; length: number }>(range: T, size: number, where: string): T {
  const { offset, length } = range;
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
    throw new SpecbookError("FormatError", `"${where}" is not complete`, {
      got: `${length} bytes wanted at byte ${offset} of ${size}`,
      needed: "the bytes that its index announces",
      remedy: "copy or download the file again: this copy is cut off or damaged",
    });
  }
  checkMemory(length, `"${where}"`, "save it again in smaller chunks");
  return range;
}

function outside(path: string, key: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" points to a place outside of itself`, {
    got: `"${key.slice(0, 200)}"`,
    needed: "files in its own folder",
    remedy: "copy what the link points to into the folder, if you trust it",
  });
}
