/**
 * Ours beside the peers, in one run on this machine:
 *
 *   npm run --silent bench -- NAME [NAME ...] [--json] [--only TEXT] [--rounds N] [--epochs N]
 *
 * NAME is a file bench/NAME.mjs that exports `bench(log, options)` and returns rows of { work, peer, peer_ms, ours_ms,
 * ratio, target, met }: medians, ratio = ours / peer, and whether it is at most the target. With --json these rows are
 * all that is printed; progress goes to stderr. --only keeps the work whose name has TEXT in it, --rounds sets how often
 * each side has its turn, --epochs how long a whole training lasts (end-to-end).
 *
 * Ratios are worth something on a quiet machine only: both sides use every core. A native engine is needed
 * (`npx specbook setup`); the peers are installed into the cache folder at the first run.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const HERE = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(HERE)
  .filter(
    (file) => file.endsWith(".mjs") && /export async function bench\(/.test(readFileSync(join(HERE, file), "utf8")),
  )
  .map((file) => file.replace(/\.mjs$/, ""));
const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean" },
    only: { type: "string" },
    rounds: { type: "string" },
    epochs: { type: "string" },
  },
});
const unknown = wanted.filter((name) => !names.includes(name));
if (wanted.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run --silent bench -- NAME [--json]   with NAME one of: ${names.join(", ")}`);
  process.exit(2);
}

const rows = [];
for (const name of wanted) {
  const { bench } = await import(pathToFileURL(join(HERE, `${name}.mjs`)).href);
  rows.push(...(await bench((line) => console.error(line), options)));
}
if (options.json) console.log(JSON.stringify(rows, null, 2));
else console.table(rows);
