import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { chosenDirectory } from "../../src/cli/jupyter/data-directory";
import { userJupyterDirectory } from "../../src/cli/jupyter/kernel-spec";
import { VERSION } from "../../src/core";
import { specbook, testBuilt } from "../support/command-line";
import { testPython } from "../support/python-env";
import { temporaryFolder } from "../support/temporary";

const logos = ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"];

describe("specbook install, doctor and uninstall", () => {
  testBuilt(
    "put kernelspec, logos and extension there, find them and have the kernel run a cell, and take them away",
    () => {
      const directory = temporaryFolder();
      const env = { SPECBOOK_CACHE: temporaryFolder(), SPECBOOK_ENGINE: "wasm", JUPYTER_PATH: directory };
      mkdirSync(join(directory, "kernels/other"), { recursive: true });

      const installed = specbook(["install", "--jupyter-path", directory], env);
      expect(installed.stdout).toMatch(
        /kernelspec written to .*\nJupyterLab extension written to .*\nkernel answers: specbook/,
      );
      expect(readdirSync(join(directory, "kernels/specbook")).sort()).toEqual(["kernel.json", ...logos]);
      const again = specbook(["install", "--jupyter-path", directory, "--no-check"], env);
      expect(again.stdout).toMatch(/^kernelspec already in .*\nJupyterLab extension already in .*\n$/);

      const report = JSON.parse(specbook(["doctor", "--json"], env).stdout);
      expect(report.kernelspec).toBe(join(directory, "kernels/specbook/kernel.json"));
      expect(report.kernel).toEqual({ version: VERSION, seconds: expect.any(Number) });
      expect(report.extension).toEqual({ directory: join(directory, "labextensions/specbook"), version: VERSION });
      const about = (word: RegExp) => report.problems.filter(({ what }: { what: string }) => word.test(what));
      expect(about(/kernel|extension/)).toEqual([]);

      const file = join(directory, "labextensions/specbook/package.json");
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version: "0.0.9" }));
      const older = JSON.parse(specbook(["doctor", "--json"], env).stdout);
      expect(older.extension.version).toBe("0.0.9");
      expect(older.problems).toContainEqual({
        what: expect.stringContaining("not the one of this specbook"),
        remedy: expect.stringContaining("install"),
      });

      const removed = specbook(["uninstall", "--jupyter-path", directory], env);
      expect(removed.stdout).toBe(`kernelspec and extension removed from ${directory}\n`);
      expect(readdirSync(join(directory, "kernels"))).toEqual(["other"]);
      expect(existsSync(join(directory, "labextensions/specbook"))).toBe(false);
      expect(specbook(["uninstall", "--jupyter-path", directory], env).stdout).toBe(
        `nothing of specbook in ${directory}\n`,
      );
    },
    300_000,
  );

  testBuilt("name a kernel that does not work", () => {
    const directory = temporaryFolder();
    const folder = join(directory, "kernels/specbook");
    mkdirSync(folder, { recursive: true });
    const broken = join(directory, "broken.js");
    writeFileSync(broken, 'console.error("no such module"); process.exit(3)');
    writeFileSync(join(folder, "kernel.json"), JSON.stringify({ argv: [process.execPath, broken] }));
    const env = { SPECBOOK_CACHE: temporaryFolder(), SPECBOOK_ENGINE: "wasm", JUPYTER_PATH: directory };
    const { kernel, problems } = JSON.parse(specbook(["doctor", "--json"], env).stdout);
    expect(kernel).toBeNull();
    expect(problems).toContainEqual({
      what: expect.stringMatching(/does not work[\s\S]*no such module/),
      remedy: expect.any(String),
    });
  });

  testBuilt("refuse two Jupyters at once", () => {
    const { status, stderr } = specbook(["install", "--user", "--sys-prefix"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/--sys-prefix.*cannot be used with.*--user|--user.*cannot be used with.*--sys-prefix/);
  });
});

describe("the chosen Jupyter", () => {
  testPython("is the user's by default, the environment's, or any directory", async () => {
    expect(await chosenDirectory({})).toBe(userJupyterDirectory());
    expect(await chosenDirectory({ user: true })).toBe(userJupyterDirectory());
    expect(await chosenDirectory({ sysPrefix: true })).toMatch(/[\\/]share[\\/]jupyter$/);
    expect(await chosenDirectory({ jupyterPath: "some/where" })).toBe(join(process.cwd(), "some/where"));
  });
});
