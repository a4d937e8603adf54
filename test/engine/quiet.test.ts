import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { quietArguments } from "../../src/engine/setup/build-addon";
import { QUIET_SOURCE } from "../../src/engine/setup/quiet-source";
import { inFreshNode } from "../support/engine-child";
import { temporaryFolder } from "../support/temporary";

const compiler = ["cc", "clang", "gcc"].find((name) => spawnSync(name, ["--version"]).status === 0);
const built = existsSync(resolve(__dirname, "../../dist/engine/quiet.js"));

/** An engine folder that holds nothing but the compiled capture. */
function folderWithCapture(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "quiet"));
  writeFileSync(join(folder, "quiet.c"), QUIET_SOURCE);
  const output = join(folder, "quiet/quiet_stderr.node");
  const { status, stderr } = spawnSync(compiler ?? "", quietArguments(join(folder, "quiet.c"), output));
  expect(`${status} ${stderr}`).toBe("0 ");
  return folder;
}

const BANNER = "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\\n";
const ONEDNN = "I0000 00:00:1795261157.205010   16140 port.cc:153] oneDNN custom operations are on.\\n";

/** What reaches stderr when `load` writes to it with a system call, as a native library does. */
const stderrOf = (folder: string, load: string, env: Record<string, string> = {}) =>
  inFreshNode(
    `const { writeSync } = require("node:fs");
     const { quietly } = source("engine/quiet");
     console.error("before");
     try { console.log(quietly(${JSON.stringify(folder)}, () => { ${load} })); } catch (e) { console.log(e.message); }
     console.error("after", process.env.TF_CPP_MIN_LOG_LEVEL);`,
    { TF_CPP_MIN_LOG_LEVEL: undefined, ...env },
  );

describe.skipIf(compiler === undefined || !built || process.platform === "win32")("quietly", () => {
  test("holds back TensorFlow's two lines and lets every other through", () => {
    const load = `writeSync(2, "${BANNER}${ONEDNN}"); writeSync(2, "mind this\\n"); return 42;`;
    const { stdout, stderr } = stderrOf(folderWithCapture(), load);
    expect(stdout).toBe("42\n");
    expect(stderr).toBe("before\nmind this\nafter 3\n");
  });

  test("gives stderr back when the loading fails", () => {
    const load = `writeSync(2, "${ONEDNN}reason\\n"); throw new Error("no library");`;
    const { stdout, stderr } = stderrOf(folderWithCapture(), load);
    expect(stdout).toBe("no library\n");
    expect(stderr).toBe("before\nreason\nafter 3\n");
  });

  test("shows everything to whoever has set TensorFlow's log level to 0", () => {
    const { stderr } = stderrOf(folderWithCapture(), `writeSync(2, "${ONEDNN}");`, { TF_CPP_MIN_LOG_LEVEL: "0" });
    expect(stderr).toMatch(/oneDNN[\s\S]*after 0/);
  });

  test("loads without the addon too", () => {
    const { stdout, stderr } = stderrOf(temporaryFolder(), `writeSync(2, "line\\n"); return 42;`);
    expect(stdout).toBe("42\n");
    expect(stderr).toBe("before\nline\nafter 3\n");
  });
});
