/**
 * Ours beside the peers, in one run on this machine:
 *
 *   npm run --silent bench -- NAME [NAME ...] [--json]
 *
 * NAME is a file bench/NAME.mjs that exports `bench(log)` and returns rows of
 * { work, peer, peer_ms, ours_ms, ratio, target }: medians, and ratio = ours / peer. With --json these rows are all
 * that is printed; progress goes to stderr.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(HERE)
  .filter(
    (file) => file.endsWith(".mjs") && /export async function bench\(/.test(readFileSync(join(HERE, file), "utf8")),
  )
  .map((file) => file.replace(/\.mjs$/, ""));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = wanted.filter((name) => !names.includes(name));
if (wanted.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run --silent bench -- NAME [--json]   with NAME one of: ${names.join(", ")}`);
  process.exit(2);
}

const rows = [];
for (const name of wanted) {
  const { bench } = await import(pathToFileURL(join(HERE, `${name}.mjs`)).href);
  rows.push(...(await bench((line) => console.error(line))));
}
if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
else console.table(rows);
