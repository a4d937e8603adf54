import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { axis, type SpectrumImage, spectrumImage } from "../../src/data";
import type { BackgroundModel } from "../../src/signal/background-models";
import { type BackgroundOptions, removeBackground } from "../../src/signal/remove-background";
import { caught } from "../support/caught";

interface Fixture {
  offset: number;
  scale: number;
  shape: [number, number, number];
  window: [number, number];
  counts: number[];
  cases: Record<string, { background: number[]; parameters: Record<string, number[]> }>;
}
const fixture = JSON.parse(readFileSync(join(__dirname, "fixtures/background.json"), "utf8")) as Fixture;
const measured = spectrumImage(Float32Array.from(fixture.counts), fixture.shape, {
  axes: { energy: axis("energy", fixture.shape[2], { units: "eV", offset: fixture.offset, scale: fixture.scale }) },
});

/** Spectra of these curves over energy, one pixel each. */
function curves(list: readonly ((energy: number) => number)[], scale = 0.5): SpectrumImage {
  const energy = axis("energy", 300, { units: "eV", offset: scale > 0 ? 100 : 100 - 299 * scale, scale });
  const data = Float32Array.from({ length: 300 * list.length }, (_, i) =>
    list[Math.floor(i / 300)](energy.offset + (i % 300) * scale),
  );
  return spectrumImage(data, [1, list.length, 300], { axes: { energy } });
}

describe("against HyperSpy and exspy on noisy core-loss spectra", () => {
  // Both minimise the same sum: equal but for the float32 of the result. The fast ways differ by half a channel: HyperSpy
  // takes the centres of the outermost channels for the ends of the areas, here these are their edges.
  test.each([
    ["power-law", "fit", 1e-6],
    ["power-law", "fast", 3e-3],
    ["exponential", "fit", 1e-6],
    ["exponential", "fast", 3e-3],
    ["polynomial", "fit", 1e-6],
    ["offset", "fit", 1e-6],
  ] as const)("finds the same background: %s, %s", async (model, mode, tolerance) => {
    const theirs = fixture.cases[`${model} ${mode}`];
    const ours = await removeBackground(measured, { model, window: fixture.window, fast: mode === "fast" });
    const thinned = ours.background.data.filter((_, i) => i % 10 === 0);
    expect(thinned).toMatchArray(theirs.background, { relative: tolerance });
    expect(ours.failed).toBe(0);
    // Their amplitudes are per eV, ours per channel.
    const named: Record<string, string> = { offset: "a0" };
    for (const [name, values] of Object.entries(theirs.parameters)) {
      const perEnergy = name !== "r" && name !== "tau";
      const expected = values.map((value) => value * (perEnergy ? fixture.scale : 1));
      // The amplitude of a fast power law is that at 1 eV: what r is off is there to the power of 400.
      const loose = mode === "fast" && name === "A" ? 0.05 : 10 * tolerance;
      expect(ours.parameters[named[name] ?? name].data).toMatchArray(expected, { relative: loose });
    }
  });
});

describe("backgrounds that are known", () => {
  const list = [(e: number) => 5e6 * e ** -2.7, (e: number) => 2e4 * e ** -1, (e: number) => 900 * (e / 120) ** -5.5];

  test.each([true, false])("finds exact power laws, areas only: %s", async (fast) => {
    const { spectra, parameters, error, status } = await removeBackground(curves(list), { window: [120, 160], fast });
    expect(parameters.r.data).toMatchArray([2.7, 1, 5.5], { absolute: fast ? 0.04 : 1e-5 }); // float32 data
    // What is left of float32 numbers of up to 2500. The formula of the areas is that of narrow windows: r is 0.6 % off here.
    expect(spectra.data).toMatchArray(new Float32Array(900), { absolute: fast ? 25 : 2e-3 });
    expect(Math.max(...error.data)).toBeLessThan(fast ? 3e-3 : 1e-6);
    expect(Array.from(status.data)).toEqual([0, 0, 0]);
  });

  test("finds exponentials and polynomials, on axes that fall as well", async () => {
    for (const scale of [0.5, -0.5]) {
      const exponential = curves([(e) => 700 * Math.exp(-e / 60), (e) => 20 * Math.exp(-e / 300)], scale);
      const first = await removeBackground(exponential, { model: "exponential", window: [120, 160] });
      expect(first.parameters.tau.data).toMatchArray([60, 300], { relative: 1e-5 });
      expect(first.spectra.data).toMatchArray(new Float32Array(600), { absolute: 1e-4 });
      const law = await removeBackground(curves(list, scale), { window: [120, 160] });
      expect(law.parameters.r.data).toMatchArray([2.7, 1, 5.5], { absolute: 1e-5 });
      const cubic = curves([(e) => 3 - 0.1 * e + 2e-3 * e ** 2 - 5e-6 * e ** 3], scale);
      const third = await removeBackground(cubic, { model: "polynomial", order: 3, window: [110, 200] });
      expect(Array.from(third.parameters.a2.data)[0]).toBeCloseTo(2e-3, 6);
      expect(third.spectra.data).toMatchArray(new Float32Array(300), { absolute: 1e-3 });
    }
  });

  test("fits several windows at once", async () => {
    const bumped = curves([(e) => 5e6 * e ** -2.7 + (e > 150 && e < 200 ? 50 : 0)]);
    const { parameters } = await removeBackground(bumped, {
      window: [
        [110, 149],
        [205, 240],
      ],
    });
    expect(parameters.r.data[0]).toBeCloseTo(2.7, 4);
  });

  test("takes several windows in any order: what lies below the lowest is below", async () => {
    const wavy = curves([(e) => 5e6 * e ** -2.7 + Math.sin(e)]);
    const given = (window: BackgroundOptions["window"]) => removeBackground(wavy, { window, below: "zero" });
    const rising = await given([
      [110, 149],
      [205, 240],
    ]);
    const falling = await given([
      [205, 240],
      [110, 149],
    ]);
    expect(falling.spectra.data).toEqual(rising.spectra.data);
    expect(falling.window).toEqual(rising.window);
  });

  test("does not change its input, keeps axes, and tells what it did", async () => {
    const before = curves(list);
    const copy = before.data.slice();
    const { spectra, background, history } = await removeBackground(before, { window: [120, 160] });
    expect(before.data).toEqual(copy);
    expect(spectra.axes).toEqual(before.axes);
    expect(background.shape).toEqual(before.shape);
    expect(history.at(-1)).toMatchObject({
      operation: "removeBackground",
      options: { model: "power-law", window: [[120, 160]], fast: false, weights: "equal", below: "subtract" },
    });
  });

  test("each option changes the answer", async () => {
    const dataOf = async (options: Partial<BackgroundOptions>) =>
      Array.from((await removeBackground(measured, { window: fixture.window, ...options })).spectra.data);
    const usual = await dataOf({});
    for (const options of [
      { model: "exponential" },
      { model: "polynomial" },
      { model: "offset" },
      { window: [370, 425] },
      { fast: true },
      { weights: "counts" },
      { below: "zero" },
    ] as Partial<BackgroundOptions>[]) {
      expect(await dataOf(options), JSON.stringify(options)).not.toEqual(usual);
    }
    expect(await dataOf({ model: "polynomial", order: 1 })).not.toEqual(await dataOf({ model: "polynomial" }));
  });

  test("weights by counts where the window spans decades: half the error of a continued power law", async () => {
    const random = createRandom(4);
    const truth = (e: number) => 4e9 * e ** -3.5;
    const noisy = curves(Array.from({ length: 60 }, () => (e: number) => random.poisson(truth(e))));
    const errorOf = async (weights: "equal" | "counts") => {
      const { background } = await removeBackground(noisy, { window: [100, 200], weights });
      // The last channel, 50 eV above the window.
      const errors = Array.from({ length: 60 }, (_, p) => background.data[p * 300 + 299] / truth(249.5) - 1);
      return Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / 60);
    };
    expect(await errorOf("counts")).toBeLessThan(0.8 * (await errorOf("equal")));
  });
});

describe("pixels that cannot be fitted", () => {
  test("are NaN and counted, those whose curve is doubtful are named", async () => {
    const spectra = curves([
      (e) => 5e6 * e ** -2.7,
      () => Number.NaN,
      () => 0,
      (e) => (e < 200 ? 100 - 0.41 * e : 50), // falls to 20 in the window and then on below zero
      (e) => e, // rises
    ]);
    const line = await removeBackground(spectra, { model: "polynomial", order: 1, window: [120, 190] });
    expect(Array.from(line.status.data)).toEqual([1, 2, 0, 1, 1]);
    expect(line.failed).toBe(1);
    expect(line.suspect).toBe(3);
    const law = await removeBackground(spectra, { window: [120, 190] });
    expect(Array.from(law.status.data)).toEqual([0, 2, 0, 0, 1]);
    expect(law.spectra.data.subarray(300, 600).every(Number.isNaN)).toBe(true);
    expect(law.spectra.data.subarray(600, 900).every((v) => v === 0)).toBe(true);
  });

  test("keep going around single missing values", async () => {
    const spectra = curves([(e) => 5e6 * e ** -2.7]);
    spectra.data[60] = Number.NaN;
    const { parameters, spectra: left } = await removeBackground(spectra, { window: [120, 160] });
    expect(parameters.r.data[0]).toBeCloseTo(2.7, 4);
    expect(left.data[60]).toBeNaN();
    expect(left.data.filter(Number.isNaN).length).toBe(1);
  });

  test("have no value where the power law has none", async () => {
    const energy = axis("energy", 100, { units: "eV", offset: -10, scale: 1 });
    const low = spectrumImage(
      Float32Array.from({ length: 100 }, (_, i) => 1000 / Math.max(1, i - 10)),
      [1, 1, 100],
      {
        axes: { energy },
      },
    );
    const { spectra } = await removeBackground(low, { window: [20, 40] });
    expect(spectra.data.subarray(0, 11).every(Number.isNaN)).toBe(true);
    expect(spectra.data.subarray(11).every(Number.isFinite)).toBe(true);
  });
});

describe("what background removal refuses", () => {
  test.each([
    [{ window: [500, 600] }, "AxisError"],
    [{ window: [400, 370] }, "OptionError"],
    [{ window: [365, 365.5] }, "OptionError"],
    [{}, "OptionError"],
    [{ window: [365, 425], model: "gaussian" as BackgroundModel }, "OptionError"],
    [{ window: [365, 425], order: -1 }, "OptionError"],
    [
      {
        window: [
          [365, 380],
          [400, 425],
        ],
        fast: true,
      },
      "OptionError",
    ],
  ])("%j", async (options, tag) => {
    const error = await caught(() => removeBackground(measured, options as unknown as BackgroundOptions));
    expect(error).toMatchObject({ tag });
  });

  test("a window at zero energy for a power law, an axis without eV, a scan without a value", async () => {
    const energy = axis("energy", 50, { units: "eV", offset: -10 });
    const low = spectrumImage(new Float32Array(50).fill(1), [1, 1, 50], { axes: { energy } });
    expect(await caught(() => removeBackground(low, { window: [-5, 20] }))).toMatchObject({ tag: "OptionError" });
    const bare = spectrumImage(new Float32Array(50), [1, 1, 50]);
    expect(await caught(() => removeBackground(bare, { window: [5, 20] }))).toMatchObject({ tag: "AxisError" });
    const none = curves([() => Number.NaN]);
    expect(await caught(() => removeBackground(none, { window: [120, 160] }))).toMatchObject({ tag: "DataError" });
  });
});
