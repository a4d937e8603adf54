import { statSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { im2spec } from "../../src/models";
import { shapes, windows } from "../../src/signal";
import { exploreLatent } from "../../src/views/explore-latent";
import type { LatentExplorer } from "../../src/views/latent-explorer";
import type { DecodeQuestion, LatentAbout, SampleQuestion } from "../../src/views/latent-protocol";
import { relief } from "../analyse/support/relief";
import { browserPath } from "../support/lab-browser";
import { openView, type ViewPage } from "../support/view-page";

const scan = relief();
const pairs = windows(scan.image, scan.spectra, { size: 4 });
const COUNT = pairs.images.shape[0];
const small = { encoderFilters: 4, decoderFilters: 4, encoderLayers: 1, decoderLayers: 2 };

interface Asked {
  readonly ask: string;
  readonly question: DecodeQuestion & SampleQuestion;
}

test("the module of the latent explorer stays small", () => {
  expect(statSync(resolve(__dirname, "../../dist/extension/views/explore-latent.js")).size).toBeLessThan(60_000);
});

describe.skipIf(browserPath === undefined)("the latent explorer in a browser", () => {
  const model = Object.assign(im2spec({ ...shapes(pairs), ...small, latent: 3, seed: 1 }), {
    scaling: pairs.scaling,
    axes: pairs.axes,
  });
  const asked: Asked[] = [];
  let view: LatentExplorer;
  let shown: ViewPage;
  /** Pixels of the page for a place of the plane's canvas, in shares of it. */
  const at = async (across: number, down: number) => {
    const box = await shown.page.locator(".plane canvas").boundingBox();
    if (box === null) throw new Error("the plane is not shown");
    return [box.x + across * box.width, box.y + down * box.height] as const;
  };
  const last = (name: string) => asked.findLast(({ ask }) => ask === name)?.question as Asked["question"];
  const note = () => shown.page.locator(".note").innerText();
  const settled = async () => {
    let before = -1;
    while (before !== asked.length) {
      before = asked.length;
      await shown.page.waitForTimeout(150);
    }
  };

  beforeAll(async () => {
    view = await exploreLatent(model, pairs);
    view.onMessage((content) => void asked.push(content as Asked));
    shown = await openView(view, { width: 960, height: 640 });
    await shown.page.waitForFunction('document.querySelector(".note").textContent.includes("sample")');
  });
  afterAll(() => shown?.close());

  test("decodes where the pointer is, and asks no more often than the kernel answers", async () => {
    await shown.page.mouse.move(...(await at(0.4, 0.4)));
    await settled();
    const first = last("decode");
    const before = asked.filter(({ ask }) => ask === "decode").length;
    await shown.page.mouse.move(...(await at(0.8, 0.2)), { steps: 200 });
    await settled();
    const end = last("decode");
    expect(end.x).toBeGreaterThan(first.x);
    expect(end.y).toBeGreaterThan(first.y);
    expect(end.latents).toEqual([0, 1]);
    expect(asked.filter(({ ask }) => ask === "decode").length - before).toBeLessThanOrEqual(200);
    expect(await note()).toContain(`z = (${end.x.toFixed(2)}, ${end.y.toFixed(2)}, `.replaceAll("-", "\u2212"));
    expect(await shown.page.locator(".heading").innerText()).toContain("decoded here");
  });

  test("shows the sample under the pointer, also from the map", async () => {
    // A place of the map is a scan pixel: the centre of its middle one.
    const map = await shown.page.locator(".map canvas").boundingBox();
    if (map === null) throw new Error("the map is not shown");
    const [rows, columns] = pairs.scan;
    const zoom = Math.min(map.width / columns, map.height / rows);
    await shown.page.mouse.move(map.x + 9.5 * zoom, map.y + 7.5 * zoom);
    await expect.poll(note).toContain("at row 7, column 9");
    const index = Array.from({ length: COUNT }, (_, i) => i).find(
      (i) => pairs.positions[2 * i] === 7 && pairs.positions[2 * i + 1] === 9,
    );
    await settled();
    expect(last("sample").index).toBe(index);
    expect(await shown.page.locator(".heading").innerText()).toContain("sample, decoded");
  });

  test("holds the place that was clicked until the next click", async () => {
    await shown.page.mouse.click(...(await at(0.5, 0.5)));
    await settled();
    const held = await note();
    await shown.page.mouse.move(...(await at(0.7, 0.7)), { steps: 5 });
    await settled();
    expect(await note()).toBe(held);
    await shown.page.mouse.click(...(await at(0.7, 0.7)));
    await shown.page.mouse.move(...(await at(0.72, 0.7)), { steps: 3 });
    await expect.poll(note).not.toBe(held);
  });

  test("selects what a lasso encloses, for the next cell too", async () => {
    const lasso = async (...corners: [number, number][]) => {
      for (const [i, corner] of corners.entries()) {
        await shown.page.mouse.move(...(await at(...corner)), { steps: 4 });
        if (i === 0) await shown.page.mouse.down();
      }
      await shown.page.mouse.up();
    };
    // Where two places of the canvas are in the latent plane tells where the lasso's sides are.
    await shown.page.mouse.move(...(await at(0.3, 0.3)));
    await settled();
    const left = last("decode");
    await shown.page.mouse.move(...(await at(0.6, 0.6)));
    await settled();
    const right = last("decode");
    await lasso([0.3, 0.3], [0.6, 0.3], [0.6, 0.6], [0.3, 0.6]);
    await expect.poll(() => view.selection.length).toBeGreaterThan(0);
    const { data } = view.coordinates.values;
    const inside = Array.from({ length: COUNT }, (_, i) => i).filter((i) => {
      const [x, y] = [data[3 * i], data[3 * i + 1]];
      return x > left.x && x < right.x && y < left.y && y > right.y;
    });
    // The corners are pixels: samples on the very edge may fall on either side.
    expect(Math.abs(view.selection.length - inside.length)).toBeLessThanOrEqual(2);
    expect(inside.filter((i) => view.selection.includes(i)).length).toBeGreaterThanOrEqual(inside.length - 2);
    await expect.poll(() => shown.page.locator(".heading").innerText()).toContain("mean of selection");
    const few = view.selection.length;
    await shown.page.keyboard.down("Shift");
    await lasso([0.02, 0.02], [0.99, 0.02], [0.99, 0.9], [0.02, 0.9]);
    await shown.page.keyboard.up("Shift");
    await expect.poll(() => view.selection.length).toBe(COUNT);
    expect(few).toBeLessThan(COUNT);
    await shown.page.locator(".below button").click();
    await expect.poll(() => view.selection.length).toBe(0);
    view.selection = [3, 5];
    await expect.poll(() => shown.page.locator(".below button").innerText()).toBe("clear 2 selected");
  });

  test("moves through the other latents at sliders, and in other planes", async () => {
    await shown.page.locator("select[aria-label='other latents']").selectOption("sliders");
    const slider = shown.page.locator("input[aria-label='latent 3']");
    await slider.press("End");
    await settled();
    const [, , largest] = (view.get("about") as LatentAbout).spread[2];
    expect(last("decode").others?.[2]).toBeCloseTo(largest, 4);
    await shown.page.locator("select[aria-label=x]").selectOption("2");
    await settled();
    expect(last("decode").latents).toEqual([2, 1]);
    // Taking the other side's latent exchanges the two.
    await shown.page.locator("select[aria-label=y]").selectOption("2");
    await settled();
    expect(last("decode").latents).toEqual([1, 2]);
    await shown.page.locator("select[aria-label=colour]").selectOption("error");
    await expect.poll(() => shown.page.locator(".ramp").count()).toBe(1);
  });

  test("shows what goes wrong, and goes on", async () => {
    const { scaling } = model;
    Object.assign(model, { scaling: undefined });
    await shown.page.mouse.move(...(await at(0.35, 0.45)));
    await expect.poll(note).toContain("has not been trained");
    Object.assign(model, { scaling });
    await shown.page.mouse.move(...(await at(0.4, 0.45)));
    await expect.poll(note).toContain("z = ");
    expect(shown.errors).toEqual([]);
  });
});
