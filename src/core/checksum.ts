import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

/** How a file is known to be the right one: SHA-256 of its bytes, or the id that git gives to them. */
export interface Checksum {
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256?: string;
  /** The git blob id: SHA-1 of `"blob <size>\0"` and the bytes, 40 hexadecimal digits. */
  readonly gitBlobSha1?: string;
}

/** The SHA-256 of a file in hexadecimal digits, read in pieces. */
export function sha256Of(path: string): Promise<string> {
  return digest(path, "sha256", "");
}

/** True if the file has every checksum that is given; false for a missing file. */
export async function matchesChecksum(path: string, { sha256, gitBlobSha1 }: Checksum): Promise<boolean> {
  const size = await sizeOf(path);
  if (size === undefined) return false;
  if (sha256 !== undefined && (await sha256Of(path)) !== sha256.toLowerCase()) return false;
  if (gitBlobSha1 === undefined) return true;
  return (await digest(path, "sha1", `blob ${size}\0`)) === gitBlobSha1.toLowerCase();
}

/** The size of a file in bytes, undefined if there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

async function digest(path: string, algorithm: string, prefix: string): Promise<string> {
  const hash = createHash(algorithm).update(prefix);
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest("hex");
}
