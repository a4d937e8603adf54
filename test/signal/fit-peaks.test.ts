import { describe, expect, test, vi } from "vitest";
import { createRandom } from "../../src/core/random";
import { axis, axisValues, image, type SpectrumImage, spectrumImage } from "../../src/data";
import { fitPeaks, type PeakShape } from "../../src/signal";
import { addPeak, PEAK_SHAPES, shapeParameters, unitArea } from "../../src/signal/peak-shapes";
import { caught } from "../support/caught";
import { cleanUp } from "./support/clean-up-fixture";

const { spectra, fits, deviations, mixed } = cleanUp.peaks;
const energy = axis("energy", 80, { units: "eV", offset: 0.2, scale: 0.01 });
const cube = (values: ArrayLike<number>, rows: number, columns: number): SpectrumImage =>
  spectrumImage(Float32Array.from(values), [rows, columns, 80], { axes: { energy }, metadata: { units: "counts" } });
const six = cube(spectra, 2, 3);
const TWO = {
  peaks: [
    { name: "edge", centre: 0.4, width: 0.1 },
    { name: "bulk", centre: 0.7, width: 0.1, shape: "lorentzian" as const },
  ],
  background: "linear" as const,
};

describe("fitPeaks", () => {
  test("finds the parameters and the deviations of scipy's curve_fit", async () => {
    const fit = await fitPeaks(six, TWO);
    const [edge, bulk] = fit.peaks;
    const maps = [edge.centre, edge.width, edge.height, bulk.centre, bulk.width, bulk.height, ...fit.background];
    const spread = [edge.deviations, bulk.deviations].flatMap(({ centre, width, height }) => [centre, width, height]);
    for (let pixel = 0; pixel < 6; pixel++) {
      // Both stop where the sum of squares does not fall any more: parameters to the root of that precision.
      for (const [j, map] of maps.entries()) expect(map.data[pixel] / fits[pixel][j]).toBeCloseTo(1, 4);
      for (const [j, map] of spread.entries()) expect(map.data[pixel] / deviations[pixel][j]).toBeCloseTo(1, 3);
    }
    expect(fit).toMatchObject({ pixels: 6, failures: 0 });
    expect([...fit.failed.data]).toEqual(new Array(6).fill(0));
  });

  test("fits the mixture's share too", async () => {
    const fit = await fitPeaks(cube(mixed.spectrum, 1, 1), {
      peaks: [{ centre: 0.5, width: 0.1, shape: "pseudo-voigt" }],
    });
    const [peak] = fit.peaks;
    const found = [peak.centre, peak.width, peak.height, peak.mixing!].map(({ data }) => data[0]);
    for (const [j, value] of found.entries()) expect(value / mixed.fit[j]).toBeCloseTo(1, 4);
    expect(peak.deviations.width.data[0] / mixed.deviations[1]).toBeCloseTo(1, 3);
  });

  test("says what it measured: units, names, means and residuals", async () => {
    const fit = await fitPeaks(six, TWO);
    const [edge] = fit.peaks;
    expect(edge.centre.metadata).toMatchObject({ title: "edge: centre", quantity: "Centre", units: "eV" });
    expect(edge.area.metadata).toMatchObject({ quantity: "Area", units: "counts eV" });
    expect(edge.centre.history.at(-1)).toMatchObject({ operation: "fitPeaks" });
    expect(fit.mean.data).toMatchArray(
      energyMeans(six),
      { absolute: 1e-4 }, // float32
    );
    const sum = fit.mean.background.map((v, c) => v + fit.mean.peaks[0][c] + fit.mean.peaks[1][c]);
    expect(sum).toMatchArray(fit.mean.fitted, { absolute: 1e-4 });
    for (let pixel = 0; pixel < 6; pixel++) {
      let squares = 0;
      for (let c = 0; c < 80; c++) squares += (six.data[pixel * 80 + c] - fit.fitted.data[pixel * 80 + c]) ** 2;
      expect(fit.residual.data[pixel]).toBeCloseTo(Math.sqrt(squares / 80), 4);
      expect(fit.residual.data[pixel]).toBeLessThan(2); // noise of 1.5
    }
  });

  test("gives the area under each peak", async () => {
    const fit = await fitPeaks(six, TWO);
    const [edge] = fit.peaks;
    const wide = axisValues(axis("energy", 4000, { offset: -1.6, scale: 0.001 }));
    const curve = new Float64Array(4000);
    const at = (map: { data: Float32Array }) => map.data[0];
    addPeak("gaussian", wide, Float64Array.of(at(edge.centre), at(edge.width), at(edge.height)), 0, curve);
    expect(curve.reduce((a, b) => a + b, 0) * 0.001).toBeCloseTo(at(edge.area), 4);
  });

  test("of noiseless peaks is exact, also far from where it starts and on a falling axis", async () => {
    const falling = axis("energy", 80, { units: "eV", offset: 0.99, scale: -0.01 });
    const y = new Float64Array(80);
    addPeak("gaussian", axisValues(falling), Float64Array.of(0.61, 0.13, 700), 0, y);
    const one = spectrumImage(Float32Array.from(y), [1, 1, 80], { axes: { energy: falling } });
    const { peaks } = await fitPeaks(one, { peaks: [{ centre: 0.5, width: 0.3 }] });
    expect(peaks[0].centre.data[0]).toBeCloseTo(0.61, 6);
    expect(peaks[0].width.data[0]).toBeCloseTo(0.13, 6);
    expect(peaks[0].height.data[0]).toBeCloseTo(700, 2);
  });

  test("follows a peak that wanders when it starts at the neighbours", async () => {
    const columns = 24;
    const random = createRandom(3);
    const values = Array.from({ length: columns }, (_, i) => {
      const y = new Float64Array(80);
      addPeak("gaussian", axisValues(energy), Float64Array.of(0.3 + 0.02 * i, 0.05, 50), 0, y);
      return [...y].map((v) => v + random.normal());
    }).flat();
    const truth = Array.from({ length: columns }, (_, i) => 0.3 + 0.02 * i);
    const peaks = [{ centre: 0.3, width: 0.05 }];
    const followed = await fitPeaks(cube(values, 1, columns), { peaks, start: "neighbours" });
    expect(followed.peaks[0].centre.data).toMatchArray(truth, { absolute: 0.004 }); // 5 deviations of 0.0008
    const fixed = await fitPeaks(cube(values, 1, columns), { peaks, start: "given" });
    expect(fixed.peaks[0].centre.data).not.toMatchArray(truth, { absolute: 0.1 });
  });

  test("is not led astray by a neighbour without a peak, nor by a start that misses one", async () => {
    const random = createRandom(4);
    const values = Array.from({ length: 12 }, (_, i) => {
      const y = new Float64Array(80);
      if (i !== 5) addPeak("gaussian", axisValues(energy), Float64Array.of(i === 8 ? 0.75 : 0.4, 0.06, 50), 0, y);
      return [...y].map((v) => v + random.normal());
    }).flat();
    const peaks = [{ centre: 0.5, width: 0.1 }];
    for (const start of ["neighbours", "mean"] as const) {
      const { centre } = (await fitPeaks(cube(values, 1, 12), { peaks, start })).peaks[0];
      for (let i = 0; i < 12; i++) {
        if (i !== 5 && i !== 8) expect(centre.data[i]).toBeCloseTo(0.4, 2);
      }
    }
  });

  test("takes bounds that are undefined for those that are left out", async () => {
    const [edge, bulk] = TWO.peaks;
    const open = { centre: undefined, width: undefined, height: undefined };
    const fit = await fitPeaks(six, { ...TWO, peaks: [{ ...edge, bounds: open }, bulk] });
    expect(fit.peaks[0].centre.data).toEqual((await fitPeaks(six, TWO)).peaks[0].centre.data);
  });

  test("keeps to its bounds, says where it met one, and holds what two equal ones hold", async () => {
    const bounded = await fitPeaks(six, {
      ...TWO,
      peaks: [{ ...TWO.peaks[0], bounds: { centre: [0.39, 0.391] } }, TWO.peaks[1]],
    });
    for (const centre of bounded.peaks[0].centre.data) expect(centre >= 0.3899 && centre <= 0.3911).toBe(true);
    expect(bounded.limited.data.reduce((a, b) => a + b, 0)).toBeGreaterThan(4);
    const held = await fitPeaks(six, {
      ...TWO,
      peaks: [{ ...TWO.peaks[0], bounds: { width: [0.08, 0.08] } }, TWO.peaks[1]],
    });
    expect([...new Set(held.peaks[0].width.data)]).toEqual([Math.fround(0.08)]);
    expect([...held.limited.data]).toEqual(new Array(6).fill(0));
  });

  test("fits the pixels of a mask, and looks at no other", async () => {
    const broken = cube(spectra, 2, 3);
    broken.data[0] = Number.NaN;
    const mask = image(Float32Array.of(0, 1, 1, 0, 0, 1), [2, 3]);
    const fit = await fitPeaks(broken, { ...TWO, mask });
    const whole = await fitPeaks(six, { ...TWO, start: "given" });
    expect(fit.pixels).toBe(3);
    expect([...fit.peaks[0].centre.data].map(Number.isNaN)).toEqual([true, false, false, true, true, false]);
    expect(fit.peaks[0].centre.data[5]).toBeCloseTo(whole.peaks[0].centre.data[5], 6);
    expect((await caught(() => fitPeaks(broken, TWO))).tag).toBe("DataError");
    const copies = vi.spyOn(Float32Array.prototype, "map");
    const all = image(new Float32Array(6).fill(1).fill(0, 1, 2), [2, 3]);
    const refused = await caught(() => fitPeaks(broken, { ...TWO, mask: all }));
    expect(copies).not.toHaveBeenCalled(); // a copy of all spectra takes as much memory again
    copies.mockRestore();
    expect(refused).toMatchObject({ tag: "DataError" });
  });

  test("marks pixels whose fit does not end, and leaves them out of the maps", async () => {
    const fit = await fitPeaks(six, { ...TWO, start: "given", maxIterations: 1 });
    expect(fit.failures).toBe(6);
    expect([...fit.failed.data]).toEqual(new Array(6).fill(1));
    expect([...fit.peaks[0].centre.data].every(Number.isNaN)).toBe(true);
  });

  test("gives another answer with each option", async () => {
    const variants = [
      TWO,
      { ...TWO, background: "constant" as const },
      { peaks: TWO.peaks },
      { ...TWO, energy: [0.25, 0.9] as const },
      { ...TWO, peaks: [{ ...TWO.peaks[0], shape: "lorentzian" as const }, TWO.peaks[1]] },
      { ...TWO, peaks: [{ ...TWO.peaks[0], bounds: { height: [0, 25] as const } }, TWO.peaks[1]] },
    ];
    const areas = await Promise.all(variants.map(async (one) => (await fitPeaks(six, one)).peaks[0].area.data.join()));
    expect(new Set(areas).size).toBe(variants.length);
    const sizes = (await fitPeaks(six, { ...TWO, energy: [0.25, 0.9] })).fitted.axes.energy;
    expect(sizes.size).toBe(66);
    expect(sizes.offset).toBeCloseTo(0.25, 12);
  });

  test("refuses what cannot be fitted, and says what can", async () => {
    const refused = async (options: Parameters<typeof fitPeaks>[1]) =>
      (await caught(() => fitPeaks(six, options))).message;
    expect(await refused({ peaks: [] })).toMatch(/a list of \{ centre, width \}/);
    expect(await refused({ peaks: [{ centre: 2, width: 0.1 }] })).toMatch(/centre of peak 1: 2[\s\S]*0.2 to 0.99 eV/);
    expect(await refused({ peaks: [{ centre: 0.5, width: 0 }] })).toMatch(/width of peak 1/);
    expect(await refused({ peaks: [{ centre: 0.5, width: 0.1, bounds: { width: [0.2, 0.1] } }] })).toMatch(/lowest/);
    expect(await refused({ peaks: [TWO.peaks[0], TWO.peaks[0]] })).toMatch(/a name of its own/);
    const same = { centre: 0.5, width: 0.1 };
    expect(await refused({ peaks: [same, same] })).toMatch(/tell the peaks apart/);
    expect(
      await refused({
        ...TWO,
        energy: [0.38, 0.42],
        peaks: [
          { centre: 0.4, width: 0.02 },
          { centre: 0.41, width: 0.01 },
        ],
      }),
    ).toMatch(/5 channels for 8 parameters/);
    expect(await refused({ peaks: [{ centre: 0.5, width: 0.1, bounds: { mixing: [0, 1] } }] })).toMatch(
      /no share to fit/,
    );
    const bounded = (bounds: object) => refused({ peaks: [{ centre: 0.5, width: 0.1, bounds }] });
    expect(await bounded({ centre: 0.5 })).toMatch(/bounds.centre of peak 1: 0.5[\s\S]*\[lowest, highest\]/);
    expect(await bounded({ centre: [0.5] })).toMatch(/\[lowest, highest\]/);
    expect(await bounded({ widht: [0.1, 0.2] })).toMatch(/"widht"[\s\S]*centre, width, height, mixing/);
    const stopped = fitPeaks(six, { ...TWO, signal: AbortSignal.abort() });
    expect((await caught(() => stopped)).tag).toBe("CancelledError");
  });

  test("says how far it is", async () => {
    const seen: unknown[] = [];
    await fitPeaks(six, { ...TWO, onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { done: 3, pixels: 6, failed: 0 },
      { done: 6, pixels: 6, failed: 0 },
    ]);
    seen.length = 0;
    await fitPeaks(six, { ...TWO, mask: [0, 1, 0, 1, 0, 0], onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([{ done: 2, pixels: 2, failed: 0 }]); // fewer than a row
  });
});

describe("peak shapes", () => {
  const x = axisValues(axis("energy", 4001, { offset: -20, scale: 0.01 }));

  test.each([...PEAK_SHAPES])("the derivatives of a %s are those of central differences", (shape: PeakShape) => {
    const n = shapeParameters(shape);
    const p = Float64Array.of(0.3, 1.2, 5, 0.4).subarray(0, n);
    const few = Float64Array.of(-2, -0.4, 0.1, 0.3, 1.5);
    const jacobian = new Float64Array(few.length * n);
    addPeak(shape, few, p, 0, new Float64Array(few.length), jacobian);
    for (let j = 0; j < n; j++) {
      const sides = [1e-6, -1e-6].map((h) => {
        const moved = p.slice();
        moved[j] += h;
        const sum = new Float64Array(few.length);
        addPeak(shape, few, moved, 0, sum);
        return sum;
      });
      const differences = sides[0].map((v, i) => (v - sides[1][i]) / 2e-6);
      expect(jacobian.filter((_, i) => i % n === j)).toMatchArray(differences, { absolute: 1e-7 });
    }
  });

  test.each([...PEAK_SHAPES])(
    "a %s is half as high half a width from its centre, and has its area",
    (shape: PeakShape) => {
      const sum = new Float64Array(x.length);
      addPeak(shape, x, Float64Array.of(0, 0.2, 3, 0.4).subarray(0, shapeParameters(shape)), 0, sum);
      expect(sum[2000]).toBe(3);
      expect(sum[2010]).toBeCloseTo(1.5, 10);
      // Tails beyond 200 widths: w / (2 pi 20) of a Lorentzian's area.
      expect((sum.reduce((a, b) => a + b, 0) * 0.01) / (0.2 * 3 * unitArea(shape, 0.4))).toBeCloseTo(1, 2);
    },
  );
});

function energyMeans({ data, shape: [rows, columns, channels] }: SpectrumImage): number[] {
  const pixels = rows * columns;
  return Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let p = 0; p < pixels; p++) sum += data[p * channels + c];
    return sum / pixels;
  });
}
