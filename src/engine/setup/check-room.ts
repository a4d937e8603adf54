import { statfs } from "node:fs/promises";
import { formatBytes, makeFolder, SpecbookError } from "../../core";

/**
 * Makes the folder and refuses to begin on a disk that would be full before the end.
 *
 * @throws FileError if the folder cannot be made, or fewer than `needed` bytes are free.
 */
export async function checkRoom(folder: string, needed: number): Promise<void> {
  await makeFolder(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new SpecbookError("FileError", "The disk has too little room for the native engine.", {
    got: `${formatBytes(free)} free for ${folder}`,
    needed: `${formatBytes(needed)} while it is made`,
    remedy: "Make room, or set SPECBOOK_CACHE to a folder on another disk (also when you use specbook).",
  });
}
