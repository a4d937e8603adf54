import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { kernelSpec } from "../../src/kernel";
import { ensureVenv, testPython } from "../support/python-env";
import { temporaryFolder } from "../support/temporary";

const PACKAGES = ["jupyter_kernel_test==0.7.0", "jupyter_client>=8,<9"];
const MINUTES = 60_000;

function output(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        text += data;
      });
    }
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });
}

testPython(
  "passes the conformance suite of the Jupyter project",
  // The suite gives each message 0.1 s, which a crowded machine may miss; a kernel that fails, fails three times.
  { timeout: 10 * MINUTES, retry: 2 },
  async () => {
    const { python } = await ensureVenv("kernel-test", PACKAGES);
    const folder = temporaryFolder();
    const directory = join(folder, "kernels", "specbook-conformance");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "kernel.json"), JSON.stringify(kernelSpec()));
    const text = await output(python, [join(__dirname, "conformance.py")], {
      KERNEL: "specbook-conformance",
      JUPYTER_PATH: folder,
    });
    const outcomes = [...text.matchAll(/^test_(\w+) .*\.\.\. (.*)$/gm)].map(
      ([, name, outcome]) => `${name}: ${outcome}`,
    );
    expect(outcomes.filter((line) => !line.endsWith(": ok"))).toEqual([]);
    expect(text).toMatch(/^OK$/m); // not "OK (skipped=1)"
    expect(outcomes).toHaveLength(13);
  },
);
