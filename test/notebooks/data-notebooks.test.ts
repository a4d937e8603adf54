import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runNotebook } from "../../src/cli/jupyter/run-notebook";
import { hasNativeEngine, isBuilt } from "../support/built";
import { report } from "../support/report";
import { shared, testShared } from "../support/shared-data";

const NOTEBOOKS = resolve(__dirname, "../../notebooks/data");
const CHART = "application/vnd.vegalite.v5+json";
const names = readdirSync(NOTEBOOKS).filter((name) => name.endsWith(".ipynb"));

interface SavedCell {
  cell_type: string;
  source: string[];
  outputs: { output_type: string; name?: string; data?: Record<string, unknown>; text?: string[] }[];
}

/** Runs a copy of a notebook, its file names replaced by these, and gives its code cells. */
async function run(name: string, files: Readonly<Record<string, string>> = {}): Promise<SavedCell[]> {
  const folder = mkdtempSync(join(tmpdir(), "specbook-data-notebook-"));
  try {
    const path = join(folder, name);
    copyFileSync(join(NOTEBOOKS, name), path);
    for (const [option, file] of Object.entries(files)) {
      const text = readFileSync(path, "utf8");
      expect(text).toContain(`${option}: \\"\\"`);
      writeFileSync(
        path,
        text.replace(`${option}: \\"\\"`, `${option}: ${JSON.stringify(JSON.stringify(file)).slice(1, -1)}`),
      );
    }
    const lines: string[] = [];
    const { ok, bytes = 0, seconds } = await runNotebook(path, { onProgress: (line) => lines.push(line) });
    expect(ok, lines.join("\n")).toBe(true);
    expect(bytes).toBeLessThan(300_000);
    report(name, `${seconds.toFixed(1)} s, ${(bytes / 1000).toFixed(0)} kB`);
    return JSON.parse(readFileSync(path, "utf8")).cells.filter((cell: SavedCell) => cell.cell_type === "code");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!isBuilt || !hasNativeEngine)("notebooks/data", () => {
  test.each(names)(
    "%s runs from top to bottom and draws",
    async (name) => {
      const cells = await run(name);
      const outputs = cells.flatMap((cell) => cell.outputs);
      expect(outputs.filter(({ output_type, name }) => output_type === "error" || name === "stderr")).toEqual([]);
      expect(outputs.filter(({ data }) => data?.[CHART] !== undefined).length).toBeGreaterThanOrEqual(3);
      for (const { source } of cells) expect(source.length).toBeLessThanOrEqual(25);
    },
    300_000,
  );

  testShared("opens a DigitalMicrograph file", { timeout: 300_000 }, async () => {
    const cells = await run("1-open.ipynb", { file: shared("data/formats/dm/EELS_SI.dm4") });
    const said = cells.flatMap(({ outputs }) => outputs.flatMap(({ text }) => text ?? [])).join("");
    expect(said).toMatch(/DigitalMicrograph/);
  });

  testShared("takes the background off measured core-loss spectra", { timeout: 300_000 }, async () => {
    const cells = await run("5-background.ipynb", { file: shared("data/eels/DMReader_SpectrumImage_SI-EELS.dm3") });
    expect(
      cells.flatMap(({ outputs }) => outputs).filter(({ data }) => data?.[CHART] !== undefined).length,
    ).toBeGreaterThan(3);
  });
});
