import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { isBuilt } from "../../support/built";
import { freePorts } from "../../support/kernel-client";
import { temporaryFolder } from "../../support/temporary";

const MAIN = resolve(__dirname, "../../../dist/kernel/main.js");

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const until = async (what: () => boolean | Promise<boolean>, limit: number) => {
  for (const start = Date.now(); Date.now() - start < limit; await new Promise((r) => setTimeout(r, 100))) {
    if (await what()) return true;
  }
  return false;
};
const listens = (port: number) =>
  new Promise<boolean>((done) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      done(true);
    });
    socket.on("error", () => done(false));
  });

/**
 * Starts a program that starts a kernel, kills the program once `isTime`, and waits for the end of the kernel. `hook` is
 * loaded into the kernel before anything else.
 */
async function outlives(hook: string, isTime: (folder: string, shell: number) => boolean | Promise<boolean>) {
  const folder = temporaryFolder();
  const file = join(folder, "connection.json");
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const connection = { transport: "tcp", ip: "127.0.0.1", key: "k", signature_scheme: "hmac-sha256", ...ports };
  writeFileSync(file, JSON.stringify(connection));
  writeFileSync(join(folder, "hook.cjs"), hook);
  const args = ["--require", join(folder, "hook.cjs"), MAIN, "--connection-file", file];
  const starter = `
    const child = require("node:child_process").spawn(process.execPath, ${JSON.stringify(args)},
      { env: { ...process.env, JPY_PARENT_PID: String(process.pid) }, stdio: "ignore", detached: true });
    process.stdout.write(String(child.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["-e", starter], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = Number(await new Promise((done) => parent.stdout.once("data", done)));
  try {
    expect(await until(() => isTime(folder, shell_port), 60_000)).toBe(true);
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    return !(await until(() => !isAlive(pid), 60_000));
  } finally {
    parent.kill("SIGKILL");
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
}

const posix = test.skipIf(!isBuilt || process.platform === "win32");

posix("a kernel ends when the program that started it dies", { timeout: 150_000 }, async () => {
  expect(await outlives("", (_, shell) => listens(shell))).toBe(false);
});

posix("a kernel ends when the program that started it dies while the kernel loads", { timeout: 150_000 }, async () => {
  // Waits inside the kernel's first library until the program has died.
  const hook = `
    const { existsSync, writeFileSync } = require("node:fs");
    const { join } = require("node:path");
    const Module = require("node:module");
    const load = Module._load;
    const flag = join(__dirname, "loading");
    Module._load = function (name, ...rest) {
      if (name === "zeromq" && !existsSync(flag)) {
        const parent = process.ppid;
        writeFileSync(flag, "");
        while (process.ppid === parent) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
      return load.call(this, name, ...rest);
    };`;
  expect(await outlives(hook, (folder) => existsSync(join(folder, "loading")))).toBe(false);
});
