import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { extensionPath, installExtension, removeExtension } from "../../src/cli/jupyter/install-extension";
import { isBuilt } from "../support/built";
import { temporaryFolder } from "../support/temporary-folder";

describe.skipIf(!isBuilt)("the JupyterLab extension", () => {
  test("is copied whole, renewed when it differs, and removed without a trace", () => {
    const data = temporaryFolder();
    const { directory, changed } = installExtension(data);
    expect([directory, changed]).toEqual([extensionPath(data), true]);
    const description = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    expect(description.name).toBe("specbook");
    expect(existsSync(join(directory, description.jupyterlab._build.load))).toBe(true);
    expect(installExtension(data).changed).toBe(false);

    writeFileSync(join(directory, "package.json"), JSON.stringify({ ...description, version: "0.0.1" }));
    writeFileSync(join(directory, "static", "of-the-old-version.js"), "");
    expect(installExtension(data).changed).toBe(true);
    expect(JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))).toEqual(description);
    expect(readdirSync(join(directory, "static"))).toHaveLength(1);
    expect(readdirSync(data)).toEqual(["labextensions"]);

    expect(removeExtension(data)).toBe(true);
    expect(removeExtension(data)).toBe(false);
    expect(readdirSync(join(data, "labextensions"))).toEqual([]);
  });
});
