import { mkdir, statfs } from "node:fs/promises";
import { formatBytes, SpecbookError } from "../../core";

/**
 * Makes the folder and refuses to begin on a disk that would be full before the end.
 *
 * @throws FileError if the folder cannot be made, or fewer than `needed` bytes are free.
 */
export async function checkRoom(folder: string, needed: number): Promise<void> {
  let free: number;
  try {
    await mkdir(folder, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    free = bavail * bsize;
  } catch (cause) {
    throw new SpecbookError("FileError", "The cache folder cannot be made.", {
      got: cause instanceof Error ? cause.message : String(cause),
      needed: `a folder ${folder} that you may write to`,
      remedy: "Set SPECBOOK_CACHE to a folder of your own (also when you use specbook).",
      cause,
    });
  }
  if (free >= needed) return;
  throw new SpecbookError("FileError", "The disk has too little room for the native engine.", {
    got: `${formatBytes(free)} free for ${folder}`,
    needed: `${formatBytes(needed)} while it is made`,
    remedy: "Make room, or set SPECBOOK_CACHE to a folder on another disk (also when you use specbook).",
  });
}
