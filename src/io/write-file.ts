import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { SpecbookError } from "../core/errors";

/**
 * Writes a file under a temporary name beside its place and renames it when it is whole: whoever opens `path` sees the
 * old file or the new one, never a part, also after a crash.
 *
 * @throws FileError if the folder is not there or may not be written to, or the disk is full; OptionError without a path.
 */
export async function writeWholeFile(path: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  await replaceFile(path, async (scratch) => {
    const file = await open(scratch, "r+");
    try {
      await work(file);
    } finally {
      await file.close();
    }
  });
}

/** The same for a writer that opens files by itself: `work` fills the empty file `scratch`. */
export async function replaceFile(path: string, work: (scratch: string) => Promise<void>): Promise<void> {
  if (typeof path !== "string" || path === "") {
    throw new SpecbookError("OptionError", "a file is named by its path", {
      got: path === "" ? "an empty text" : `${typeof path} ${path}`,
      needed: 'a text such as "model.safetensors"',
      remedy: "write the path in quotes",
    });
  }
  const scratch = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.partial`;
  try {
    await (await open(scratch, "wx")).close();
    await work(scratch);
    const file = await open(scratch, "r+");
    try {
      await file.sync(); // the rename must not reach the disk before the data
    } finally {
      await file.close();
    }
    await rename(scratch, path);
  } catch (cause) {
    await rm(scratch, { force: true });
    throw cause instanceof SpecbookError || !isSystemError(cause) ? cause : unwritable(path, cause);
  }
}

/** Throws a CancelledError where the signal has stopped the writing of `path`. */
export function checkStopped(path: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new SpecbookError("CancelledError", `writing "${path}" was stopped`, {
    got: "a stop request before the end",
    needed: "to write all of it",
    remedy: "run it again: what was there before is unchanged",
    cause: signal.reason,
  });
}

/** Writes all of `bytes` at the file's present position, however much one call of the system takes. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const most = 2 ** 30; // one write call of Linux carries less than 2 GiB
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(most, bytes.length - done));
    done += bytesWritten;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function unwritable(path: string, cause: unknown): SpecbookError {
  const { code, message } = cause as NodeJS.ErrnoException; // what node:fs rejects with
  const folder = dirname(resolve(path));
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `no folder ${folder}`,
    EACCES: `no permission to write to ${folder} (EACCES)`,
    ENOSPC: "a full disk (ENOSPC)",
    EISDIR: "a folder of that name",
  };
  return new SpecbookError("FileError", `"${path}" cannot be written`, {
    got: reasons[code ?? ""] ?? message,
    needed: "a path in a folder that is there and that you may write to",
    remedy:
      code === "ENOENT" ? `make the folder first: mkdir ${folder}` : "give another path, or make room on the disk",
    cause,
  });
}
