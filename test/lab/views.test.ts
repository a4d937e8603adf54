import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installExtension } from "../../src/cli/jupyter/install-extension";
import { LAB_PACKAGES } from "../../src/cli/jupyter/jupyter-lab";
import { type JupyterServer, startServer } from "../../src/cli/jupyter/jupyter-server";
import { writeKernelSpec } from "../../src/cli/jupyter/kernel-spec";
import { isBuilt } from "../support/built";
import { browserPath, type OpenNotebook, openNotebook, prepareSettings } from "../support/lab-browser";
import { ensureVenv, hasPython } from "../support/python-env";

const ARTIFACTS = resolve(__dirname, "../../.artifacts");
const possible = browserPath !== undefined && hasPython && isBuilt;

/** A notebook of code cells. */
function notebookOf(cells: readonly string[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "specbook", display_name: "TypeScript (specbook)", language: "typescript" } },
    cells: cells.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      source,
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
  });
}

const COUNTER = `const counter = widget({
  esm: \`export default {
    render({ model, el }) {
      const button = document.createElement("button");
      button.className = "counter";
      const show = () => { button.textContent = "count " + model.get("count"); };
      button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
      model.on("change:count", show);
      show();
      el.append(button);
      model.send({ hello: 1 });
    },
  }\`,
  css: ".counter { padding: 4px 12px; }",
  state: { count: 0 },
  picture: () => image(new Float32Array(64).map((_, i) => i % 9), [8, 8]),
});
let greeted = 0;
counter.onChange(({ count }) => { console.log("kernel has", count); });
counter.onMessage(() => { greeted++; });
counter`;

describe.skipIf(!possible)("views in JupyterLab", () => {
  let folder: string;
  let server: JupyterServer;
  let notebook: OpenNotebook;

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "specbook-views-"));
    mkdirSync(join(folder, "notebooks"));
    writeFileSync(join(folder, "notebooks/views.ipynb"), notebookOf([COUNTER, "[counter.get('count'), greeted]"]));
    writeKernelSpec(join(folder, "jupyter"));
    installExtension(join(folder, "jupyter"));
    const { command } = await ensureVenv("jupyterlab", LAB_PACKAGES);
    server = await startServer({
      command: command("jupyter"),
      dataDirectory: join(folder, "jupyter"),
      root: join(folder, "notebooks"),
      arguments: ["--LabApp.expose_app_in_browser=True"],
    });
    await prepareSettings(server);
    notebook = await openNotebook(server, "views.ipynb");
  }, 400_000);

  afterAll(async () => {
    await notebook?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a widget written in a cell follows clicks in the kernel", async () => {
    await notebook.run(0, 0);
    await notebook.idle(60_000);
    await notebook.cell(0).locator("button.counter").click();
    await notebook.cell(0).locator("button.counter").click();
    await expect.poll(async () => (await notebook.texts(0)).join()).toMatch(/kernel has 1\s+kernel has 2/);
    await notebook.page.screenshot({ path: join(ARTIFACTS, "widget.png") });
  }, 120_000);
});
