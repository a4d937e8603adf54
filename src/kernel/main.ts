#!/usr/bin/env node
import "./first-parent"; // first of all

import { readConnectionFile } from "./connection-file";
import { Kernel } from "./kernel";

/** `node main.js --connection-file FILE`: what the kernelspec starts. */
async function main(): Promise<void> {
  const at = process.argv.findIndex((argument) => argument.startsWith("--connection-file"));
  const [, inline] = (process.argv[at] ?? "").split(/=(.*)/s);
  const path = inline ?? process.argv[at + 1];
  if (at < 0 || path === undefined) {
    process.stderr.write("usage: main.js --connection-file FILE (Jupyter starts this; see `specbook install`)\n");
    process.exit(2);
  }
  await new Kernel(readConnectionFile(path)).start();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
