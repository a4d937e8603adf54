import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ensureEngine } from "../../src/cli/jupyter/ensure-engine";
import { ensureJupyterLab } from "../../src/cli/jupyter/jupyter-lab";
import { openLab } from "../../src/cli/jupyter/open-lab";
import { prepareLab } from "../../src/cli/jupyter/prepare-lab";
import { SpecbookError } from "../../src/core";
import { testBuilt } from "../support/built";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "specbook-prepare-"));
  vi.stubEnv("SPECBOOK_CACHE", join(folder, "cache"));
  vi.stubEnv("SPECBOOK_ENGINE", "wasm");
  vi.stubEnv("SPECBOOK_ENGINE_DIR", undefined);
  vi.stubEnv("PATH", join(folder, "bin"));
  mkdirSync(join(folder, "bin"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A `jupyter` on PATH that says this version. */
function pretendJupyter(version: string): void {
  const path = join(folder, "bin/jupyter");
  writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
  chmodSync(path, 0o755);
}

const onUnix = test.skipIf(process.platform === "win32");

describe("preparing the lab", () => {
  testBuilt("says each step in one line, writes only into the cache, and skips what is done", async () => {
    pretendJupyter("4.2.5");
    const first: string[] = [];
    const again: string[] = [];
    const prepared = await prepareLab({ onProgress: (line) => first.push(line) });
    await prepareLab({ onProgress: (line) => again.push(line) });
    expect(first).toEqual([
      "[1/3] engine: wasm, as SPECBOOK_ENGINE asks",
      expect.stringContaining("[2/3] kernel: kernelspec written to"),
      expect.stringContaining("[2/3] kernel: JupyterLab extension written to"),
      "[3/3] JupyterLab: 4.2.5, yours, on PATH",
    ]);
    expect(again[1]).toContain("kernelspec already in");
    expect(again[2]).toContain("JupyterLab extension already in");
    expect(prepared.dataDirectory.startsWith(join(folder, "cache"))).toBe(true);
    expect(existsSync(join(prepared.dataDirectory, "kernels/specbook/kernel.json"))).toBe(true);
  });

  testBuilt("keeps apart the kernelspecs of processes with other settings", async () => {
    pretendJupyter("4.2.5");
    const one = await prepareLab();
    vi.stubEnv("SPECBOOK_ENGINE_DIR", folder);
    expect((await prepareLab()).dataDirectory).not.toBe(one.dataDirectory);
  });

  onUnix("passes over a JupyterLab that is too old; without Python it says what to install", async () => {
    pretendJupyter("3.6.1");
    const lines: string[] = [];
    await expect(ensureJupyterLab((line) => lines.push(line))).rejects.toMatchObject({
      tag: "EngineError",
      remedy: expect.stringContaining("python3-venv"),
    });
    expect(lines).toEqual(["JupyterLab 3.6.1, too old, on PATH: installing one"]);
  });

  test("goes on with wasm where the native engine cannot be set up, but not where it was asked for", async () => {
    const lines: string[] = [];
    const setup = async () => {
      throw new SpecbookError("EngineError", "No wheel.", { got: "no network", needed: "a wheel", remedy: "later" });
    };
    vi.stubEnv("SPECBOOK_ENGINE", "auto");
    await ensureEngine({ onProgress: (line) => lines.push(line), setup });
    expect(lines[0]).toContain("setting it up");
    expect(lines.at(-1)).toMatch(/No wheel[\s\S]*no network[\s\S]*Going on with the wasm engine/);
    vi.stubEnv("SPECBOOK_ENGINE", "native");
    await expect(ensureEngine({ setup })).rejects.toMatchObject({ tag: "EngineError" });
  });

  test("opens no notebook that is not there", async () => {
    const lab = { command: "jupyter", version: "4.2.5", origin: "on PATH" as const };
    const missing = join(folder, "none.ipynb");
    await expect(openLab({ lab, dataDirectory: folder }, missing)).rejects.toMatchObject({
      tag: "FileError",
      got: missing,
    });
  });
});
