import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { installKernel } from "../../src/cli/jupyter/install-kernel";
import { startKernel } from "../../src/cli/jupyter/kernel-process";
import {
  type KernelSpec,
  kernelSpec,
  readKernelSpec,
  userJupyterDirectory,
  writeKernelSpec,
} from "../../src/cli/jupyter/kernel-spec";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "specbook-spec-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const specOf = (main: string): KernelSpec => ({ ...kernelSpec(), argv: [process.execPath, main] });

describe("the kernelspec", () => {
  test("is written once, whole, and read back the same", () => {
    const first = writeKernelSpec(folder);
    expect(first).toEqual({ directory: join(folder, "kernels/specbook"), changed: true });
    expect(writeKernelSpec(folder).changed).toBe(false);
    expect(readKernelSpec(first.directory)).toEqual(kernelSpec());
    expect(readdirSync(first.directory).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("runs this Node, and stops cells by message", () => {
    const { argv, interrupt_mode } = kernelSpec();
    expect(argv[0]).toBe(process.execPath);
    expect(argv).toContain("{connection_file}");
    expect(interrupt_mode).toBe("message");
  });

  test("keeps the settings that choose folders, as absolute paths", () => {
    const before = process.env.SPECBOOK_CACHE;
    try {
      process.env.SPECBOOK_CACHE = "some/cache";
      expect(kernelSpec().env?.SPECBOOK_CACHE).toBe(resolve("some/cache"));
      delete process.env.SPECBOOK_CACHE;
      expect(kernelSpec().env).toBeDefined();
      expect(kernelSpec().env).not.toHaveProperty("SPECBOOK_CACHE");
    } finally {
      if (before !== undefined) process.env.SPECBOOK_CACHE = before;
    }
  });

  test("goes where Jupyter looks on each platform", () => {
    expect(userJupyterDirectory({}, "linux")).toBe(join(homedir(), ".local/share/jupyter"));
    expect(userJupyterDirectory({ XDG_DATA_HOME: "/data" }, "linux")).toBe("/data/jupyter");
    expect(userJupyterDirectory({}, "darwin")).toBe(join(homedir(), "Library/Jupyter"));
    expect(userJupyterDirectory({ JUPYTER_DATA_DIR: "/mine" }, "darwin")).toBe("/mine");
    expect(userJupyterDirectory({ APPDATA: "/app" }, "win32")).toBe(join("/app", "jupyter"));
  });

  test("is not written for a package that is not built", async () => {
    const spec = specOf(join(folder, "none/main.js"));
    await expect(installKernel(folder, { spec })).rejects.toMatchObject({
      tag: "EngineError",
      remedy: "npm run build",
    });
    expect(existsSync(join(folder, "kernels"))).toBe(false);
  });

  test("of a kernel that ends at once gives an error with what it printed", async () => {
    const main = join(folder, "broken.js");
    writeFileSync(main, 'console.error("no such engine"); process.exit(3);');
    await expect(startKernel(specOf(main), folder)).rejects.toMatchObject({
      tag: "EngineError",
      got: expect.stringMatching(/exit code 3[\s\S]*no such engine/),
    });
  });

  test("of a kernel that stays silent gives an error with the command to try", async () => {
    const main = join(folder, "silent.js");
    writeFileSync(main, "setInterval(() => {}, 1000);");
    await expect(startKernel(specOf(main), folder, 1)).rejects.toMatchObject({
      tag: "EngineError",
      remedy: expect.stringContaining("silent.js"),
    });
  });
});
