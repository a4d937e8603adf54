import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { installTfjs } from "../../../src/engine/setup/install-tfjs";
import { npmCommand } from "../../../src/engine/setup/npm";
import { stockDownload } from "../../../src/engine/setup/stock";
import { temporaryFolder } from "../../support/temporary";

afterEach(() => vi.unstubAllEnvs());

const NAME = "@tensorflow/tfjs-node";
const PUBLISHED = "sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==";

/** The npm that the steps start is this script; it finds the working folder and the arguments of the real one. */
function npmIs(script: string): void {
  const path = join(temporaryFolder(), "npm-cli.js");
  writeFileSync(path, `const fs = require("node:fs"); const args = process.argv.slice(2);\n${script}`);
  vi.stubEnv("npm_execpath", path);
}

/** Installs a package of this integrity and writes down how it was called. */
const installs = (integrity: string) => `
  const folder = "node_modules/${NAME}";
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(folder + "/called.json", JSON.stringify(args));
  const packages = { [folder]: { version: "4.22.0", integrity: "${integrity}" } };
  fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));`;

function place() {
  const folder = temporaryFolder();
  const scratch = join(folder, "scratch");
  mkdirSync(scratch);
  return { folder, scratch, progress: () => {} };
}

describe("npmCommand", () => {
  test("runs npm's own script with this Node, without a shell", () => {
    npmIs("");
    const { command, first } = npmCommand();
    expect(command).toBe(process.execPath);
    expect(first[0]).toBe(process.env.npm_execpath);
  });

  test("is not taken in by another package manager", () => {
    expect(npmCommand({ npm_execpath: "/usr/lib/yarn.js" }).first).not.toContain("/usr/lib/yarn.js");
  });
});

describe("installTfjs", () => {
  test("installs the JavaScript alone, apart from the user's packages", async () => {
    npmIs(installs(PUBLISHED));
    const where = place();
    await installTfjs(NAME).run(where);
    const called = JSON.parse(readFileSync(join(where.folder, "node_modules", NAME, "called.json"), "utf8"));
    expect(called).toEqual(expect.arrayContaining(["install", "--ignore-scripts", `${NAME}@4.22.0`]));
    expect(JSON.parse(readFileSync(join(where.folder, "package.json"), "utf8")).private).toBe(true);
  });

  test("replaces what an earlier run left", async () => {
    npmIs(installs(PUBLISHED));
    const where = place();
    mkdirSync(join(where.folder, "node_modules/old"), { recursive: true });
    await installTfjs(NAME).run(where);
    expect(existsSync(join(where.folder, "node_modules/old"))).toBe(false);
  });

  test("refuses another package than was published", async () => {
    npmIs(installs("sha512-other"));
    const where = place();
    await expect(installTfjs(NAME).run(where)).rejects.toMatchObject({ got: "sha512-other", needed: PUBLISHED });
    expect(existsSync(join(where.folder, "node_modules"))).toBe(false);
  });
});

describe("stockDownload", () => {
  const addon = `node_modules/${NAME}/lib/napi-v8/tfjs_binding.node`;
  const library = `node_modules/${NAME}/deps/lib/libtensorflow.so.2`;
  const writes = (...paths: string[]) =>
    paths
      .map((path) => `fs.mkdirSync("${join(path, "..")}", { recursive: true }); fs.writeFileSync("${path}", "");`)
      .join("\n");

  test("lets the package's own script get addon and library", async () => {
    npmIs(`if (args.join(" ") === "rebuild ${NAME}") { ${writes(addon, library)} }`);
    const where = place();
    await stockDownload(NAME).run(where);
    expect(existsSync(join(where.folder, addon))).toBe(true);
  });

  test("does not believe a script that ends well without them", async () => {
    npmIs("");
    await expect(stockDownload(NAME).run(place())).rejects.toMatchObject({ got: expect.stringMatching(/^no addon/) });
    npmIs(writes(addon));
    await expect(stockDownload(NAME).run(place())).rejects.toMatchObject({ got: expect.stringMatching(/^no library/) });
  });

  test("names the settings for a lab's mirror when it fails", async () => {
    npmIs('console.error("getaddrinfo ENOTFOUND"); process.exit(1)');
    await expect(stockDownload(NAME).run(place())).rejects.toMatchObject({
      got: expect.stringContaining("ENOTFOUND"),
      remedy: expect.stringContaining("TFJS_NODE_BASE_URI"),
    });
  });
});
