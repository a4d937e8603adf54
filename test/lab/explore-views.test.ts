import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { isBuilt } from "../support/built";
import { browserPath, type OpenNotebook } from "../support/lab-browser";
import { type LabSession, startLab } from "../support/lab-session";
import { hasPython } from "../support/python-env";
import { report } from "../support/report";

const ARTIFACTS = resolve(__dirname, "../../.artifacts");
const possible = browserPath !== undefined && hasPython && isBuilt;

/** The size of the nanoparticle array with every channel; SPECBOOK_EXPLORE_SIZE (rows, columns, channels) takes another. */
const SIZE = (process.env.SPECBOOK_EXPLORE_SIZE ?? "62,75,1496").split(",").map(Number);
const [ROWS, COLUMNS] = SIZE;

const EXPLORE = [
  `const [rows, columns, channels] = [${SIZE}];
const data = new Float32Array(rows * columns * channels);
const noise = Float32Array.from({ length: 4099 }, (_, i) => 40 * Math.sin(i * i));
for (let i = 0; i < data.length; i++) {
  const c = i % channels;
  const x = Math.floor(i / channels) % columns;
  data[i] = 900 * Math.exp((-3 * c) / channels) + 400 / (1 + ((c / channels - 0.2 - (0.3 * x) / columns) * 20) ** 2) + noise[i % 4099];
}
const energy = axis("energy", channels, { units: "eV", offset: 200, scale: 0.5 });
const spectra = spectrumImage(data, [rows, columns, channels], { axes: { energy } });
const view = explore(spectra, bandMap(spectra, { energy: [300, 500] }));
view`,
  `const now = regionSpectrum(spectra, view.region ?? {});
console.log(JSON.stringify([view.region, now.mean[100], view.band.map(Math.round)]))`,
];

const PANEL = [
  `const map = (n: number) => image(new Float32Array(n * n).map((_, i) => Math.sin(i / n) * Math.cos(i)), [n, n]);
const hp = parameters({ size: slider(4, 64, { value: 16 }), colours: choice(["viridis", "inferno"]) }, (hp) =>
  plot.map(map(hp.size), { colours: hp.colours, title: hp.size + " pixels" }));
hp`,
  "console.log(JSON.stringify(hp.value))",
];

/** Notes in `latencies` how long after each move of the pointer over a canvas something new is drawn (ms). */
const watch = (canvas: string, value: string) => `
  window.latencies = [];
  (() => {
    let asked = 0;
    let last;
    document.querySelector(${JSON.stringify(canvas)}).addEventListener("pointermove", () => { asked = performance.now(); }, true);
    const look = () => {
      const now = ${value};
      if (now !== last && last !== undefined && asked > 0) {
        window.latencies.push(performance.now() - asked);
        asked = 0;
      }
      last = now;
      requestAnimationFrame(look);
    };
    look();
  })();`;

/** Median and 95 % of the latencies, reported. */
async function latencies(page: Page, name: string): Promise<number> {
  const all = ((await page.evaluate("latencies")) as number[]).sort((a, b) => a - b);
  const [median, late] = [0.5, 0.95].map((share) => all[Math.floor(share * (all.length - 1))]);
  report(name, `median ${median.toFixed(0)} ms, 95 % ${late.toFixed(0)} ms, ${all.length} moves`);
  return median;
}

/** Moves the pointer step by step, each after the answer to the last one, or after 3 s without. */
async function drag(page: Page, places: readonly (readonly [number, number])[]): Promise<void> {
  for (const place of places) {
    const before = await page.evaluate("latencies.length");
    await page.mouse.move(...place);
    await page
      .waitForFunction(`latencies.length > ${before}`, undefined, { polling: 5, timeout: 3000 })
      .catch(() => {}); // a move within the pixel asks nothing
  }
}

describe.skipIf(!possible)("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    lab = await startLab();
  }, 400_000);
  afterEach(() => notebook?.close());
  afterAll(() => lab?.stop());

  async function show(name: string, cells: readonly string[]): Promise<Page> {
    notebook = await lab.open(name, cells);
    await notebook.run(0, 0);
    await notebook.idle(300_000);
    return notebook.page;
  }
  async function photograph(name: string): Promise<void> {
    for (const theme of ["Dark", "Light"] as const) {
      await notebook.theme(`JupyterLab ${theme}`);
      await notebook.page.screenshot({ path: join(ARTIFACTS, `${name}-${theme.toLowerCase()}.png`) });
    }
  }

  test("explore answers drags on map and spectrum, and the next cell reads what was drawn", async () => {
    const page = await show("explore.ipynb", EXPLORE);
    await page.waitForSelector(".sb-explore[data-waiting=false]", { timeout: 60_000 });
    const box = async (selector: string) => {
      const found = await page.locator(selector).boundingBox();
      if (found === null) throw new Error(`no ${selector} on the page`);
      return found;
    };
    const map = await box("canvas[data-map=image]");
    const at = (row: number, column: number) =>
      [map.x + ((column + 0.5) / COLUMNS) * map.width, map.y + ((row + 0.5) / ROWS) * (map.height - 36)] as const;
    const steps = Array.from({ length: 41 }, (_, i) => i / 40);
    const [top, left] = [Math.round(ROWS / 6), Math.round(COLUMNS / 6)];
    const [bottom, right] = [Math.round(ROWS * 0.66), Math.round(COLUMNS * 0.93)];

    const spectrum = 'document.querySelector(".sb-spectrum canvas").drawn';
    await page.evaluate(
      watch("canvas[data-map=image]", `${spectrum}?.curves.find(({ name }) => name === "R1")?.values`),
    );
    await page.mouse.move(...at(top, left));
    await page.mouse.down();
    await drag(
      page,
      steps.map((s) => at(ROWS / 3 + s * (bottom - ROWS / 3), COLUMNS / 3 + s * (right - COLUMNS / 3))),
    );
    await page.mouse.up();
    const regionTime = await latencies(page, `explore ${SIZE.join(" x ")}, region to spectrum`);

    const plot = await box(".sb-spectrum canvas");
    await page.evaluate(watch(".sb-spectrum canvas", 'document.querySelector("canvas[data-map=band]").drawn'));
    await page.mouse.move(plot.x + 120, plot.y + 50);
    await page.mouse.down();
    await drag(
      page,
      steps.map((s) => [plot.x + 130 + 80 * s, plot.y + 50] as const),
    );
    await page.mouse.up();
    const bandTime = await latencies(page, `explore ${SIZE.join(" x ")}, band to map`);

    await page.waitForSelector(".sb-explore[data-waiting=false]");
    const drawn = (await page.evaluate(`${spectrum}.curves.find(({ name }) => name === "R1").values[100]`)) as number;
    const band = (await page.evaluate(`${spectrum}.band`)) as number[];
    await notebook.run(1, 1);
    await notebook.idle(60_000);
    const [region, mean, readBand] = JSON.parse((await notebook.texts(1)).join(""));
    expect(region).toEqual({ rows: [top, bottom + 1], columns: [left, right + 1] });
    expect(drawn).toBeCloseTo(mean, 3);
    expect(readBand).toEqual(band.map(Math.round));
    // 100 ms are promised on a quiet machine; this one may run twenty other things.
    expect(Math.max(regionTime, bandTime)).toBeLessThan(3000);
    await page.mouse.move(...at(ROWS / 2, COLUMNS / 2));
    await photograph("explore");
    expect(await notebook.errors()).toEqual([]);
  }, 600_000);

  test("parameters runs its function again for a slider, and the next cell is stale until it has read the values", async () => {
    const page = await show("parameters.ipynb", PANEL);
    await page.waitForSelector(".sb-parameters[data-state=done] .sb-outputs img", { timeout: 60_000 });
    const slider = await page.locator("[data-name=size] input[type=range]").boundingBox();
    if (slider === null) throw new Error("no slider on the page");
    const at = (share: number) => [slider.x + 8 + share * (slider.width - 16), slider.y + slider.height / 2] as const;
    await page.evaluate(watch("[data-name=size] input[type=range]", 'document.querySelector(".sb-outputs img")'));
    await notebook.run(1, 1);
    await notebook.idle(60_000);
    const stale = page.locator(".specbook-run-stale");
    expect(await stale.isVisible()).toBe(false);
    await page.mouse.move(...at(0.2));
    await page.mouse.down();
    await drag(
      page,
      Array.from({ length: 21 }, (_, i) => at(0.25 + 0.035 * i)),
    );
    await page.mouse.move(...at(1));
    await page.mouse.up();
    expect(await latencies(page, "parameters, slider to figure")).toBeLessThan(5000);
    await page.waitForSelector(".sb-parameters[data-state=done]");
    await expect.poll(() => stale.textContent(), { timeout: 30_000 }).toBe("Run 1 stale cell");
    await page.screenshot({ path: join(ARTIFACTS, "parameters-stale.png") });
    await stale.click();
    await notebook.idle(60_000);
    await expect.poll(() => stale.isVisible(), { timeout: 30_000 }).toBe(false);
    expect(JSON.parse((await notebook.texts(1)).join(""))).toEqual({ size: 64, colours: "viridis" });
    const auto = page.locator(".specbook-auto");
    await auto.click();
    await page.locator("[data-name=size] input[type=range]").focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await notebook.texts(1)).join(""), { timeout: 30_000 }).toContain('"size":63');
    await page.keyboard.press("ArrowLeft"); // the control has kept the focus
    await expect.poll(async () => (await notebook.texts(1)).join(""), { timeout: 30_000 }).toContain('"size":62');
    await page.keyboard.press("d"); // on a control this deletes no cell
    await page.keyboard.press("d");
    expect(await page.locator(".jp-Notebook:visible .jp-CodeCell").count()).toBe(PANEL.length);
    await photograph("parameters");
    expect(await notebook.errors()).toEqual([]);
  }, 300_000);
});
