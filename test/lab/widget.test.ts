import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeExtension } from "../../src/cli/jupyter/install-extension";
import { isBuilt } from "../support/built";
import { browserPath, type OpenNotebook } from "../support/lab-browser";
import { type LabSession, notebookOf, startLab } from "../support/lab-session";
import { hasPython } from "../support/python-env";
import { report } from "../support/report";
import { WIDGET } from "../support/widget-cell";

const ARTIFACTS = resolve(__dirname, "../../.artifacts");
const possible = browserPath !== undefined && hasPython && isBuilt;

const CELLS = [
  WIDGET,
  "counter.set({ count: 10, map: Float32Array.from({ length: 9 }, (_, i) => i / 2) }); [counter.get('count')]",
  "counter.set({ go: true }); while (counter.get('go')) await new Promise((f) => setTimeout(f, 5));",
];

describe.skipIf(!possible)("in JupyterLab", () => {
  let lab: LabSession;

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    lab = await startLab();
  }, 400_000);
  afterAll(() => lab?.stop());

  describe("a widget of a cell", () => {
    let notebook: OpenNotebook;
    const button = () => notebook.cell(0).locator("button.counter");
    const inView = <T>(code: string): Promise<T> =>
      notebook.page.evaluate(`((el) => ${code})(document.querySelector(".counting"))`) as Promise<T>;
    const picture = () => notebook.cell(0).locator(".specbook-view .vega-embed canvas");
    const text = async () => (await notebook.texts(0)).join("\n");

    beforeAll(async () => {
      notebook = await lab.open("widget.ipynb", CELLS);
      await notebook.run(0, 0);
      await notebook.idle(90_000);
      await button().waitFor();
    }, 180_000);
    afterAll(() => notebook?.close());

    test("follows clicks in the kernel and changes of the kernel in the page", async () => {
      await button().click();
      await button().click();
      await expect.poll(text).toMatch(/kernel has 1\s+kernel has 2/);
      await notebook.run(1, 1);
      await notebook.idle(60_000);
      await expect.poll(() => button().textContent()).toBe("count 10");
      expect(await notebook.texts(1)).toEqual(["[ 10 ]"]);
      expect(await inView("el.dataset.map")).toBe("2.5");
      expect(await picture().count()).toBe(0);
    });

    test("sends bytes both ways, within milliseconds, also while a cell awaits", async () => {
      expect(await inView("el.double([1.5, -2, 1e6])")).toEqual([3, 3, -4, 2e6]);
      report("round trip of a widget, idle", `${(await inView<number>("el.times(40, 100)")).toFixed(1)} ms`);
      report("round trip with 4 MB both ways", `${(await inView<number>("el.times(5, 4 << 20)")).toFixed(0)} ms`);
      await notebook.run(2, 2);
      await expect.poll(() => notebook.prompt(2)).toContain("*");
      const during = await inView<number>("el.times(40, 100)");
      expect(await notebook.prompt(2)).toContain("*"); // the cell was running all the time
      report("round trip of a widget while a cell awaits", `${during.toFixed(1)} ms`);
      await inView("el.stop()");
      await notebook.idle(60_000);
    });

    test("says in a bar what its handler threw", async () => {
      await inView("{ const b = el.querySelector('button'); for (let i = 0; i < 3; i++) b.click(); }");
      await notebook.cell(0).locator(".specbook-problem", { hasText: "thirteen is too many" }).waitFor();
      for (const [name, theme] of [
        ["light", "JupyterLab Light"],
        ["dark", "JupyterLab Dark"],
      ] as const) {
        await notebook.theme(theme);
        await notebook.page.screenshot({ path: join(ARTIFACTS, `widget-${name}.png`) });
      }
      await notebook.theme("JupyterLab Light");
      await notebook.cell(0).locator(".specbook-problem button").click();
      expect(await notebook.cell(0).locator(".specbook-problem").count()).toBe(0);
    });

    test("is there again, with its state, when the page is loaded anew", async () => {
      await notebook.save();
      await notebook.reload();
      await expect.poll(() => button().textContent()).toBe("count 13");
      await button().click();
      await notebook.setSource(1, "counter.get('count')");
      await notebook.run(1, 1);
      await notebook.idle(60_000);
      expect(await notebook.texts(1)).toEqual(["14"]);
    }, 120_000);

    test("is released when its cell runs again, and its module tidies up", async () => {
      const shown = "(globalThis as any)[Symbol.for('specbook.shown')].size";
      await notebook.setSource(1, shown);
      await notebook.run(0, 0);
      await notebook.idle(60_000);
      await expect.poll(() => button().textContent()).toBe("count 0");
      await notebook.run(1, 1);
      await notebook.idle(60_000);
      expect(await notebook.texts(1)).toEqual(["1"]);
      expect(await notebook.page.evaluate("globalThis.ended")).toBe(1);
    });

    test("leaves its picture when the kernel is restarted, and lives when its cell runs again", async () => {
      await notebook.press("restart");
      await picture().waitFor({ timeout: 60_000 });
      expect(await button().count()).toBe(0);
      await notebook.idle(60_000);
      await notebook.page.waitForTimeout(1000); // the new kernel has been asked by now
      expect(await picture().count()).toBe(1);
      expect(await notebook.cell(0).locator(".specbook-problem").count()).toBe(0);
      await notebook.page.screenshot({ path: join(ARTIFACTS, "widget-restarted.png") });
      await notebook.run(0, 0);
      await notebook.idle(60_000);
      await button().click();
      await expect.poll(text).toContain("kernel has 1");
      await notebook.save();
    }, 120_000);

    test("is a picture in the saved file, in exported HTML, and where the extension is absent", async () => {
      const file = join(lab.root, "widget.ipynb");
      const [{ data }] = JSON.parse(readFileSync(file, "utf8")).cells[0].outputs;
      expect(Object.keys(data).sort()).toEqual([
        "application/vnd.specbook.view+json",
        "application/vnd.vegalite.v5+json",
        "image/png",
        "text/plain",
      ]);
      expect(Object.keys(data["application/vnd.specbook.view+json"]).sort()).toEqual(["id", "version"]);
      expect(JSON.stringify(data).length).toBeLessThan(30_000);
      writeFileSync(join(lab.root, "export.ipynb"), notebookOf([WIDGET]));
      const { code, stderr } = await lab.jupyter(
        ...["nbconvert", "--execute", "--to", "html", join(lab.root, "export.ipynb")],
      );
      expect(code, stderr).toBe(0);
      expect(stderr).not.toMatch(/error/i);
      expect(readFileSync(join(lab.root, "export.html"), "utf8")).toMatch(/<img [^>]*src="data:image\/png;base64,/);

      removeExtension(lab.dataDirectory);
      await notebook.reload();
      await notebook.cell(0).locator(".vega-embed canvas").waitFor();
      expect(await notebook.cell(0).locator(".specbook-view").count()).toBe(0);
    }, 180_000);
  });
});
