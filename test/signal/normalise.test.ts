import { describe, expect, test } from "vitest";
import { normalise, unscale } from "../../src/signal";
import { caught } from "../support/caught";
import { calibrated, cleanUp, ramp } from "./support/clean-up-fixture";

const spectra = calibrated([1, 2, 3, 4, 2, 2, 8, 0, 5, 1, 1, 1], [1, 3, 4]); // step 2 eV
const { counts, poisson } = cleanUp.hyperspy;

describe("normalise", () => {
  test("brings all values together to 0 .. 1", () => {
    const { spectra: scaled } = normalise(spectra, { by: "global" });
    expect([...scaled.data]).toMatchArray(
      [1, 2, 3, 4, 2, 2, 8, 0, 5, 1, 1, 1].map((v) => v / 8),
      { absolute: 1e-7 },
    );
    expect(scaled.history.at(-1)).toMatchObject({
      operation: "normalise",
      options: { by: "global", offset: 0, range: 8 },
    });
    expect(scaled.axes).toEqual(spectra.axes);
  });

  test("gives each spectrum an area of 1 over eV, or a maximum of 1, or mean 0 and deviation 1", () => {
    const row = (to: "area" | "maximum" | "z-score", pixel: number) => [
      ...normalise(spectra, { by: "spectrum", to }).spectra.data.subarray(4 * pixel, 4 * pixel + 4),
    ];
    expect(row("area", 0)).toMatchArray([1 / 20, 2 / 20, 3 / 20, 4 / 20], { absolute: 1e-7 }); // 10 counts of 2 eV
    expect(row("maximum", 1)).toEqual([0.25, 0.25, 1, 0]);
    const z = row("z-score", 2);
    expect(z.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 6);
    expect(z.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(1, 6);
  });

  test.each([
    [{ by: "global" }, { quantity: "Normalised intensity" }],
    [{ by: "spectrum" }, { quantity: "Normalised intensity", units: "1/eV" }],
    [{ by: "spectrum", to: "z-score" }, { quantity: "Standard score" }],
    [{ by: "poisson" }, { quantity: "Weighted intensity" }],
  ] as const)("names what %j gives, and unscale what the data were", (options, words) => {
    const counted = { ...spectra, metadata: { sample: "film", quantity: "Intensity", units: "counts" } };
    const { spectra: scaled, scaling } = normalise(counted, options);
    expect(scaled.metadata).toEqual({ sample: "film", ...words });
    expect(unscale(scaled, scaling).metadata).toEqual(counted.metadata);
  });

  test("measures within an energy window where one is given", () => {
    const { spectra: scaled } = normalise(spectra, { by: "spectrum", to: "maximum", energy: [100, 102] });
    expect([...scaled.data.subarray(4, 8)]).toEqual([1, 1, 4, 0]);
  });

  test("scales counts as HyperSpy does, but for one number: the noise then is 1", () => {
    const { spectra: scaled, scaling } = normalise(calibrated(counts, [4, 6, 12]), { by: "poisson" });
    const sum = counts.reduce((a: number, b: number) => a + b, 0);
    // HyperSpy leaves out the root of the total; float32.
    expect(scaled.data).toMatchArray(
      poisson.map((v: number) => v * Math.sqrt(sum)),
      { relative: 1e-5 },
    );
    // The counts expected are the square of the weight, so scaled counts scatter by 1 about the weight itself.
    const noise = scaled.data.map((v, i) => v - scaling.range[Math.floor(i / 12)] * scaling.channels[i % 12]);
    const used = 23 * 12; // pixel 8 has no count
    const variance = noise.reduce((a, v, i) => a + (Math.floor(i / 12) === 8 ? 0 : v * v), 0) / used;
    expect(Math.abs(variance - 1)).toBeLessThan(0.3); // 3 sigma of 276 squares, and 34 fitted sums
    expect([...scaled.data.subarray(96, 108)]).toEqual(new Array(12).fill(0));
  });

  test("can be undone by unscale, whatever the way", () => {
    const cube = calibrated(
      counts.map((v: number, i: number) => v + 1 + (i % 3)),
      [4, 6, 12],
    );
    for (const options of [
      { by: "global" },
      { by: "spectrum" },
      { by: "spectrum", to: "z-score" },
      { by: "spectrum", to: "maximum", energy: [104, 110] },
      { by: "poisson" },
    ] as const) {
      const { spectra: scaled, scaling } = normalise(cube, options);
      expect(scaled.data).not.toEqual(cube.data);
      const back = unscale(scaled, scaling);
      expect(back.data).toMatchArray(cube.data, { relative: 1e-6 }); // two roundings to float32
      expect(back.history.map(({ operation }) => operation)).toEqual(["normalise", "unscale"]);
    }
  });

  test("gives another answer with each option", () => {
    const results = [
      normalise(spectra, { by: "global" }),
      normalise(spectra, { by: "poisson" }),
      normalise(spectra, { by: "spectrum" }),
      normalise(spectra, { by: "spectrum", to: "maximum" }),
      normalise(spectra, { by: "spectrum", to: "z-score" }),
      normalise(spectra, { by: "spectrum", energy: [100, 104] }),
    ];
    expect(new Set(results.map((one) => [...one.spectra.data].join())).size).toBe(results.length);
  });

  test("refuses spectra with nothing to measure, and names the pixel", async () => {
    const empty = calibrated([1, 2, 0, 0], [1, 2, 2]);
    expect((await caught(() => normalise(empty, { by: "spectrum" }))).message).toMatch(/row 0, column 1/);
    const negative = calibrated([1, 2, -3, 1], [1, 2, 2]);
    expect((await caught(() => normalise(negative, { by: "spectrum" }))).message).toMatch(/area -4/);
    expect((await caught(() => normalise(negative, { by: "poisson" }))).message).toMatch(/1 negative of 4 values/);
    expect((await caught(() => normalise(calibrated([1, 1], [1, 1, 2]), { by: "global" }))).tag).toBe("DataError");
    expect((await caught(() => normalise(calibrated([1, Number.NaN], [1, 1, 2]), { by: "global" }))).tag).toBe(
      "DataError",
    );
  });

  test("refuses options that would do nothing, and scalings of other spectra", async () => {
    expect((await caught(() => normalise(spectra, { by: "poisson", to: "area" }))).message).toMatch(
      /belongs to "spectrum"/,
    );
    expect((await caught(() => normalise(spectra, { by: "global", energy: [100, 102] }))).tag).toBe("OptionError");
    const { scaling } = normalise(ramp(2, 2, 4), { by: "global" });
    expect((await caught(() => unscale(spectra, scaling))).tag).toBe("ShapeError");
    // @ts-expect-error a bare array has no pixels
    expect((await caught(() => unscale(spectra.data, scaling))).tag).toBe("OptionError");
  });
});
