import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "vitest";

const MAIN = resolve(__dirname, "../../dist/cli/main.js");

/** `test` for cases that need the compiled command line: skipped, and counted, where `npm run build` has not run. */
export const testBuilt: ReturnType<typeof test.skipIf> = test.skipIf(!existsSync(MAIN));

/** Runs `specbook` with the arguments; no setting of the developer's own shell reaches it. */
export function specbook(args: readonly string[], env: Record<string, string | undefined> = {}) {
  const own = { SPECBOOK_ENGINE: undefined, SPECBOOK_ENGINE_DIR: undefined, NODE_OPTIONS: "" };
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", env: { ...process.env, ...own, ...env } });
}
