import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

/** What a separate Node process, which has loaded no engine yet, printed. */
export interface ChildResult {
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = resolve(__dirname, "../..");

/**
 * Runs `code` (CommonJS; `source("engine/load")` gives a module of src) in a fresh Node process: an engine is loaded once
 * per process, so each case needs its own. Node 20 reads no TypeScript: the compiled files are used where `npm run build`
 * has made them.
 */
export function inFreshNode(code: string, env: Record<string, string | undefined> = {}): ChildResult {
  const prelude = `const source = (name) => require(${JSON.stringify(join(ROOT, "dist"))} + "/" + name);\n`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", prelude + code], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  return { stdout, stderr };
}
