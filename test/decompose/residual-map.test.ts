import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { axis, type SpectrumImage, spectrumImage } from "../../src/data";
import { ica, nmf, pca, residualMap } from "../../src/decompose";
import type { Engine } from "../../src/engine/engine";
import { defaultEngine } from "../support/engines";
import { rejected } from "../support/errors";

const ROWS = 10;
const COLUMNS = 12;
const CHANNELS = 200;

/** Two smooth bands with normal noise of the given deviation, twice as much in the last row; one pixel has a third band. */
function made(noise: number): SpectrumImage {
  const random = createRandom(5);
  const data = Float32Array.from({ length: ROWS * COLUMNS * CHANNELS }, (_, i) => {
    const [p, c] = [Math.floor(i / CHANNELS), i % CHANNELS];
    const row = Math.floor(p / COLUMNS);
    const bands =
      (1 + row / 9) * Math.exp(-(((c - 60) / 25) ** 2)) + (1 + (p % 5)) * Math.exp(-(((c - 140) / 25) ** 2));
    const odd = p === 40 ? Math.exp(-(((c - 100) / 10) ** 2)) : 0;
    return 5 + bands + odd + (row === ROWS - 1 ? 2 : 1) * noise * random.normal();
  });
  const axes = { energy: axis("energy", CHANNELS, { units: "eV", scale: 0.05 }) };
  return spectrumImage(data, [ROWS, COLUMNS, CHANNELS], { axes, metadata: { source: "made" } });
}

const spectra = made(0.1);
let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});

describe("residualMap", () => {
  test("finds the noise of each pixel, and leaves about that where the model is complete", async () => {
    const { noise, ratio, error, overall } = await residualMap(await pca(spectra, { components: 2, engine }), spectra);
    const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
    // 108 medians of 198 dependent differences.
    expect(mean(noise.data.subarray(0, 108)) / 0.1).toBeCloseTo(1, 1);
    expect(mean(noise.data.subarray(108)) / 0.2).toBeCloseTo(1, 1);
    expect(mean(ratio.data.filter((_, p) => p !== 40))).toBeGreaterThan(0.9);
    expect(mean(ratio.data.filter((_, p) => p !== 40))).toBeLessThan(1.1);
    expect(ratio.data[40]).toBe(Math.max(...ratio.data)); // the pixel with another band
    expect(ratio.data[40]).toBeGreaterThan(1.5);
    expect(error.data[40] / noise.data[40]).toBeCloseTo(ratio.data[40], 5);
    expect(overall.ratio).toBeCloseTo(overall.error / overall.noise, 12);
    expect(ratio.axes.y).toEqual(spectra.axes.y);
    expect(ratio.metadata).toMatchObject({ source: "made", title: "Residual / noise" });
    expect(ratio.history.at(-1)?.operation).toBe("residualMap");
  });

  test("is the relative error that NMF states, and the same for ICA as for PCA", async () => {
    const parts = await nmf(spectra, { components: 2, iterations: 40, engine });
    expect((await residualMap(parts, spectra)).overall.relative / parts.error).toBeCloseTo(1, 5);
    const [one, other] = [
      await residualMap(await pca(spectra, { components: 3, engine }), spectra),
      await residualMap(await ica(spectra, { components: 3, engine }), spectra),
    ];
    expect(other.error.data).toMatchArray(one.error.data, { relative: 1e-4 }); // float32 factors
    expect([one.method, other.method, one.components]).toEqual(["pca", "ica", 3]);
  });

  test("takes the noise of counts from the model, or a known one", async () => {
    const parts = await pca(spectra, { components: 2, engine });
    const known = await residualMap(parts, spectra, { noise: 0.4 });
    expect([...new Set(known.noise.data)]).toEqual([Math.fround(0.4)]);
    const random = createRandom(1);
    const counts = spectrumImage(
      spectra.data.map((v) => random.poisson(20 * v)),
      spectra.shape,
    );
    const poisson = await residualMap(await nmf(counts, { components: 2, loss: "kullback-leibler", engine }), counts, {
      noise: "poisson",
    });
    expect(poisson.overall.ratio).toBeGreaterThan(0.95);
    expect(poisson.overall.ratio).toBeLessThan(1.05);
    expect(poisson.reference).toBe("poisson");
  });

  test("is NaN where a pixel was left out, and counts no channel that was", async () => {
    const mask = Float32Array.from({ length: ROWS * COLUMNS }, (_, p) => (p === 7 ? 0 : 1));
    const masked = await residualMap(await pca(spectra, { components: 2, mask, engine }), spectra);
    expect([...masked.error.data].map(Number.isNaN).filter(Boolean)).toHaveLength(1);
    expect(masked.ratio.data[7]).toBeNaN();
    const holed = spectrumImage(
      spectra.data.map((v, i) => (i % CHANNELS === 9 || i === 4321 ? Number.NaN : v)),
      spectra.shape,
    );
    const result = await residualMap(await pca(holed, { components: 2, missing: "ignore", engine }), holed);
    expect([...result.error.data].every(Number.isFinite)).toBe(true);
    expect(result.overall.ratio).toBeLessThan(1.1);
  });

  test("refuses other spectra, other values and a noise of 0", async () => {
    const parts = await pca(spectra, { components: 2, engine });
    const other = spectrumImage(new Float32Array(120), [ROWS, COLUMNS, 1]);
    expect(String(await rejected(() => residualMap(parts, other)))).toMatch(
      /10 x 12 x 1, decomposition of 10 x 12 x 200/,
    );
    expect(await rejected(() => residualMap(spectra as never, spectra))).toMatchObject({ tag: "OptionError" });
    expect(String(await rejected(() => residualMap(parts, spectra, { noise: 0 })))).toMatch(/noise: 0/);
    const unseen = { ...parts, maps: { ...parts.maps, data: parts.maps.data.map(() => Number.NaN) } };
    expect(await rejected(() => residualMap(unseen, spectra))).toMatchObject({ tag: "DataError" });
    const stop = { signal: AbortSignal.abort() };
    expect(await rejected(() => residualMap(parts, spectra, stop))).toMatchObject({ tag: "CancelledError" });
  });
});
