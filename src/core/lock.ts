import { randomUUID } from "node:crypto";
import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SpecbookError } from "./errors";
import { makeFolder } from "./make-folder";

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
}

/** Options of `withLock`; the times are for tests. */
export interface LockOptions {
  /** Ends the waiting with a CancelledError; the work itself must listen to its own signal. */
  readonly signal?: AbortSignal;
  /** Called once if another process holds the lock and this one has to wait. */
  readonly onWait?: (holder: LockHolder) => void;
  /** Milliseconds between two signs of life of the holder; default 2000. */
  readonly heartbeat?: number;
  /** Milliseconds without a sign of life after which a holder on another machine counts as gone; default 60,000. */
  readonly patience?: number;
}

interface LockFile extends LockHolder {
  readonly token: string;
}

/** A live process of this machine may be busy in one long synchronous call: it gets ten times the patience. */
const ALIVE_FACTOR = 10;
const POLL = 100;

/**
 * Runs `work` while this process alone holds the lock of `path` (a file `<path>.lock` beside it). A second process
 * waits; when its turn comes the first one's work is done, so `work` should begin by looking whether it still has to
 * be done. A lock left by a process that died is taken over: at once if its process id is gone on this machine, after
 * `patience` without a heartbeat if it was another machine on a shared disk.
 *
 * @throws FileError if the folder of `path` cannot be written to; CancelledError if `signal` fires while waiting; whatever `work` throws.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const { heartbeat = 2000 } = options;
  const lock = `${path}.lock`;
  await makeFolder(dirname(lock));
  const own: LockFile = { pid: process.pid, host: hostname(), token: randomUUID() };
  await acquire(lock, own, options);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => {}); // a missed beat only shortens the patience of others
  }, heartbeat);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await readLock(lock))?.token === own.token) await rm(lock, { force: true });
  }
}

async function acquire(lock: string, own: LockFile, options: LockOptions): Promise<void> {
  const { signal, onWait, patience = 60_000 } = options;
  let asked = false;
  // Silence is counted on this process's clock from the last beat it saw change: clocks of two machines may differ.
  let seen = { token: "", beat: 0, since: Date.now() };
  for (;;) {
    if (signal?.aborted) throw cancelled(lock);
    if (await create(lock, own)) return;
    const holder = await readLock(lock);
    const beat = await lastBeat(lock);
    if (beat === undefined) continue; // released meanwhile
    const token = holder?.token ?? "";
    if (token !== seen.token || beat !== seen.beat) seen = { token, beat, since: Date.now() };
    if (isGone(holder, Date.now() - seen.since, patience)) {
      await breakLock(lock, token, patience);
      continue;
    }
    if (!asked && holder !== undefined) {
      asked = true;
      onWait?.({ pid: holder.pid, host: holder.host });
    }
    await sleep(POLL, undefined, { signal }).catch(() => {});
  }
}

async function create(lock: string, own: LockFile): Promise<boolean> {
  try {
    const file = await open(lock, "wx");
    try {
      await file.writeFile(JSON.stringify(own));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    // Windows answers EPERM while a deleted file is still open somewhere.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EEXIST" || (code === "EPERM" && process.platform === "win32")) return false;
    throw error;
  }
}

async function readLock(lock: string): Promise<LockFile | undefined> {
  try {
    return JSON.parse(await readFile(lock, "utf8"));
  } catch {
    return undefined; // gone, or created this very moment and not written yet
  }
}

async function lastBeat(lock: string): Promise<number | undefined> {
  try {
    return (await stat(lock)).mtimeMs;
  } catch {
    return undefined;
  }
}

function isGone(holder: LockFile | undefined, silence: number, patience: number): boolean {
  if (holder === undefined || holder.host !== hostname()) return silence > patience;
  // The own id with a token of somebody else: a container that gives every run the same id, or another thread.
  if (holder.pid === process.pid) return silence > patience;
  return !isAlive(holder.pid) || silence > ALIVE_FACTOR * patience;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // alive, of another user
  }
}

/** Removes a dead lock. Only one process may, and only if it is still the one that was found dead. */
async function breakLock(lock: string, token: string, patience: number): Promise<void> {
  const gate = `${lock}.break`;
  const own: LockFile = { pid: process.pid, host: hostname(), token: randomUUID() };
  if (await create(gate, own)) {
    try {
      if (((await readLock(lock))?.token ?? "") === token) await rm(lock, { force: true });
    } finally {
      await rm(gate, { force: true });
    }
    return;
  }
  const age = Date.now() - ((await lastBeat(gate)) ?? Date.now());
  if (age > patience) await rm(gate, { force: true }); // its maker died within these few milliseconds
  await sleep(POLL);
}

function cancelled(lock: string): SpecbookError {
  return new SpecbookError("CancelledError", "Stopped while waiting for another process.", {
    got: `a stop request while ${lock} was held`,
    needed: "the other process to finish",
    remedy: "Run it again later.",
  });
}
