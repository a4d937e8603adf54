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

  /** Opens a notebook, runs its first cell, and moves in the view that it drew. */
  async function inNotebook(name: string, cells: readonly string[], work: (notebook: OpenNotebook) => Promise<void>) {
    const notebook = await lab.open(name, cells);
    try {
      await notebook.run(0, 0);
      await notebook.idle(240_000);
      expect(await notebook.errors()).toEqual([]);
      await work(notebook);
      expect(await notebook.cell(0).locator(".specbook-problem").count()).toBe(0);
    } finally {
      await notebook.close();
    }
  }
  const inBothThemes = async (notebook: OpenNotebook, name: string) => {
    for (const [ending, theme] of [
      ["dark", "JupyterLab Dark"],
      ["light", "JupyterLab Light"],
    ] as const) {
      await notebook.theme(theme);
      await notebook.page.screenshot({ path: join(ARTIFACTS, `${name}-${ending}.png`) });
    }
  };
  const boxOf = async (notebook: OpenNotebook, selector: string) => {
    const place = notebook.cell(0).locator(selector).first();
    await place.waitFor({ timeout: 30_000 });
    await place.scrollIntoViewIfNeeded();
    const box = await place.boundingBox();
    if (box === null) throw new Error(`${selector} is not drawn`);
    return (across: number, down: number) => [box.x + across * box.width, box.y + down * box.height] as const;
  };
  const resultOf = async (notebook: OpenNotebook, cell: number) => {
    await notebook.run(cell, cell);
    await notebook.idle(60_000);
    return (await notebook.texts(cell)).join("\n");
  };

  test("explore: a region drawn on the map and a band dragged on the spectrum are the kernel's", async () => {
    const cells = [
      `const { image: haadf, spectra } = await simulate.nanoparticleArray({ seed: 1, rows: 40, columns: 50, channels: 256 });
const view = explore(spectra, haadf);
view`,
      "view.region",
      "view.band",
    ];
    await inNotebook("explore.ipynb", cells, async (notebook) => {
      const { mouse } = notebook.page;
      const map = await boxOf(notebook, "canvas[data-map=image]");
      const before = await resultOf(notebook, 2);
      await mouse.move(...map(0.2, 0.2));
      await mouse.down();
      await mouse.move(...map(0.7, 0.6), { steps: 40 });
      await mouse.up();
      await expect.poll(() => resultOf(notebook, 1)).toMatch(/rows: \[ \d+, \d+ \], columns: \[ \d+, \d+ \]/);
      const plot = await boxOf(notebook, ".sb-spectrum canvas");
      await mouse.move(...plot(0.4, 0.4));
      await mouse.down();
      await mouse.move(...plot(0.6, 0.4), { steps: 40 });
      await mouse.up();
      await expect.poll(() => resultOf(notebook, 2)).not.toBe(before);
      await inBothThemes(notebook, "explore");
    });
  }, 300_000);

  test("exploreLatent: the plane decodes at the pointer; a lasso's samples are the kernel's", async () => {
    const cells = [
      `const { image: haadf, spectra } = await simulate.nanoparticleArray({ seed: 1, rows: 24, columns: 24, channels: 64 });
const pairs = windows(haadf, spectra, { size: 8 });
const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
await fit(model, pairs, { epochs: 2, seed: 1 });
const view = await exploreLatent(model, pairs);
view`,
      "view.selection.length > 0",
    ];
    await inNotebook("latent.ipynb", cells, async (notebook) => {
      const { mouse } = notebook.page;
      const plane = await boxOf(notebook, ".sb-latent .plane canvas");
      await mouse.move(...plane(0.3, 0.3));
      await mouse.move(...plane(0.6, 0.6), { steps: 40 });
      const note = notebook.cell(0).locator(".sb-latent .note");
      await expect.poll(() => note.innerText()).toContain("z = (");
      await mouse.move(...plane(0.1, 0.1));
      await mouse.down();
      for (const [across, down] of [
        [0.95, 0.1],
        [0.95, 0.9],
        [0.1, 0.9],
        [0.1, 0.12],
      ]) {
        await mouse.move(...plane(across, down), { steps: 15 });
      }
      await mouse.up();
      await expect.poll(() => resultOf(notebook, 1)).toBe("true");
      await inBothThemes(notebook, "explore-latent");
    });
  }, 300_000);

  test("parameters: a dragged slider runs what depends on it and is the kernel's value", async () => {
    const cells = [
      `const hp = parameters({ size: slider(4, 32, { value: 8 }) }, ({ size }) =>
  plot.map(image(Float32Array.from({ length: size * size }, (_, i) => i % size), [size, size])));
hp`,
      "hp.value.size",
    ];
    await inNotebook("parameters.ipynb", cells, async (notebook) => {
      const { mouse } = notebook.page;
      expect(await resultOf(notebook, 1)).toBe("8");
      const range = await boxOf(notebook, ".sb-row[data-name=size] input[type=range]");
      const drawing = notebook.cell(0).locator(".specbook-view img").first();
      const before = await drawing.getAttribute("src");
      await mouse.move(...range(1 / 7, 0.5));
      await mouse.down();
      await mouse.move(...range(0.99, 0.5), { steps: 20 });
      await mouse.up();
      await expect.poll(() => resultOf(notebook, 1)).toBe("32");
      await expect.poll(() => drawing.getAttribute("src"), { timeout: 10_000 }).not.toBe(before);
      await inBothThemes(notebook, "parameters");
    });
  }, 300_000);

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
