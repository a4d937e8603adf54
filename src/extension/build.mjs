/** Bundles the front-end halves of the views and the JupyterLab extension: `npm run build` calls it after the compiler. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { makeContainer } from "./lab/container.mjs";

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

/** The name under which JupyterLab knows the extension. */
const NAME = "specbook";
const PROVIDED = /^@(jupyterlab|lumino)\//;

/** The text of the extension's entry: our bundle in a container that gets JupyterLab's own modules from JupyterLab. */
export async function bundleExtension() {
  const { outputFiles, metafile } = await build({
    ...SETTINGS,
    format: "cjs",
    entryPoints: [join(HERE, "lab/plugin.ts")],
    external: ["@jupyterlab/*", "@lumino/*"],
    loader: { ".ttf": "binary" },
    metafile: true,
    write: false,
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
  const shared = [...new Set(imports.filter((path) => PROVIDED.test(path)))].sort();
  const run = `(module, exports, require) => {\n${outputFiles[0].text}}`;
  return `(${makeContainer})(${JSON.stringify(NAME)}, ${JSON.stringify(shared)}, ${run});\n`;
}

/** Writes the folder that JupyterLab finds as `labextensions/specbook`. */
async function writeExtension() {
  const directory = join(OUT, "labextension");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, "static"), { recursive: true });
  const text = await bundleExtension();
  const entry = `static/remoteEntry.${createHash("sha256").update(text).digest("hex").slice(0, 16)}.js`;
  writeFileSync(join(directory, entry), text);
  const { version, description, license } = JSON.parse(readFileSync(join(HERE, "../../package.json"), "utf8"));
  const jupyterlab = { extension: true, _build: { load: entry, extension: "./extension" } };
  const write = (name, value) => writeFileSync(join(directory, name), `${JSON.stringify(value, null, 2)}\n`);
  write("package.json", { name: NAME, version, description, license, jupyterlab });
  copyFileSync(join(HERE, "../notebook/fonts/LICENSE-OFL.txt"), join(directory, "LICENSE-OFL.txt"));
  write("install.json", {
    packageManager: "npm",
    packageName: "specbook",
    uninstallInstructions: "specbook uninstall",
  });
}

async function main() {
  mkdirSync(join(OUT, "views"), { recursive: true });
  for (const name of VIEWS) {
    const entry = join(HERE, "views", `${name}.view.ts`);
    await build({ ...SETTINGS, entryPoints: [entry], outfile: join(OUT, "views", `${name}.js`) });
  }
  await writeExtension();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
