import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRandom } from "../../src/core/random";
import { axis, image, type SpectrumImage, spectrumImage } from "../../src/data";
import { newestOnly } from "../../src/extension/views/newest-only";
import { bandMap, regionSpectrum } from "../../src/signal";
import { envelope } from "../../src/views/envelope";
import { scanReader } from "../../src/views/scan-reader";
import { regionOf, shapeOf } from "../../src/views/scan-region";
import { pixelCount, type ScanShape, shapeRuns } from "../../src/views/scan-shapes";
import { sourceOf } from "../support/spectrum-sources";

/** Sizes that fill neither tiles nor blocks. */
function cube(rows = 37, columns = 29, channels = 203, seed = 1): SpectrumImage {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: rows * columns * channels }, () => 50 + random.normal(0, 20));
  const energy = axis("energy", channels, { units: "eV", offset: 100, scale: 0.25 });
  return spectrumImage(data, [rows, columns, channels], { axes: { energy } });
}

const SHAPES: readonly ScanShape[] = [
  { kind: "rectangle", rows: [0, 37], columns: [0, 29] },
  { kind: "rectangle", rows: [3, 30], columns: [5, 27] },
  { kind: "rectangle", rows: [8, 16], columns: [8, 24] },
  { kind: "rectangle", rows: [36, 37], columns: [28, 29] },
  { kind: "ellipse", rows: [2, 33], columns: [1, 29] },
  { kind: "ellipse", rows: [5, 6], columns: [5, 7] },
  {
    kind: "polygon",
    corners: [
      [1, 1],
      [35, 4],
      [20, 28],
      [3, 15],
    ],
  },
];

// Float64 sums taken in another order, rounded to float32 once: at most one step of float32.
const ROUNDING = { relative: 1.2e-7 };

describe("the sums behind a view", () => {
  const spectra = cube();
  for (const [name, input] of [
    ["spectra in memory", spectra],
    ["an open file", sourceOf(spectra).source],
  ] as const) {
    test(`of ${name} give the mean spectrum of every kind of region`, async () => {
      const reader = scanReader(input);
      for (const shape of SHAPES) {
        const mean = await reader.regionMean(shapeRuns(shape, [37, 29]));
        expect(mean).toMatchArray(regionSpectrum(spectra, regionOf(shape, spectra)).mean, ROUNDING);
      }
    });

    test(`of ${name} give the map of every kind of band`, async () => {
      const reader = scanReader(input);
      for (const [first, end] of [
        [0, 203],
        [0, 1],
        [202, 203],
        [5, 9],
        [15, 180],
        [16, 32],
        [190, 203],
      ]) {
        const energy: [number, number] = [100 + 0.25 * (first - 0.5), 100 + 0.25 * (end - 0.5)];
        expect(await reader.bandMean(first, end)).toMatchArray(bandMap(spectra, { energy }).data, ROUNDING);
      }
    });
  }

  test("read what memory cannot hold piece by piece, and only the rows of a region", async () => {
    const rows: number[] = [];
    const { source } = sourceOf(spectra, { onRead: (first, end) => void rows.push(first, end) });
    const before = process.env.SPECBOOK_MEMORY_LIMIT;
    process.env.SPECBOOK_MEMORY_LIMIT = "1MB"; // the spectra are 870 kB: more than half of it
    try {
      const reader = scanReader(source);
      expect(reader.whole).toBeUndefined();
      const region = { rows: [20, 24], columns: [3, 9] } as const;
      const mean = await reader.regionMean(shapeRuns({ kind: "rectangle", ...region }, [37, 29]));
      expect(mean).toMatchArray(regionSpectrum(spectra, region).mean, ROUNDING);
      expect(rows).toEqual([20, 24]);
      const map = bandMap(spectra, { energy: [110, 120] }).data;
      expect(await reader.bandMean(40, 81)).toMatchArray(map, ROUNDING);
    } finally {
      if (before === undefined) delete process.env.SPECBOOK_MEMORY_LIMIT;
      else process.env.SPECBOOK_MEMORY_LIMIT = before;
    }
  });

  test("keep one NaN where it is", async () => {
    const spoiled = cube(20, 20, 64);
    spoiled.data[(5 * 20 + 6) * 64 + 10] = Number.NaN;
    const reader = scanReader(spoiled);
    const whole = await reader.regionMean(shapeRuns(SHAPES[0], [20, 20]));
    expect(Array.from(whole, Number.isNaN).filter(Boolean)).toHaveLength(1);
    expect(whole[10]).toBeNaN();
    const beside = await reader.regionMean(shapeRuns({ kind: "rectangle", rows: [0, 20], columns: [7, 20] }, [20, 20]));
    expect(beside.some(Number.isNaN)).toBe(false);
    const map = await reader.bandMean(0, 64);
    expect(map.findIndex(Number.isNaN)).toBe(5 * 20 + 6);
    expect(map.filter(Number.isNaN)).toHaveLength(1);
    expect((await reader.bandMean(11, 64)).some(Number.isNaN)).toBe(false);
  });

  test("try a file again that could not be read", async () => {
    let isThere = false;
    const { source } = sourceOf(spectra, {
      onRead: () => {
        if (!isThere) throw new Error("the drive is gone");
      },
    });
    const reader = scanReader(source);
    await expect(reader.bandMean(0, 5)).rejects.toThrow("the drive is gone");
    isThere = true;
    expect(await reader.bandMean(0, 5)).toHaveLength(37 * 29);
  });
});

describe("shapes on a scan", () => {
  test("hold the pixels whose centres they hold", () => {
    const circle = shapeRuns({ kind: "ellipse", rows: [0, 10], columns: [0, 10] }, [10, 10]);
    let inside = 0;
    for (let row = 0; row < 10; row++) {
      for (let column = 0; column < 10; column++) {
        if ((row - 4.5) ** 2 + (column - 4.5) ** 2 <= 25) inside++;
      }
    }
    expect(pixelCount(circle)).toBe(inside);
    const corners = [
      [0, 0],
      [0, 4],
      [4, 0],
    ] as const; // below the diagonal: 0.5 + 0.5 < 4 - ..., 4 + 3 + 2 + 1 pixels less those on it
    expect(pixelCount(shapeRuns({ kind: "polygon", corners }, [10, 10]))).toBe(10);
  });

  test("are cut at the border of the scan", () => {
    expect(shapeRuns({ kind: "rectangle", rows: [-3, 2], columns: [8, 14] }, [10, 10])).toEqual([
      [0, 8, 10],
      [1, 8, 10],
    ]);
  });

  test("become regions and come back", () => {
    const spectra = cube(12, 10, 5);
    const ellipse: ScanShape = { kind: "ellipse", rows: [2, 9], columns: [1, 8] };
    const back = shapeOf(regionOf(ellipse, spectra), spectra);
    expect(shapeRuns(back, [12, 10])).toEqual(shapeRuns(ellipse, [12, 10]));
    expect(shapeOf({ rows: [1, 3] }, spectra)).toEqual({ kind: "rectangle", rows: [1, 3], columns: [0, 10] });
    const empty = image(new Float32Array(120), [12, 10]);
    expect(() => shapeOf({ mask: empty }, spectra)).toThrow("holds no pixel");
  });
});

describe("an envelope", () => {
  test("keeps the lowest and the highest of each stretch", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i / 7));
    values[333] = 9;
    values[700] = Number.NaN;
    const { values: pairs, step } = envelope(values, [100, 1000], 100);
    expect(step).toBe(18);
    expect(pairs).toHaveLength(100);
    expect(Math.max(...pairs)).toBe(9);
    const fifth = values.slice(100 + 5 * 18, 100 + 6 * 18);
    expect([pairs[10], pairs[11]]).toEqual([Math.min(...fifth), Math.max(...fifth)]);
    expect(envelope(values, [10, 20], 100)).toEqual({ values: values.slice(10, 20), step: 1 });
  });
});

describe("asking for the newest only", () => {
  const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("skips what was overtaken and ends with the last", async () => {
    const worked: number[] = [];
    const ask = newestOnly<number>(async (value) => {
      await later(5);
      worked.push(value);
    });
    for (let i = 0; i < 60; i++) ask(i);
    await vi.advanceTimersByTimeAsync(5);
    expect(worked).toEqual([0]);
    await vi.advanceTimersByTimeAsync(100);
    expect(worked).toEqual([0, 59]);
  });

  test("does not wait longer than its patience, and knows what came too late", async () => {
    const seen: [number, boolean][] = [];
    const ask = newestOnly<number>(async (value, isNewest) => {
      await later(value === 0 ? 300 : 1);
      seen.push([value, isNewest()]);
    }, 20);
    ask(0);
    ask(1);
    await vi.advanceTimersByTimeAsync(19);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(seen).toEqual([[1, true]]);
    await vi.advanceTimersByTimeAsync(300);
    expect(seen).toEqual([
      [1, true],
      [0, false],
    ]);
    ask(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.at(-1)).toEqual([2, true]);
  });
});
