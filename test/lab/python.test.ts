import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../../src/cli/jupyter/commands";
import { ensureVenv, hasVenv } from "../../src/cli/jupyter/python";
import { testPython } from "../support/python-env";

const before = { cache: process.env.SPECBOOK_CACHE, path: process.env.PATH };
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "specbook-python-"));
  process.env.SPECBOOK_CACHE = cache;
});

afterEach(() => {
  process.env.PATH = before.path;
  if (before.cache === undefined) delete process.env.SPECBOOK_CACHE;
  else process.env.SPECBOOK_CACHE = before.cache;
  rmSync(cache, { recursive: true, force: true });
});

describe("a private Python environment", () => {
  testPython("is made once, also when two ask at the same moment, and found afterwards", async () => {
    const steps: string[] = [];
    const ask = () => ensureVenv("empty", ["pip"], (line) => steps.push(line)); // pip is there: no network is used
    const [first, second] = await Promise.all([ask(), ask()]);
    expect([first.created, second.created].sort()).toEqual([false, true]);
    expect(steps).toHaveLength(2);
    expect(hasVenv("empty", ["pip"])).toBe(true);
    expect(hasVenv("empty", ["pip", "wheel"])).toBe(false);
    const prefix = await runCommand(first.python, ["-c", "import sys; print(sys.prefix != sys.base_prefix)"]);
    expect(prefix.stdout.trim()).toBe("True");
    expect(existsSync(first.command("pip"))).toBe(true);
  });

  testPython("left half-made by a process that died is made anew", async () => {
    const { directory } = await ensureVenv("empty", ["pip"]);
    const made = statSync(join(directory, "pyvenv.cfg")).mtimeMs;
    rmSync(join(directory, "specbook.json"));
    const again = await ensureVenv("empty", ["pip"]);
    expect(again.created).toBe(true);
    expect(statSync(join(directory, "pyvenv.cfg")).mtimeMs).toBeGreaterThan(made);
  });

  test("without any Python the error names the package to install", async () => {
    process.env.PATH = cache;
    await expect(ensureVenv("none", ["pip"])).rejects.toMatchObject({
      tag: "EngineError",
      got: expect.stringContaining("no python3"),
      remedy: expect.stringContaining("python3-venv"),
    });
  });

  testPython("says what pip said when a package cannot be installed, and keeps no marker", async () => {
    const missing = join(cache, "no-such-wheel.whl");
    await expect(ensureVenv("broken", [missing])).rejects.toMatchObject({
      tag: "EngineError",
      needed: missing,
      got: expect.stringContaining("no-such-wheel"),
    });
    expect(hasVenv("broken", [missing])).toBe(false);
  });
});
