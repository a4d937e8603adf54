import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../src/cli/jupyter/commands";
import { LAB_PACKAGES } from "../../src/cli/jupyter/jupyter-lab";
import { ensureVenv, hasPython } from "../support/python-env";
import { report } from "../support/report";

const NOTEBOOKS = resolve(__dirname, "../../notebooks");
const names = readdirSync(NOTEBOOKS, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ipynb") && !name.endsWith(".run.ipynb") && !name.includes(".ipynb_checkpoints"),
);

interface SavedOutput {
  output_type: string;
  data?: Record<string, unknown>;
}

/** The pictures that a saved notebook holds beside its charts. */
function pictures(name: string): number {
  const { cells }: { cells: { outputs?: SavedOutput[] }[] } = JSON.parse(readFileSync(join(NOTEBOOKS, name), "utf8"));
  return cells.flatMap(({ outputs }) => outputs ?? []).filter(({ data }) => data?.["image/png"] !== undefined).length;
}

/** `npm run notebooks:html` keeps the pages in .artifacts/html. */
const kept = process.env.SPECBOOK_HTML;

describe.skipIf(!hasPython)("the notebooks as HTML", () => {
  test("are written by nbconvert with a picture for every chart, without a server", async () => {
    const folder = kept === undefined ? mkdtempSync(join(tmpdir(), "specbook-html-")) : resolve(kept);
    mkdirSync(folder, { recursive: true });
    try {
      const { command } = await ensureVenv("jupyterlab", LAB_PACKAGES);
      const begin = performance.now();
      // in a folder for each of theirs: two notebooks of one name must not meet
      for (const [group, files] of grouped(names)) {
        const paths = files.map((name) => join(NOTEBOOKS, name));
        const output = join(folder, group);
        const { code, stderr } = await runCommand(
          command("jupyter"),
          ["nbconvert", "--to", "html", `--output-dir=${output}`, ...paths],
          { seconds: 600 },
        );
        expect(code, stderr.slice(-2000)).toBe(0);
        for (const name of files) {
          const html = readFileSync(join(output, basename(name).replace(/\.ipynb$/, ".html")), "utf8");
          expect((html.match(/<img[^>]*src="data:image\/png/g) ?? []).length, name).toBe(pictures(name));
        }
      }
      report("notebooks as HTML", `${names.length} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    } finally {
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    }
  }, 900_000);
});

/** Names by their folder, "" for those of the notebooks folder itself. */
function grouped(all: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of all) {
    const group = name.slice(0, Math.max(0, name.length - basename(name).length - 1));
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}
