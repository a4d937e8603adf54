import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeExtension } from "../../src/cli/jupyter/install-extension";
import { LAB_PACKAGES } from "../../src/cli/jupyter/jupyter-lab";
import { hasVenv } from "../../src/cli/jupyter/python";
import { isBuilt } from "../support/built";
import { browserPath, type OpenNotebook } from "../support/lab-browser";
import { type LabSession, startLab } from "../support/lab-session";

const ARTIFACTS = resolve(__dirname, "../../.artifacts");
// A second JupyterLab takes pip a minute: this runs where there is one, or is made by SPECBOOK_ANYWIDGET=1.
const PACKAGES = [...LAB_PACKAGES, "anywidget>=0.9,<1", "ipywidgets>=8,<9"];
const isWanted = process.env.SPECBOOK_ANYWIDGET !== undefined || hasVenv("jupyterlab", PACKAGES);

const WIDGET = `const counter = widget({
  esm: \`export default {
    render({ model, el }) {
      const button = document.createElement("button");
      const show = () => { button.textContent = "count " + model.get("count") + " of " + model.get("map").getFloat32(4, true); };
      button.className = "counter";
      button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); model.send({ add: 1 }, [], [new Uint8Array([1, 2])]); };
      model.on("change:count", show);
      model.on("msg:custom", (content, buffers) => { el.dataset.reply = content.sum + buffers[0].getUint8(0); });
      show();
      el.append(button);
    },
  }\`,
  css: ".counter { padding: 4px 12px; }",
  state: { count: 0, map: new Float32Array([1, 2.5]) },
  picture: () => plot.map(image(new Float32Array(64).map((_, i) => i), [8, 8])),
});
counter.onChange(({ count }) => console.log("kernel has", count));
counter.onMessage((_, [bytes], reply) => reply({ sum: bytes[0] + bytes[1] }, [new Uint8Array([7])]));
counter`;

describe.skipIf(browserPath === undefined || !isBuilt || !isWanted)(
  "anywidget in JupyterLab without our extension",
  () => {
    let lab: LabSession;
    let notebook: OpenNotebook;
    beforeAll(async () => {
      mkdirSync(ARTIFACTS, { recursive: true });
      lab = await startLab(PACKAGES);
      removeExtension(lab.dataDirectory);
      notebook = await lab.open("anywidget.ipynb", [WIDGET, "counter.set({ count: 40 }); counter.get('count')"]);
    }, 600_000);
    afterAll(async () => {
      await notebook?.close();
      await lab?.stop();
    });

    test("draws the same widget, with state, messages and bytes both ways, also after a reload", async () => {
      await notebook.run(0, 0);
      await notebook.idle(90_000);
      const button = notebook.cell(0).locator("button.counter");
      await button.click();
      await expect.poll(async () => (await notebook.texts(0)).join()).toContain("kernel has 1");
      expect(await button.textContent()).toBe("count 1 of 2.5");
      await notebook.page.waitForSelector('[data-reply="10"]');
      await notebook.run(1, 1);
      await notebook.idle(60_000);
      await expect.poll(() => button.textContent()).toBe("count 40 of 2.5");
      await notebook.page.screenshot({ path: join(ARTIFACTS, "anywidget.png") });
      await notebook.save();
      await notebook.reload();
      await expect.poll(() => button.textContent(), { timeout: 20_000 }).toBe("count 40 of 2.5");
    }, 180_000);
  },
);
