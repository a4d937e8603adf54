import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { withLock } from "../../src/core/lock";
import { temporaryFolder } from "../support/temporary";

const hold = (path: string, holder: { pid: number; host: string }) =>
  writeFileSync(`${path}.lock`, JSON.stringify({ ...holder, token: "somebody else" }));

/** A process that ran and ended: its id is free. */
async function deadPid(): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.on("exit", resolve));
  return child.pid as number;
}

describe("withLock", () => {
  test("lets one work at a time, and every one in the end", async () => {
    const path = join(temporaryFolder(), "thing");
    let inside = 0;
    let most = 0;
    const results = await Promise.all(
      [1, 2, 3, 4].map((value) =>
        withLock(path, async () => {
          most = Math.max(most, ++inside);
          await sleep(20);
          inside--;
          return value;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(results).toEqual([1, 2, 3, 4]);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test("gives the lock back when the work fails", async () => {
    const path = join(temporaryFolder(), "thing");
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(path, async () => "next")).toBe("next");
  });

  test("takes over at once from a process that died", async () => {
    const path = join(temporaryFolder(), "thing");
    hold(path, { pid: await deadPid(), host: hostname() });
    expect(await withLock(path, async () => "mine")).toBe("mine");
  });

  test("waits for a live process and says for whom", async () => {
    const path = join(temporaryFolder(), "thing");
    const live = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    hold(path, { pid: live.pid as number, host: hostname() });
    const waiting: number[] = [];
    const work = withLock(path, async () => "mine", { onWait: ({ pid }) => waiting.push(pid) });
    await expect.poll(() => waiting, { timeout: 10_000 }).toEqual([live.pid]);
    live.kill();
    expect(await work).toBe("mine");
  });

  test("believes another machine while its heart beats, and not after", async () => {
    const path = join(temporaryFolder(), "thing");
    hold(path, { pid: 1, host: "another-machine" });
    let beats = 0;
    const heart = setInterval(() => {
      if (beats++ < 5) utimesSync(`${path}.lock`, new Date(), new Date(beats * 1000));
    }, 200);
    const beatsWhenTaken = await withLock(path, async () => beats, { patience: 1500 });
    clearInterval(heart);
    expect(beatsWhenTaken).toBeGreaterThan(5);
  });

  test("keeps its own heart beating while it works", async () => {
    const path = join(temporaryFolder(), "thing");
    await withLock(
      path,
      async () => {
        utimesSync(`${path}.lock`, 0, 0);
        await expect.poll(() => statSync(`${path}.lock`).mtimeMs, { timeout: 5000 }).toBeGreaterThan(1e12);
      },
      { heartbeat: 20 },
    );
  });

  test("does not take away a lock that somebody took over from it", async () => {
    const path = join(temporaryFolder(), "thing");
    await withLock(path, async () => hold(path, { pid: 1, host: "another-machine" }));
    expect(JSON.parse(readFileSync(`${path}.lock`, "utf8")).token).toBe("somebody else");
  });

  test("says which folder it cannot write to", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const locked = withLock(join(file, "thing"), async () => "mine");
    await expect(locked).rejects.toMatchObject({ tag: "FileError", remedy: expect.stringContaining("SPECBOOK_CACHE") });
  });

  test("stops waiting on its signal", async () => {
    const path = join(temporaryFolder(), "thing");
    hold(path, { pid: 1, host: "another-machine" });
    const signal = AbortSignal.timeout(150);
    await expect(withLock(path, async () => "mine", { signal })).rejects.toMatchObject({ tag: "CancelledError" });
  });
});
