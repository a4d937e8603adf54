import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { SpecbookError } from "./errors";

const OWN_CACHE = "Set SPECBOOK_CACHE to a folder of your own (also when you use specbook).";

/**
 * Makes a folder (by default: of the cache), and those above it, if they are not there.
 *
 * @throws FileError if it cannot be made or written to.
 */
export async function makeFolder(folder: string, remedy: string = OWN_CACHE): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new SpecbookError("FileError", "The folder cannot be written to.", {
      got: cause instanceof Error ? cause.message : String(cause),
      needed: `a folder ${folder} that you may write to`,
      remedy,
      cause,
    });
  }
}
