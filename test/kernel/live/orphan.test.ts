import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { isBuilt } from "../../support/built";
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
const until = async (what: () => boolean, limit: number) => {
  for (const start = Date.now(); Date.now() - start < limit; await new Promise((r) => setTimeout(r, 100))) {
    if (what()) return true;
  }
  return false;
};

test.skipIf(!isBuilt || process.platform === "win32")(
  "a kernel ends when the program that started it dies",
  async () => {
    const file = join(temporaryFolder(), "connection.json");
    const port = 20_000 + (process.pid % 20_000);
    const ports = {
      shell_port: port,
      iopub_port: port + 1,
      stdin_port: port + 2,
      control_port: port + 3,
      hb_port: port + 4,
    };
    writeFileSync(
      file,
      JSON.stringify({ transport: "tcp", ip: "127.0.0.1", key: "k", signature_scheme: "hmac-sha256", ...ports }),
    );
    const starter = `
    const child = require("node:child_process").spawn(process.execPath, [${JSON.stringify(MAIN)}, "--connection-file", ${JSON.stringify(file)}],
      { env: { ...process.env, JPY_PARENT_PID: String(process.pid) }, stdio: "ignore", detached: true });
    process.stdout.write(String(child.pid));
    setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["-e", starter], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = Number(await new Promise((done) => parent.stdout.once("data", done)));
    await new Promise((r) => setTimeout(r, 6000)); // long enough to start, and to look for its parent once
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    const gone = await until(() => !isAlive(pid), 30_000);
    if (!gone) process.kill(pid, "SIGKILL");
    expect(gone).toBe(true);
  },
);
