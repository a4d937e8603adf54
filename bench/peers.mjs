import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cacheDirectory, withLock } from "../dist/core/index.js";

/** What the peers are, on the package index: PyTorch alone is several GB. */
const PACKAGES = ["torch", "atomai", "pyroved", "scikit-learn", "six", "safetensors"]; // AtomAI needs six and does not say so

/** The Python of a private environment with the peers in it, made on first use in the cache folder. */
export async function peerPython() {
  const folder = join(cacheDirectory(), "peers");
  const python = join(folder, "bin/python");
  const ready = join(folder, "ready");
  const complete = () => existsSync(ready) && PACKAGES.every((name) => readFileSync(ready, "utf8").includes(name));
  if (complete()) return python;
  return withLock(`${folder}.lock`, async () => {
    if (!complete()) {
      console.error(`installing ${PACKAGES.join(", ")} into ${folder}: several GB, once`);
      must("python3", ["-m", "venv", folder]);
      must(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PACKAGES]);
      must(python, ["-c", "import torch, atomai, pyroved, sklearn"]);
      writeFileSync(ready, `${PACKAGES.join("\n")}\n`);
    }
    return python;
  });
}

function must(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")} ended with ${status}`);
}

/**
 * A peer in its own process. The script says "ready" once it is, and answers each line it reads with one line: the
 * milliseconds that the work took.
 */
export async function startPeer(script, args = []) {
  const child = spawn(await peerPython(), [script, ...args.map(String)], { stdio: ["pipe", "pipe", 2] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${script} ended without an answer`);
    return value;
  };
  const first = await next();
  if (first !== "ready") throw new Error(`${script} said ${first}`);
  return {
    run: async () => {
      child.stdin.write("run\n");
      return Number(await next());
    },
    stop: () => child.kill(),
  };
}
