import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startKernel } from "../dist/cli/jupyter/kernel-process.js";
import { ensureVenv } from "../dist/cli/jupyter/python.js";
import { cacheDirectory, withLock } from "../dist/core/index.js";
import { kernelSpec } from "../dist/kernel/index.js";

const NPM_PACKAGES = ["tslab@1.0.22", "deno@2.9.6"];

/** The kernels that are compared: the command of each, its language, how it is interrupted. */
export async function kernels(log) {
  const modules = await peerModules(log);
  const { python } = await ensureVenv("bench-ipykernel", ["ipykernel>=6,<8"], log);
  return [
    { name: "specbook", language: "typescript", interrupt: "message", argv: kernelSpec().argv },
    {
      name: "tslab",
      language: "typescript",
      interrupt: "signal",
      argv: [process.execPath, join(modules, "tslab/bin/tslab"), "kernel", "--config-path", "{connection_file}"],
    },
    {
      name: "deno",
      language: "typescript",
      interrupt: "message",
      argv: [process.execPath, join(modules, "deno/bin.cjs"), "jupyter", "--kernel", "--conn", "{connection_file}"],
    },
    {
      name: "ipykernel",
      language: "python",
      interrupt: "signal",
      argv: [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    },
  ];
}

/** tslab and Deno, installed into the cache folder at the first call. */
async function peerModules(log) {
  const folder = join(cacheDirectory(), "bench", "kernels");
  const ready = join(folder, "ready");
  const complete = () => existsSync(ready) && readFileSync(ready, "utf8") === NPM_PACKAGES.join("\n");
  if (!complete()) {
    await withLock(`${folder}.lock`, async () => {
      if (complete()) return;
      log(`installing ${NPM_PACKAGES.join(", ")} into ${folder}`);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), '{ "private": true }');
      const npm = process.platform === "win32" ? "npm.cmd" : "npm";
      const args = ["install", "--no-audit", "--no-fund", ...NPM_PACKAGES];
      const { status } = spawnSync(npm, args, { cwd: folder, stdio: ["ignore", 2, 2] });
      if (status !== 0) throw new Error(`npm ${args.join(" ")} ended with ${status}`);
      writeFileSync(ready, NPM_PACKAGES.join("\n"));
    });
  }
  return join(folder, "node_modules");
}

/** Starts one of them in `folder`, with what a benchmark wants of it: cells, requests, stops, memory. */
export async function start({ argv, interrupt }, folder) {
  const before = children();
  const kernel = await startKernel({ argv, env: { NO_COLOR: "1" } }, folder);
  const pid = children().find((child) => !before.includes(child));
  return {
    /** Milliseconds from request to end, the status, and all text of the outputs. */
    async run(code, seconds = 120) {
      const texts = [];
      const begin = performance.now();
      const cell = kernel.execute(code, ({ content }) =>
        texts.push(content.text ?? content.data?.["text/plain"] ?? ""),
      );
      const execution = await within(seconds, cell);
      return { ms: performance.now() - begin, status: execution?.status ?? "hangs", text: texts.join("") };
    },
    async ask(type, content) {
      const begin = performance.now();
      const reply = await within(30, kernel.ask("shell", type, content));
      return { ms: performance.now() - begin, reply };
    },
    stop() {
      if (interrupt === "signal") process.kill(pid, "SIGINT");
      else kernel.interrupt().catch(() => {}); // it may die of it
    },
    megabytes: () => pids(pid).reduce((sum, one) => sum + resident(one), 0),
    close: () => kernel.shutdown().catch(() => {}),
  };
}

async function within(seconds, work) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return { status: "dies" };
  } finally {
    clearTimeout(timer);
  }
}

const ps = (...args) => spawnSync("ps", args, { encoding: "utf8" }).stdout;
const table = () =>
  ps("-A", "-o", "pid=,ppid=,comm=")
    .trim()
    .split("\n")
    .filter((line) => !/\bps$/.test(line)) // itself
    .map((line) => line.trim().split(/\s+/).map(Number));
const children = (of = process.pid) => table().flatMap(([pid, parent]) => (parent === of ? [pid] : []));
const pids = (root) => [root, ...children(root).flatMap(pids)];
const resident = (pid) => Number(ps("-o", "rss=", "-p", String(pid)).trim() || 0) / 1000;
