import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import { type Checksum, matchesChecksum, sizeOf } from "./checksum";
import { SpecbookError } from "./errors";
import { withLock } from "./lock";
import { formatBytes } from "./memory";

/** What has arrived so far. */
export interface DownloadProgress {
  /** Bytes on disk, those of an earlier interrupted run included. */
  readonly received: number;
  /** Bytes of the whole file, if known. */
  readonly total?: number;
}

/** What to download, how to know that it is right, and where it goes. At least one checksum is needed. */
export interface DownloadOptions extends Checksum {
  readonly url: string;
  /** Bytes of the whole file, if known. */
  readonly size?: number;
  /** The path of the finished file. What has arrived lies in `<to>.part` until it is complete and verified. */
  readonly to: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** A sentence for the error's remedy: what to do without the file, e.g. which simulation stands in. */
  readonly alternative?: string;
  /** Tries without a single new byte before it gives up; default 4. */
  readonly tries?: number;
  /** Milliseconds without a byte after which a connection counts as dead; default 30,000. */
  readonly stall?: number;
  /** Milliseconds before the second try, doubled for each further one; default 500. */
  readonly pause?: number;
}

/** A failure that another try may cure. */
class Interrupted extends Error {}

/**
 * Downloads a file once: continues where an interrupted run stopped (HTTP Range), checks size and checksum, and only
 * then renames it to `to`. Returns `to`; returns at once if the right file is already there, also if a person put it
 * there by hand. Safe when two processes ask for the same file.
 *
 * @throws FileError if the server cannot be reached, refuses, or sends other bytes; CancelledError on `signal`.
 */
export function download(options: DownloadOptions): Promise<string> {
  const { to, signal, sha256, gitBlobSha1 } = options;
  if (sha256 === undefined && gitBlobSha1 === undefined) {
    throw new SpecbookError("OptionError", "A download needs a checksum.", {
      got: `${options.url} with neither sha256 nor gitBlobSha1`,
      needed: "one of them",
      remedy: "Pass the published checksum of the file.",
    });
  }
  const fetchAndVerify = async () => {
    if (await matchesChecksum(to, options)) return to;
    const part = `${to}.part`;
    const resumed = ((await sizeOf(part)) ?? 0) > 0;
    await fetchAll(part, options);
    // What an earlier run left may be of another version of the file: one clean run decides.
    if (resumed && !(await matchesChecksum(part, options))) {
      await rm(part, { force: true });
      await fetchAll(part, options);
    }
    if (!(await matchesChecksum(part, options))) {
      await rm(part, { force: true });
      throw fileError(options, "The download has the wrong checksum.", "other bytes than were published", undefined);
    }
    await flush(part);
    await rename(part, to);
    return to;
  };
  return withLock(to, fetchAndVerify, { signal });
}

async function fetchAll(part: string, options: DownloadOptions): Promise<void> {
  const { tries = 4, pause = 500, signal, size } = options;
  await mkdir(dirname(part), { recursive: true });
  let failures = 0;
  for (;;) {
    const before = (await sizeOf(part)) ?? 0;
    if (size !== undefined && before > size) await rm(part);
    else if (before === size) return;
    try {
      await fetchRest(part, options);
      return;
    } catch (error) {
      if (signal?.aborted) throw cancelled(options, (await sizeOf(part)) ?? 0, error);
      if (isDiskError(error)) throw diskError(options, error);
      if (!(error instanceof Interrupted)) throw error;
      const after = (await sizeOf(part)) ?? 0;
      failures = after > before ? 1 : failures + 1;
      if (failures >= tries) {
        const kept = after > 0 ? ` (${formatBytes(after)} are kept, the next run continues there)` : "";
        throw fileError(options, "The download did not finish.", `${error.message}${kept}`, error.cause);
      }
      await sleep(pause * 2 ** (failures - 1), undefined, { signal }).catch(() => {});
    }
  }
}

/** One connection: asks for what is missing and appends it to the part file. */
async function fetchRest(part: string, options: DownloadOptions): Promise<void> {
  const { url, size, signal, onProgress, stall = 30_000 } = options;
  const have = (await sizeOf(part)) ?? 0;
  const dead = new AbortController();
  const timer = setTimeout(() => dead.abort(new Error(`no data for ${stall / 1000} s`)), stall);
  const either = signal === undefined ? dead.signal : AbortSignal.any([signal, dead.signal]);
  try {
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (have > 0) headers.range = `bytes=${have}-`;
    const response = await fetch(url, { headers, signal: either });
    const start = await startOf(response, part, have, options);
    const rest = Number(response.headers.get("content-length") ?? Number.NaN);
    const total = size ?? (Number.isFinite(rest) ? start + rest : undefined);
    if (size !== undefined && Number.isFinite(rest) && start + rest !== size) {
      await response.body?.cancel();
      throw fileError(options, "The server offers a file of another size.", `${start + rest} bytes`, undefined);
    }
    let received = start;
    const count = new Transform({
      transform(piece: Buffer, _encoding, done) {
        timer.refresh();
        received += piece.length;
        onProgress?.({ received, total });
        done(null, piece);
      },
    });
    const body = Readable.fromWeb(response.body as ReadableStream);
    await pipeline(body, count, createWriteStream(part, { flags: start > 0 ? "a" : "w" }), { signal: either });
    if (total !== undefined && received < total) throw new Interrupted(`${received} of ${total} bytes`);
    if (size !== undefined && received > size) {
      await rm(part, { force: true });
      throw fileError(options, "The download is too long.", `${received} bytes`, undefined);
    }
  } catch (error) {
    if (error instanceof SpecbookError || error instanceof Interrupted || isDiskError(error)) throw error;
    throw new Interrupted(reason(dead.signal.aborted ? dead.signal.reason : error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The byte that the response begins with; throws what its status means. */
async function startOf(response: Response, part: string, have: number, options: DownloadOptions): Promise<number> {
  const { status, statusText } = response;
  if (status === 200) return 0; // a server that ignores Range sends everything again
  if (status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${have}-`)) return have;
  await response.body?.cancel();
  if (status === 206 || status === 416) {
    await rm(part, { force: true });
    throw new Interrupted(`an answer that does not fit the ${have} bytes that were there`);
  }
  if (status === 408 || status === 429 || status >= 500) throw new Interrupted(`HTTP ${status} ${statusText}`);
  throw fileError(options, "The server does not give the file.", `HTTP ${status} ${statusText}`, undefined);
}

/** The bytes are on the disk before the name says so. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function isDiskError(error: unknown): boolean {
  return ["ENOSPC", "EACCES", "EROFS", "EDQUOT", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}

/** `fetch` says only "fetch failed"; what failed is on its cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "no such host could be found (is this machine offline?)";
  if (code === "ECONNREFUSED") return "the connection was refused";
  return cause instanceof Error ? cause.message || (code ?? cause.name) : String(cause);
}

function fileError(options: DownloadOptions, summary: string, got: string, cause: unknown): SpecbookError {
  const { url, size, to, alternative } = options;
  const remedy = `Check the network and run it again, or get ${url} with a browser and put it at ${to}.`;
  return new SpecbookError("FileError", summary, {
    got: `${got}, from ${url}`,
    needed: size === undefined ? "the whole file" : `the whole file of ${size} bytes`,
    remedy: alternative === undefined ? remedy : `${remedy} ${alternative}`,
    cause,
  });
}

function diskError(options: DownloadOptions, cause: unknown): SpecbookError {
  return new SpecbookError("FileError", "The download cannot be written to disk.", {
    got: cause instanceof Error ? cause.message : String(cause),
    needed: `room and permission for ${options.to}`,
    remedy: "Make room, or set SPECBOOK_CACHE to a folder on another disk; then run it again.",
    cause,
  });
}

function cancelled(options: DownloadOptions, have: number, cause: unknown): SpecbookError {
  return new SpecbookError("CancelledError", "The download was stopped.", {
    got: `a stop request after ${formatBytes(have)}`,
    needed: "the whole file",
    remedy: `Run it again: it continues there (${options.url}).`,
    cause,
  });
}
