import type { Page } from "playwright-core";
import { afterEach, describe, expect, vi } from "vitest";
import { createRandom } from "../../src/core/random";
import { axis, type Image, image, type SpectrumImage, spectrumImage } from "../../src/data";
import { bundle } from "../../src/notebook/bundle";
import { bandMap, regionSpectrum } from "../../src/signal";
import { type ExploreView, explore } from "../../src/views/explore";
import { testBuilt } from "../support/built";
import { browserPath } from "../support/lab-browser";
import { sourceOf } from "../support/spectrum-sources";
import { openView, type ViewPage } from "../support/view-page";

const ROWS = 40;
const COLUMNS = 50;
const CHANNELS = 300;

/** Two materials that meet along a slanted line, each with a peak of its own, and counting noise. */
function scan(): { spectra: SpectrumImage; haadf: Image } {
  const random = createRandom(7);
  const data = new Float32Array(ROWS * COLUMNS * CHANNELS);
  const bright = new Float32Array(ROWS * COLUMNS);
  for (let pixel = 0; pixel < ROWS * COLUMNS; pixel++) {
    const isLeft = (pixel % COLUMNS) + Math.floor(pixel / COLUMNS) / 2 < 32;
    bright[pixel] = (isLeft ? 3 : 1) + random.normal(0, 0.1);
    for (let c = 0; c < CHANNELS; c++) {
      const peak = Math.exp(-(((c - (isLeft ? 90 : 190)) / 14) ** 2) / 2);
      data[pixel * CHANNELS + c] = 200 * Math.exp(-c / 160) + 150 * peak + random.normal(0, 8);
    }
  }
  const y = axis("y", ROWS, { units: "nm", scale: 0.5 });
  const x = axis("x", COLUMNS, { units: "nm", scale: 0.5 });
  const energy = axis("energy", CHANNELS, { units: "eV", offset: 280, scale: 0.5 });
  return {
    spectra: spectrumImage(data, [ROWS, COLUMNS, CHANNELS], { axes: { y, x, energy } }),
    haadf: image(bright, [ROWS, COLUMNS], { axes: { y, x } }),
  };
}

const { spectra, haadf } = scan();

// Float64 sums taken in another order, rounded to float32 once.
const ROUNDING = { relative: 1.2e-7 };

/** What the canvases of the page say that they show. */
interface Drawn {
  readonly curves: { readonly name: string; readonly values: number[] }[];
  readonly band: [number, number];
  readonly range: [number, number];
}

const spectrumOf = (page: Page): Promise<Drawn> =>
  page.evaluate(`(({ curves, band, range }) => ({ band, range, curves: curves.map((c) => ({ name: c.name, values: [...c.values] })) }))(
    document.querySelector(".sb-spectrum canvas").drawn)`);
const mapOf = (page: Page, map = "band"): Promise<number[]> =>
  page.evaluate(`[...(document.querySelector("canvas[data-map=${map}]").drawn?.data ?? [])]`);

/** Where scan pixels (the middle of them) and energies are on the page. */
async function places(page: Page) {
  const map = await page.locator("canvas[data-map=image], canvas[data-map=band]").first().boundingBox();
  const plot = await page.locator(".sb-spectrum canvas").boundingBox();
  if (map === null || plot === null) throw new Error("the view is not drawn");
  const { range } = await spectrumOf(page);
  const [left, right] = [plot.x + 56, plot.x + plot.width - 10];
  return {
    pixel: (row: number, column: number) =>
      [map.x + ((column + 0.5) / COLUMNS) * map.width, map.y + ((row + 0.5) / ROWS) * (map.height - 36)] as const,
    energy: (value: number) =>
      [left + ((value - range[0]) / (range[1] - range[0])) * (right - left), plot.y + 60] as const,
    plot,
  };
}

const settled = (page: Page) => page.waitForSelector(".sb-explore[data-waiting=false]");

describe.skipIf(browserPath === undefined)("explore in a browser", () => {
  let open: ViewPage | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  async function show(view: ExploreView, options = {}): Promise<Page> {
    open = await openView(view, { width: 1100, height: 560, ...options });
    open.page.setDefaultTimeout(15_000);
    await settled(open.page);
    return open.page;
  }

  testBuilt("draws a region in 60 moves, and its spectrum is the kernel's number", async () => {
    const view = explore(spectra, haadf);
    const page = await show(view);
    expect(await mapOf(page, "image")).toMatchArray(haadf.data);
    const { pixel } = await places(page);
    await page.mouse.move(...pixel(5, 4));
    await page.mouse.down();
    await page.mouse.move(...pixel(21, 33), { steps: 60 });
    await page.mouse.up();
    await expect.poll(() => view.region).toEqual({ rows: [5, 22], columns: [4, 34] });
    const expected = regionSpectrum(spectra, { rows: [5, 22], columns: [4, 34] }).mean;
    await expect
      .poll(async () => (await spectrumOf(page)).curves.find(({ name }) => name === "R1")?.values)
      .toMatchArray(expected, ROUNDING);
    expect((await view.spectrum()).mean).toEqual(expected);
    // The region is taken and moved: two rows up, three columns to the right.
    await page.mouse.move(...pixel(10, 10));
    await page.mouse.down();
    await page.mouse.move(...pixel(8, 13), { steps: 6 });
    await page.mouse.up();
    await expect.poll(() => view.region).toEqual({ rows: [3, 20], columns: [7, 37] });
    expect(open?.errors).toEqual([]);
  });

  testBuilt("drags an energy band, moves its edge, and the map is the kernel's number", async () => {
    const view = explore(spectra, haadf);
    const page = await show(view);
    const { energy } = await places(page);
    await page.mouse.move(...energy(360));
    await page.mouse.down();
    await page.mouse.move(...energy(390), { steps: 60 });
    await page.mouse.up();
    await expect.poll(() => Math.abs(view.band[0] - 360) < 1.5 && Math.abs(view.band[1] - 390) < 1.5).toBe(true);
    await expect.poll(() => mapOf(page)).toMatchArray(bandMap(spectra, { energy: view.band }).data, ROUNDING);
    const [low] = view.band;
    await page.mouse.move(...energy(view.band[1]));
    await page.mouse.down();
    await page.mouse.move(...energy(410), { steps: 8 });
    await page.mouse.up();
    await expect.poll(() => view.band[1]).toBeGreaterThan(408);
    expect(view.band[0]).toBe(low);
    await expect.poll(() => mapOf(page)).toMatchArray((await view.map()).data, ROUNDING);
    expect(open?.errors).toEqual([]);
  });

  testBuilt("follows the pointer and the arrow keys with the spectrum of one pixel", async () => {
    const page = await show(explore(spectra, haadf));
    const { pixel } = await places(page);
    await page.mouse.move(...pixel(12, 30));
    const at = (row: number, column: number) =>
      spectra.data.slice((row * COLUMNS + column) * CHANNELS).slice(0, CHANNELS);
    const cursor = async () => (await spectrumOf(page)).curves.find(({ name }) => name === "cursor")?.values;
    await expect.poll(cursor).toMatchArray(at(12, 30));
    expect(await page.locator(".sb-readout").innerText()).toMatch(/x 15 nm.*y 6 nm.*row 12, column 30/);
    await page.locator("canvas[data-map=band]").focus();
    await page.mouse.move(2, 2); // the keys take over
    for (const key of ["ArrowRight", "ArrowDown", "Shift+ArrowLeft"]) await page.keyboard.press(key);
    const words = page.locator(".sb-readout");
    await expect.poll(() => words.innerText()).toMatch(/row 21, column 16/); // from the middle of the scan
    await expect.poll(cursor).toMatchArray(at(21, 16));
    await page.keyboard.press("Enter");
    await page.keyboard.press("+");
    await expect.poll(() => page.locator(".sb-chip[data-name=R1]").innerText()).toContain("9 px");
    expect(open?.errors).toEqual([]);
  });

  testBuilt("pins ellipses and hand-drawn regions for comparison, and forgets them", async () => {
    const view = explore(spectra, haadf);
    const page = await show(view);
    const { pixel } = await places(page);
    await page.click("[data-tool=ellipse]");
    await page.mouse.move(...pixel(4, 4));
    await page.mouse.down();
    await page.mouse.move(...pixel(18, 20), { steps: 10 });
    await page.mouse.up();
    await page.keyboard.press("p");
    await page.click("[data-tool=polygon]");
    await page.mouse.move(...pixel(22, 30));
    await page.mouse.down();
    for (const [row, column] of [
      [22, 45],
      [36, 46],
      [34, 31],
    ]) {
      await page.mouse.move(...pixel(row, column), { steps: 6 });
    }
    await page.mouse.up();
    await page.click("[data-action=pin]");
    await expect.poll(() => view.pinned.map(({ name }) => name)).toEqual(["R1", "R2"]);
    expect(view.region).toBeUndefined();
    for (const region of view.pinned) {
      const { mean, pixels } = regionSpectrum(spectra, region);
      expect(pixels).toBeGreaterThan(100);
      const drawn = async () => (await spectrumOf(page)).curves.find(({ name }) => name === region.name)?.values;
      await expect.poll(drawn).toMatchArray(mean, ROUNDING);
    }
    await page.click(".sb-chip[data-name=R1] button");
    await expect.poll(() => view.pinned.map(({ name }) => name)).toEqual(["R2"]);
    await page.click("[data-action=reset]");
    await expect.poll(() => view.pinned).toEqual([]);
    expect(open?.errors).toEqual([]);
  });

  testBuilt("zooms with the wheel and pans, and a double click shows all again", async () => {
    const page = await show(explore(spectra, haadf));
    const { energy, plot } = await places(page);
    const whole = (await spectrumOf(page)).range;
    await page.mouse.move(...energy(325));
    await page.mouse.wheel(0, -300);
    const width = ([from, to]: [number, number]) => to - from;
    await expect.poll(async () => width((await spectrumOf(page)).range)).toBeLessThan(0.8 * width(whole));
    const zoomed = (await spectrumOf(page)).range;
    expect((325 - zoomed[0]) / width(zoomed)).toBeCloseTo((325 - whole[0]) / width(whole), 1); // about the pointer
    await page.mouse.move(plot.x + 200, plot.y + plot.height - 10);
    await page.mouse.down();
    await page.mouse.move(plot.x + 160, plot.y + plot.height - 10, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => (await spectrumOf(page)).range[0]).toBeGreaterThan(zoomed[0]);
    expect(width((await spectrumOf(page)).range)).toBeCloseTo(width(zoomed), 6);
    await page.mouse.dblclick(plot.x + 200, plot.y + plot.height - 10);
    await expect.poll(async () => (await spectrumOf(page)).range).toEqual(whole);
    expect(open?.errors).toEqual([]);
  });

  testBuilt("takes regions and bands from the cell, in every open view", async () => {
    const view = explore(spectra, haadf, { band: [300, 310] });
    const page = await show(view, { dark: true });
    view.region = { mask: haadf.data.map((value) => (value > 2 ? 1 : 0)) };
    view.band = [320, 330];
    const { mean } = regionSpectrum(spectra, view.region ?? {});
    await expect.poll(async () => (await spectrumOf(page)).curves[0].values).toMatchArray(mean, ROUNDING);
    await expect.poll(() => mapOf(page)).toMatchArray(bandMap(spectra, { energy: [320, 330] }).data, ROUNDING);
    view.region = undefined;
    await expect.poll(async () => (await spectrumOf(page)).curves[0].name).toBe("scan");
    expect(open?.errors).toEqual([]);
  });

  testBuilt("shows an open file without an image, and says when it can no longer be read", async () => {
    let isThere = true;
    const { source } = sourceOf(spectra, {
      onRead: () => {
        if (!isThere) throw new Error("the file has changed");
      },
    });
    const view = explore(source);
    const page = await show(view);
    await expect.poll(() => mapOf(page)).toMatchArray(bandMap(spectra, { energy: view.band }).data, ROUNDING);
    expect(await page.locator("canvas[data-map=image]").count()).toBe(0);
    await open?.close();
    isThere = false;
    const other = await show(explore(source));
    await expect.poll(() => other.locator(".sb-trouble").innerText()).toBe("the file has changed");
  });

  testBuilt("says so where no value is finite", async () => {
    const nothing = spectrumImage(new Float32Array(6 * 5 * 20).fill(Number.NaN), [6, 5, 20]);
    const page = await show(explore(nothing));
    const { curves } = await spectrumOf(page);
    expect(curves[0].values.every((value) => Number.isNaN(value))).toBe(true);
    const [first] = await mapOf(page);
    expect(first).toBeNaN();
    expect(open?.errors).toEqual([]);
  });
});

describe("explore", () => {
  testBuilt("takes a finer image, and refuses one of another scan or in the wrong place", () => {
    const finer = image(new Float32Array(4 * ROWS * COLUMNS), [2 * ROWS, 2 * COLUMNS]);
    expect(explore(spectra, finer).image).toBe(finer);
    const other = image(new Float32Array(30 * 30), [30, 30]);
    expect(() => explore(spectra, other)).toThrow("cannot be averaged to the grid");
    expect(() => explore(haadf as never, spectra as never)).toThrow("explore(spectra, image)");
    expect(() => explore(Promise.resolve(spectra) as never)).toThrow("await is missing");
    expect(() => explore(spectra, haadf, { band: [1, 2] })).toThrow("leaves the axis");
    expect(() => explore(spectra, haadf, { region: { rows: [0, 99] } })).toThrow("outside the scan");
  });

  testBuilt("comes without a picture where a file takes long to read", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const { source } = sourceOf(spectra);
    const view = explore({ ...source, readRows: () => new Promise<Float32Array>(() => {}) });
    const picture = view.picture?.();
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    const text = "40 x 50 pixels, 300 channels, still being read";
    expect(await bundle(await picture)).toEqual({ "text/plain": expect.stringContaining(text) });
  });

  testBuilt("has a picture of what it shows", async () => {
    const view = explore(spectra, haadf, { region: { rows: [3, 9], columns: [4, 12] }, band: [360, 390] });
    const picture = await bundle(await view.picture?.());
    expect(String(picture["image/png"]).length).toBeGreaterThan(5000);
    const text = JSON.stringify(picture["application/vnd.vegalite.v5+json"]);
    expect(text).toContain("360.0 to 390.0 eV");
    expect(text).toContain("Intensity (arb. units)");
    view.set({ normalised: true, logarithmic: true });
    const normalised = JSON.stringify(await view.picture?.());
    expect(normalised).toContain("Intensity (normalised)");
    const [, heights] = /"s":"R1","y":"([^"]+)"/.exec(normalised) ?? [];
    expect(Math.max(...heights.split(" ").map(Number))).toBe(1);
  });
});
