import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary";

/** An engine folder whose tfjs-node (or -gpu) is the given code: for the ways an engine fails or answers. */
export function standInEngine(code: string, name = "@tensorflow/tfjs-node", folder = temporaryFolder()): string {
  const place = join(folder, "node_modules", name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ name, main: "main.js" }));
  writeFileSync(join(place, "main.js"), code);
  return folder;
}
