/** Bundles the front-end halves of the views: `npm run build` calls it after the compiler. */
import { mkdirSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../../dist/extension");

/** Files of src/extension/views that are views: those with a default export; the others are their parts. */
export const VIEWS = readdirSync(join(HERE, "views"))
  .filter((name) => name.endsWith(".view.ts"))
  .map((name) => basename(name, ".view.ts"));

/** The ES module of one view as text. */
export async function bundleView(name) {
  const entry = join(HERE, "views", `${name}.view.ts`);
  const result = await build({ ...SETTINGS, entryPoints: [entry], write: false });
  return result.outputFiles[0].text;
}

const SETTINGS = { bundle: true, format: "esm", target: "es2022", charset: "utf8", minify: true, logLevel: "warning" };

async function main() {
  mkdirSync(join(OUT, "views"), { recursive: true });
  for (const name of VIEWS) {
    const entry = join(HERE, "views", `${name}.view.ts`);
    await build({ ...SETTINGS, entryPoints: [entry], outfile: join(OUT, "views", `${name}.js`) });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
