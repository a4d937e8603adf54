import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LAB_PACKAGES } from "../../src/cli/jupyter/jupyter-lab";
import { type JupyterServer, startServer } from "../../src/cli/jupyter/jupyter-server";
import { writeKernelSpec } from "../../src/cli/jupyter/kernel-spec";
import { hasNativeEngine, isBuilt } from "../support/built";
import { browserPath, type OpenNotebook, openNotebook, prepareSettings } from "../support/lab-browser";
import { ensureVenv, hasPython } from "../support/python-env";
import { report } from "../support/report";

const ROOT = resolve(__dirname, "../..");
const QUICKSTART = join(ROOT, "notebooks/quickstart.ipynb");
const ARTIFACTS = join(ROOT, ".artifacts");
const WHOLE_RUN = 400_000; // a limit for a hang: the notebook takes a minute or two on two cores

const possible = browserPath !== undefined && hasPython && isBuilt && hasNativeEngine;

/** A cell that uses the model after its training was stopped. */
const AFTER_STOP = `const record = model.training!;
const losses = record.epochs.map((epoch) => epoch.validationLoss ?? epoch.loss);
const best = losses[record.keptEpoch - 1] === Math.min(...losses);
const finite = Number.isFinite((await errors(model, pairs)).mean);
console.log(\`\${record.state}: \${best ? "the best" : "another"} of its epochs is kept, errors are \${finite ? "finite" : "not"}\`);`;

describe.skipIf(!possible)("quickstart in JupyterLab in a browser", () => {
  let folder: string;
  let server: JupyterServer;
  let notebook: OpenNotebook;
  let training: number;

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "specbook-browser-"));
    mkdirSync(join(folder, "notebooks"));
    copyFileSync(QUICKSTART, join(folder, "notebooks/quickstart.ipynb"));
    writeKernelSpec(join(folder, "jupyter"));
    const { command } = await ensureVenv("jupyterlab", LAB_PACKAGES);
    server = await startServer({
      command: command("jupyter"),
      dataDirectory: join(folder, "jupyter"),
      root: join(folder, "notebooks"),
      arguments: ["--LabApp.expose_app_in_browser=True"],
    });
    await prepareSettings(server);
    notebook = await openNotebook(server, "quickstart.ipynb");
    training = (await notebook.sources()).findIndex((source) => /\bawait fit\(/.test(source));
  }, 400_000);

  afterAll(async () => {
    await notebook?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("runs from top to bottom; Vega draws every chart, none is shown as a picture", async () => {
    const cells = (await notebook.sources()).length;
    await notebook.clear();
    expect(await notebook.prompt(cells - 1)).toBe("[ ]:");
    const begin = performance.now();
    await notebook.press("restart-and-run");
    await expect.poll(() => notebook.prompt(cells - 1), { timeout: WHOLE_RUN, interval: 500 }).toMatch(/\[\d+\]/);
    await notebook.idle(60_000);
    report("quickstart in JupyterLab", `${((performance.now() - begin) / 1000).toFixed(1)} s`);
    expect(await notebook.errors()).toEqual([]);
    await expect.poll(async () => (await notebook.charts()).filter((cell) => cell.drawn !== cell.held)).toEqual([]);
    const charts = await notebook.charts();
    expect(charts.reduce((sum, cell) => sum + cell.drawn, 0)).toBeGreaterThanOrEqual(5);
    expect(charts.reduce((sum, cell) => sum + cell.pictures, 0)).toBe(0);
  }, 900_000);

  test("is photographed in the light and in the dark theme", async () => {
    const cells = (await notebook.sources()).length;
    for (const [name, theme] of [
      ["light", "JupyterLab Light"],
      ["dark", "JupyterLab Dark"],
    ] as const) {
      await notebook.theme(theme);
      for (let index = 0; index < cells; index++) {
        if ((await notebook.charts())[index].drawn === 0) continue;
        await notebook.cell(index).scrollIntoViewIfNeeded();
        await notebook.cell(index).screenshot({ path: join(ARTIFACTS, `quickstart-${name}-cell-${index + 1}.png`) });
      }
      await notebook.page.screenshot({ path: join(ARTIFACTS, `quickstart-${name}.png`) });
      expect(existsSync(join(ARTIFACTS, `quickstart-${name}.png`))).toBe(true);
    }
    await notebook.theme("JupyterLab Light");
  }, 120_000);

  test("stops training at the press of a button; the model is usable afterwards", async () => {
    const sources = await notebook.sources();
    const settings = sources.findIndex((source) => /\bepochs:\s*\d+/.test(source));
    await notebook.setSource(settings, sources[settings].replace(/\bepochs:\s*\d+/, "epochs: 400"));
    await notebook.clear();
    await notebook.press("restart-and-run");
    // The live chart of the loss appears while the cell runs, and is drawn anew: then it trains.
    await expect.poll(() => notebook.prompt(training), { timeout: WHOLE_RUN, interval: 200 }).toContain("*");
    await expect
      .poll(async () => (await notebook.charts())[training].drawn, { timeout: WHOLE_RUN, interval: 200 })
      .toBeGreaterThan(0);
    await notebook.page.waitForTimeout(4000);
    expect(await notebook.prompt(training)).toContain("*");
    await notebook.cell(training).scrollIntoViewIfNeeded();
    await notebook.page.screenshot({ path: join(ARTIFACTS, "training.png") });

    const begin = performance.now();
    await notebook.press("interrupt");
    await expect.poll(() => notebook.prompt(training), { timeout: 60_000, interval: 20 }).toMatch(/\[\d+\]/);
    report("stop button to the end of the cell", `${(performance.now() - begin).toFixed(0)} ms`);
    await notebook.idle(60_000);
    await notebook.page.screenshot({ path: join(ARTIFACTS, "stopped.png") });

    expect((await notebook.errors()).join()).toContain("KeyboardInterrupt");

    const last = sources.length - 1;
    await notebook.setSource(last, AFTER_STOP);
    await notebook.run(last, last);
    await expect.poll(() => notebook.prompt(last), { timeout: WHOLE_RUN, interval: 200 }).toMatch(/\[\d+\]/);
    await notebook.idle(60_000);
    expect((await notebook.texts(last)).join("")).toContain(
      "stopped: the best of its epochs is kept, errors are finite",
    );
    await notebook.page.screenshot({ path: join(ARTIFACTS, "after-stop.png") });
  }, 900_000);
});
