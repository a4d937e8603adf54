import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** How to start npm: a command and the arguments that come before npm's own. */
export interface NpmCommand {
  readonly command: string;
  readonly first: readonly string[];
}

/**
 * npm as a script of the Node that runs now: no shell is needed (Windows refuses to start npm.cmd without one), and
 * npm's Node is the one that will load the result. Falls back to `npm` on the PATH.
 */
export function npmCommand(env: Readonly<Record<string, string | undefined>> = process.env): NpmCommand {
  const bin = dirname(process.execPath);
  const scripts = [
    env.npm_execpath,
    join(bin, "node_modules/npm/bin/npm-cli.js"),
    join(bin, "../lib/node_modules/npm/bin/npm-cli.js"),
  ];
  const script = scripts.find((path) => path?.endsWith("npm-cli.js") && existsSync(path));
  return script === undefined ? { command: "npm", first: [] } : { command: process.execPath, first: [script] };
}
