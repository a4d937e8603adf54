import type { Page } from "playwright-core";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { image } from "../../src/data";
import { bundle } from "../../src/notebook/bundle";
import * as plot from "../../src/plot";
import { type ParameterPanel, parameters } from "../../src/views/parameter-panel";
import { acceptedValue, choice, controlsOf, type ParameterSpec, slider } from "../../src/views/parameter-spec";
import { testBuilt } from "../support/built";
import { browserPath } from "../support/lab-browser";
import { openView, type ViewPage } from "../support/view-page";

const SPEC = {
  window: 16,
  scale: slider(0, 10, { value: 4, step: 0.5, units: "nm" }),
  learningRate: slider(1e-4, 1e-2, { log: true, value: 1e-3 }),
  kind: choice(["vae", "rvae"]),
  normalise: true,
  title: "run",
};

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe("the parameters of a panel", () => {
  test("become controls", () => {
    const controls = controlsOf({ ...SPEC, rate: 0.02, zero: 0, shift: -3 });
    expect(controls.map(({ kind }) => kind)).toEqual([
      "slider",
      "slider",
      "slider",
      "choice",
      "check",
      "text",
      "slider",
      "slider",
      "slider",
    ]);
    expect(controls[0]).toMatchObject({ from: 1, to: 64, step: 1, value: 16 });
    expect(controls[2]).toMatchObject({ label: "learning rate", log: true, step: 0 });
    expect(controls[6]).toMatchObject({ from: 0.002, to: 0.2, log: true });
  });

  test("are kept within their ends and on their steps", () => {
    const [, scale, , kind, normalise] = controlsOf(SPEC);
    expect(acceptedValue(scale, 3.3)).toBe(3.5);
    expect(acceptedValue(scale, 99)).toBe(10);
    expect(acceptedValue(kind, "rvae")).toBe("rvae");
    expect(() => acceptedValue(kind, "gan")).toThrow("one of vae, rvae");
    expect(() => acceptedValue(normalise, "yes")).toThrow("true or false");
    expect(() => acceptedValue(scale, Number.NaN)).toThrow("a number");
  });

  test("are refused where no control can show them", () => {
    expect(() => controlsOf({})).toThrow("nothing to show");
    expect(() => controlsOf({ layers: [1, 2] } as never)).toThrow("layers");
    expect(() => controlsOf({ rate: Number.NaN })).toThrow("rate");
    expect(() => slider(3, 1)).toThrow("the smaller first");
    expect(() => slider(0, 1, { log: true })).toThrow("positive ends");
    expect(() => slider(0, 1, { value: 2 })).toThrow("a number from 0 to 1");
    expect(() => choice([])).toThrow("one value or more");
  });
});

describe("a panel of parameters", () => {
  testBuilt("types its values after what it was given", () => {
    const hp = parameters(SPEC);
    expectTypeOf(hp.value.window).toEqualTypeOf<number>();
    expectTypeOf(hp.value.kind).toEqualTypeOf<"vae" | "rvae">();
    expectTypeOf(hp.value.normalise).toEqualTypeOf<boolean>();
    expect(hp.value).toEqual({
      window: 16,
      scale: 4,
      learningRate: 1e-3,
      kind: "vae",
      normalise: true,
      title: "run",
    });
  });

  testBuilt("runs its function again for new values, and hands the last result on", async () => {
    const hp = parameters({ a: slider(0, 10, { value: 2 }), b: 3 }, ({ a, b }) => a * b);
    expect(await hp.result).toBe(6);
    hp.value = { a: 5 };
    expect(await hp.result).toBe(15);
    expect(hp.get("outputs")).toEqual([{ text: "15" }]);
    expect(hp.get("run")).toMatchObject({ state: "done" });
  });

  testBuilt("tells a run that newer values came, and never runs two at a time", async () => {
    const seen: [number, boolean][] = [];
    let running = 0;
    const hp = parameters({ a: slider(0, 100, { value: 0 }) }, async ({ a }, { signal }) => {
      running++;
      expect(running).toBe(1);
      for (let i = 0; i < 50 && !signal.aborted; i++) await later(2);
      seen.push([a, signal.aborted]);
      running--;
      return a;
    });
    await later(20);
    for (let a = 1; a <= 60; a++) hp.value = { a };
    expect(await hp.result).toBe(60);
    expect(seen).toEqual([
      [0, true],
      [60, false],
    ]);
  });

  testBuilt("shows what its function throws, and goes on", async () => {
    const hp = parameters({ a: slider(0, 10, { value: 2 }) }, ({ a }) => {
      if (a > 4) throw new Error(`${a} is too many`);
      return a;
    });
    await hp.result;
    hp.value = { a: 7 };
    await expect(hp.result).rejects.toThrow("7 is too many");
    expect(hp.get("run")).toEqual({ state: "failed", message: "7 is too many" });
    hp.value = { a: 3 };
    expect(await hp.result).toBe(3);
  });

  testBuilt("has a picture: the last figure with the values, or the values alone", async () => {
    const map = image(
      new Float32Array(64).map((_, i) => i % 9),
      [8, 8],
    );
    const hp = parameters(SPEC, () => plot.map(map, { title: "a map" }));
    const drawn = await bundle(await hp.picture?.());
    expect(JSON.stringify(drawn["application/vnd.vegalite.v5+json"])).toMatch(
      /window 16, scale 4 nm.*rate 0.001, kind vae/,
    );
    const alone = await bundle(await parameters(SPEC).picture?.());
    expect(alone["text/plain"]).toContain("window 16, scale 4 nm");
  });
});

describe.skipIf(browserPath === undefined)("a panel of parameters in a browser", () => {
  let open: ViewPage | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  async function show<S extends ParameterSpec, R>(panel: ParameterPanel<S, R>, dark = false): Promise<Page> {
    open = await openView(panel, { width: 900, height: 600, dark });
    open.page.setDefaultTimeout(15_000);
    return open.page;
  }
  const range = (page: Page, name: string) => page.locator(`[data-name=${name}] input[type=range]`);
  async function along(page: Page, name: string, share: number): Promise<readonly [number, number]> {
    const box = await range(page, name).boundingBox();
    if (box === null) throw new Error(`no slider ${name}`);
    return [box.x + 8 + share * (box.width - 16), box.y + box.height / 2]; // half a thumb at each end
  }

  testBuilt("follows a slider in 60 moves and draws what belongs to its last value", async () => {
    const hp = parameters(SPEC, ({ scale, kind }) => `${kind} ${scale}`);
    const page = await show(hp);
    await page.mouse.move(...(await along(page, "scale", 0.4)));
    await page.mouse.down();
    await page.mouse.move(...(await along(page, "scale", 0.85)), { steps: 60 });
    await page.mouse.up();
    await expect.poll(() => hp.value.scale).toBe(8.5);
    await expect.poll(() => page.locator(".sb-outputs").innerText()).toBe("vae 8.5");
    expect(await page.locator("[data-name=scale] input[type=text]").inputValue()).toBe("8.5");
    await page.locator("[data-name=kind] select").selectOption("rvae");
    await expect.poll(() => page.locator(".sb-outputs").innerText()).toBe("rvae 8.5");
    await page.click("text=Reset");
    await expect.poll(() => page.locator(".sb-outputs").innerText()).toBe("vae 4");
    expect(open?.errors).toEqual([]);
  });

  testBuilt("obeys the keys, the check box, and what is typed", async () => {
    const hp = parameters(SPEC, (values) => JSON.stringify(values));
    const page = await show(hp);
    await range(page, "window").focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await expect.poll(() => hp.value.window).toBe(19);
    await range(page, "learningRate").focus();
    await page.keyboard.press("End");
    await expect.poll(() => hp.value.learningRate).toBe(1e-2);
    await page.locator("[data-name=normalise] input").uncheck();
    await expect.poll(() => hp.value.normalise).toBe(false);
    const field = page.locator("[data-name=learningRate] input[type=text]");
    await field.fill("0.0004");
    await field.press("Enter");
    await expect.poll(() => hp.value.learningRate).toBe(4e-4);
    await field.fill("7");
    await field.press("Enter");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(hp.value.learningRate).toBe(4e-4);
    await expect.poll(() => page.locator(".sb-outputs").innerText()).toBe(JSON.stringify(hp.value));
    expect(open?.errors).toEqual([]);
  });

  testBuilt("draws figures, stops a long run, and shows errors", async () => {
    const map = image(
      new Float32Array(64).map((_, i) => i % 9),
      [8, 8],
    );
    const hp = parameters({ mode: choice(["figure", "long", "error"]) }, async ({ mode }, { signal }) => {
      if (mode === "error") throw new Error("no such data");
      while (mode === "long" && !signal.aborted) await later(5);
      return mode === "long" ? "kept the best" : plot.map(map);
    });
    const page = await show(hp, true);
    await page.waitForFunction(`document.querySelector(".sb-outputs img")?.naturalWidth > 100`);
    const select = page.locator("[data-name=mode] select");
    await select.selectOption("long");
    await page.waitForSelector(".sb-parameters[data-state=running]");
    await page.click("text=Stop");
    await expect.poll(() => page.locator(".sb-status span").innerText()).toMatch(/^stopped after/);
    expect(await page.locator(".sb-outputs").innerText()).toBe("kept the best");
    await select.selectOption("error");
    await expect.poll(() => page.locator(".sb-trouble").innerText()).toBe("no such data");
    hp.value = { mode: "figure" };
    await page.waitForSelector(".sb-parameters[data-state=done] .sb-outputs img");
    expect(await select.inputValue()).toBe("figure");
    expect(open?.errors).toEqual([]);
  });
});
