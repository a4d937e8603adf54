import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { SpecbookError } from "../core/errors";

/** What tells one version of a file, or of a folder and what lies in it, from the next. */
export interface FileState {
  readonly bytes: number;
  /** Time of the last change in milliseconds. */
  readonly changed: number;
}

const MOST_ENTRIES = 1000;

/** The state of a file or folder; a missing one has none. */
export async function fileState(path: string): Promise<FileState | undefined> {
  const own = await stat(path).catch(() => undefined);
  if (own === undefined || !own.isDirectory()) return own && { bytes: own.size, changed: own.mtimeMs };
  const names = (await readdir(path)).sort().slice(0, MOST_ENTRIES);
  const inside = await Promise.all(names.map((name) => stat(join(path, name)).catch(() => undefined)));
  return {
    bytes: inside.reduce((sum, info) => sum + (info?.isFile() ? info.size : 0), names.length),
    changed: inside.reduce((latest, info) => Math.max(latest, info?.mtimeMs ?? 0), own.mtimeMs),
  };
}

/** Throws a FileError where a file is no longer what it was when it was opened. */
export async function checkUnchanged(path: string, before: FileState | undefined): Promise<void> {
  const now = await fileState(path);
  if (now !== undefined && now.bytes === before?.bytes && now.changed === before.changed) return;
  const words = (state: FileState | undefined) =>
    state === undefined ? "no such file" : `${state.bytes} bytes of ${new Date(state.changed).toISOString()}`;
  throw new SpecbookError("FileError", `"${path}" has changed since it was opened`, {
    got: `${words(now)}; when it was opened: ${words(before)}`,
    needed: "the same file until all of it is read: parts of two versions do not belong together",
    remedy: `open it again: await open(${JSON.stringify(path)}), and repeat what was made of it`,
  });
}
