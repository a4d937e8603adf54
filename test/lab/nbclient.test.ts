import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../src/cli/jupyter/commands";
import { LAB_PACKAGES } from "../../src/cli/jupyter/jupyter-lab";
import { jupyterEnvironment } from "../../src/cli/jupyter/jupyter-server";
import { writeKernelSpec } from "../../src/cli/jupyter/kernel-spec";
import { hasNativeEngine, isBuilt } from "../support/built";
import { ensureVenv, hasPython } from "../support/python-env";
import { report } from "../support/report";

const NOTEBOOKS = resolve(__dirname, "../../notebooks");
const CHART = "application/vnd.vegalite.v5+json";

interface SavedOutput {
  output_type: string;
  data?: Record<string, unknown>;
  name?: string;
  text?: string[];
  traceback?: string[];
}

const names = readdirSync(NOTEBOOKS).filter((name) => name.endsWith(".ipynb"));

describe.skipIf(!hasPython || !isBuilt || !hasNativeEngine)("a notebook through nbclient", () => {
  test.each(names)(
    "%s runs top to bottom without an error; its charts are objects with a picture; the file is small",
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), "specbook-nbclient-"));
      try {
        writeKernelSpec(join(folder, "jupyter"));
        copyFileSync(join(NOTEBOOKS, name), join(folder, name));
        const { command } = await ensureVenv("jupyterlab", LAB_PACKAGES);
        const begin = performance.now();
        const { code, stderr } = await runCommand(
          command("jupyter"),
          ["execute", join(folder, name), "--output=executed.ipynb", "--timeout=600"],
          { env: jupyterEnvironment(join(folder, "jupyter")), seconds: 900 },
        );
        expect(code, stderr.slice(-2000)).toBe(0);
        const seconds = (performance.now() - begin) / 1000;
        const executed = JSON.parse(readFileSync(join(folder, "executed.ipynb"), "utf8"));
        const kilobytes = Buffer.byteLength(JSON.stringify(executed)) / 1000; // nbformat indents each number of a chart
        report(`${name} through nbclient`, `${seconds.toFixed(1)} s, ${kilobytes.toFixed(1)} kB`);

        const { cells } = executed;
        const outputs: SavedOutput[] = cells.flatMap((cell: { outputs?: SavedOutput[] }) => cell.outputs ?? []);
        expect(outputs.filter((output) => output.output_type === "error")).toEqual([]);
        expect(outputs.filter((output) => output.name === "stderr")).toEqual([]);
        const charts = outputs.filter((output) => output.data?.[CHART] !== undefined);
        expect(charts.length).toBeGreaterThanOrEqual(5);
        for (const { data } of charts) {
          expect(data?.[CHART]).toMatchObject({ $schema: expect.stringContaining("vega-lite/v5") });
          expect(Buffer.from(String(data?.["image/png"]), "base64").subarray(1, 4).toString()).toBe("PNG");
          expect(data?.["text/plain"]).toBeDefined();
        }
        expect(kilobytes).toBeLessThan(300);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    1_000_000,
  );
});
