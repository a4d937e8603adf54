import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { SpecbookError } from "../core/errors";
import { noteFile } from "../core/run-facts";

/**
 * Throws a FileError, with near names of the folder, unless a file that can be read is there; returns its size. Every
 * reader begins here, so the file is noted for run records.
 */
export async function fileSize(path: string): Promise<number> {
  if (typeof path !== "string" || path === "") {
    throw new SpecbookError("OptionError", "a file is named by its path", {
      got: path === "" ? "an empty text" : `${typeof path} ${path}`,
      needed: 'a text such as "data/scan.h5"',
      remedy: 'write the path in quotes: "scan.h5"',
    });
  }
  const info = await stat(path).catch(async (cause: NodeJS.ErrnoException) => {
    throw cause.code === "ENOENT" || cause.code === "ENOTDIR" ? await missing(path, cause) : unreadable(path, cause);
  });
  if (info.isFile()) {
    noteFile(resolve(path), info.size);
    return info.size;
  }
  throw new SpecbookError("FileError", `"${path}" is not a file`, {
    got: info.isDirectory() ? `a folder: ${await contents(path)}` : "a pipe, socket or device",
    needed: "the path of one file",
    remedy: "give the file inside the folder, e.g. join(folder, name)",
  });
}

/** Opens a file, hands it to `work` and closes it, also when the work fails. */
export async function withFile<T>(path: string, work: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  const size = await fileSize(path);
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, cause);
  });
  try {
    return await work(file, size);
  } finally {
    await file.close();
  }
}

/** Fills `bytes` from a position of the file; one before its begin, and a file that ends before that, is a FormatError. */
export async function readExactly(file: FileHandle, bytes: Uint8Array, position: number, path: string): Promise<void> {
  if (position < 0) {
    // Node would read on from where it is, or throw, by its version.
    throw new SpecbookError("FormatError", `"${path}" says that its data lie before its begin`, {
      got: `byte ${position}`,
      needed: "a place in the file",
      remedy: "copy or download the file again: its header is damaged",
    });
  }
  const most = 2 ** 30; // one read call of Linux carries less than 2 GiB
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(most, bytes.length - done);
    const { bytesRead } = await file.read(bytes, done, length, position + done);
    if (bytesRead === 0) {
      throw new SpecbookError("FormatError", `"${path}" ends before its data do`, {
        got: `${position + done} bytes`,
        needed: `at least ${position + bytes.length} bytes`,
        remedy: "copy or download the file again: this copy is cut off",
      });
    }
    done += bytesRead;
  }
}

function unreadable(path: string, cause: NodeJS.ErrnoException): SpecbookError {
  return new SpecbookError("FileError", `"${path}" cannot be opened`, {
    got: cause.code === "EACCES" ? "no permission to read it (EACCES)" : cause.message,
    needed: "a file that may be read",
    remedy: "check its permissions and that the disk is there",
    cause,
  });
}

async function missing(path: string, cause: Error): Promise<SpecbookError> {
  const folder = dirname(resolve(path));
  const names = await readdir(folder).catch(() => undefined);
  const near = names === undefined ? [] : nearNames(basename(path), names);
  return new SpecbookError("FileError", `there is no file "${path}"`, {
    got:
      names === undefined
        ? `no folder ${folder} either`
        : `a folder ${folder} with ${names.length === 1 ? "1 name" : `${names.length} names`}, none of them this one`,
    needed: "the path of an existing file",
    remedy:
      near.length > 0
        ? `did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`
        : `check the name; relative paths start at ${process.cwd()}`,
    cause,
  });
}

async function contents(path: string): Promise<string> {
  const names = (await readdir(path).catch(() => [])).sort();
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown || "empty";
}

/** Up to three names within a third of their letters of the wanted one, nearest first. */
export function nearNames(wanted: string, names: readonly string[]): string[] {
  const reach = Math.min(wanted.length - 1, Math.max(2, Math.floor(wanted.length / 3)));
  return names
    .map((name) => ({ name, distance: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
