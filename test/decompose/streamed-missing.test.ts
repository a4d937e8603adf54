import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { type FloatArray, image, type SpectrumImage, spectrumImage } from "../../src/data";
import { type NmfOptions, nmf, type PcaOptions, pca, residualMap } from "../../src/decompose";
import type { Engine } from "../../src/engine/engine";
import { open } from "../../src/io";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { rejected } from "../support/errors";
import { sourceOf } from "../support/spectrum-sources";
import { temporaryFolder } from "../support/temporary-folder";
import { writeNpy } from "../support/write-npy";

const folder = temporaryFolder();
const [ROWS, COLUMNS, CHANNELS] = [9, 8, 30];
const SHAPE = [ROWS, COLUMNS, CHANNELS] as const;

/** Three bands with noise, all above 0, with NaN where `isMissing` says so. */
function bands(isMissing: (pixel: number, channel: number) => boolean): SpectrumImage {
  const random = createRandom(3);
  const data = new Float32Array(ROWS * COLUMNS * CHANNELS);
  for (let p = 0; p < ROWS * COLUMNS; p++) {
    const weights = [random.uniform(), random.uniform() ** 2, random.uniform() ** 3];
    for (let c = 0; c < CHANNELS; c++) {
      const signal = weights.reduce((sum, w, j) => sum + w * Math.exp(-(((c - 6 - 8 * j) / 4) ** 2)), 0);
      const value = signal + 0.05 * random.uniform();
      data[p * CHANNELS + c] = isMissing(p, c) ? Number.NaN : value;
    }
  }
  return spectrumImage(data, SHAPE);
}

/** Pixels and a channel that are NaN throughout: first, last, and a whole row of the scan. */
const dead = (p: number, c: number) => p === 0 || p === 71 || (p >= 24 && p < 32) || c === 11;
const holes = createRandom(8);
const whole = bands(() => false);
const deadOnly = bands(dead);
const spoilt = bands((p, c) => dead(p, c) || holes.uniform() < 0.06);
const mask = image(
  Float32Array.from({ length: ROWS * COLUMNS }, (_, p) => (p % 6 === 1 ? 0 : 1)),
  [ROWS, COLUMNS],
);

let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});

/** Same sums in the same order, in the same blocks. */
const SAME = { relative: 1e-6 };

/** The same numbers, with NaN at the same places. */
function expectSame({ data, shape }: FloatArray, expected: FloatArray): void {
  expect(shape).toEqual(expected.shape);
  const gaps = (values: Float32Array) => [...values.keys()].filter((i) => Number.isNaN(values[i]));
  expect(gaps(data)).toEqual(gaps(expected.data));
  const known = (values: Float32Array) => values.filter((value) => !Number.isNaN(value));
  expect(known(data)).toMatchArray(known(expected.data), SAME);
}

describe("a streamed PCA that ignores missing values", () => {
  const options: PcaOptions = { components: 3, missing: "ignore" };
  test.each([
    ["nothing missing", whole, {}],
    ["dead pixels and channels", deadOnly, {}],
    ["single values missing", spoilt, {}],
    ["a mask", spoilt, { mask }],
    ["the randomised solver", spoilt, { solver: "randomised", seed: 4 }],
  ] as const)("is that of the whole in memory: %s", async (_, data, more) => {
    const expected = await pca(data, { ...options, engine, ...more });
    for (const block of [1, 4, 100]) {
      const streamed = await pca(sourceOf(data).source, { ...options, block, engine, ...more });
      expectSame(streamed.maps, expected.maps);
      expectSame(streamed.components, expected.components);
      expect(streamed.explainedVarianceRatio).toMatchArray(expected.explainedVarianceRatio, SAME);
      expect(streamed.options).toEqual(expected.options);
    }
  });

  test("is that of the whole with fewer pixels than channels", async () => {
    const few = spectrumImage(spoilt.data.slice(0, 24 * CHANNELS), [3, COLUMNS, CHANNELS]);
    const streamed = await pca(sourceOf(few).source, { ...options, block: 1, engine });
    expectSame(streamed.maps, (await pca(few, { ...options, engine })).maps);
  });

  test("reads the data once more than without, to find what is missing", async () => {
    const { source, reads } = sourceOf(deadOnly);
    await pca(source, { ...options, engine });
    expect(new Set(reads)).toEqual(new Set([3])); // and twice for the PCA
  });

  test("can be stopped while it fills in, and leaves no tensor", async () => {
    const control = new AbortController();
    let reads = 0;
    const { source } = sourceOf(spoilt, { onRead: () => void (++reads === 30 && control.abort()) });
    const before = engine.tf.memory().numTensors;
    const error = await rejected(() => pca(source, { ...options, block: 2, engine, signal: control.signal }));
    expect(error).toMatchObject({ tag: "CancelledError" });
    expect(reads).toBeLessThan(45);
    expect(engine.tf.memory().numTensors).toBe(before);
  });
});

describe("a streamed NMF that ignores missing values", () => {
  const options: NmfOptions = { components: 3, iterations: 25, tolerance: 0, missing: "ignore" };
  test.each([
    ["nothing missing", whole, {}],
    ["dead pixels and channels", deadOnly, {}],
    ["single values missing", spoilt, {}],
    ["a mask", spoilt, { mask }],
    ["Kullback-Leibler", spoilt, { loss: "kullback-leibler" }],
    ["random starts", spoilt, { restarts: 2, seed: 3 }],
    ["penalties", spoilt, { sparsity: 0.01, smoothness: 0.01 }],
  ] as const)("is that of the whole in memory: %s", async (_, data, more) => {
    const expected = await nmf(data, { ...options, engine, ...more });
    for (const block of [1, 4, 100]) {
      const streamed = await nmf(sourceOf(data).source, { ...options, block, engine, ...more });
      expectSame(streamed.maps, expected.maps);
      expectSame(streamed.endmembers, expected.endmembers);
      expect(streamed.trace).toMatchArray(expected.trace, SAME);
      expect(streamed.options).toEqual(expected.options);
    }
  });

  test("reads a file that open gave", async () => {
    const path = join(folder, "spoilt.npy");
    writeNpy(path, "<f4", SHAPE, new Uint8Array(spoilt.data.buffer));
    const file = await open(path, { energy: { units: "eV", offset: 10, scale: 0.5 }, nonFinite: "keep" });
    const streamed = await nmf(file, { ...options, engine });
    expectSame(streamed.maps, (await nmf(spoilt, { ...options, engine })).maps);
    expectSame((await residualMap(streamed, file)).error, (await residualMap(streamed, spoilt)).error);
  });

  test("refuses negative and infinite values all the same, and says where they are", async () => {
    for (const [value, text] of [
      [-1, /1 negative/],
      [Number.POSITIVE_INFINITY, /1 not finite/],
    ] as const) {
      const data = spoilt.data.map((v, i) => (i === (5 * COLUMNS + 2) * CHANNELS + 7 ? value : v));
      const { source } = sourceOf(spectrumImage(data, SHAPE));
      const error = await rejected(() => nmf(source, { ...options, block: 2, engine }));
      expect(error).toMatchObject({ tag: "DataError" });
      expect(String(error)).toMatch(text);
      expect(String(error)).toMatch(/row 5, column 2, channel 7/);
    }
  });

  test("refuses data in which nothing was measured, NaN where it is not to be ignored, and other words", async () => {
    const nothing = sourceOf(bands(() => true)).source;
    expect(String(await rejected(() => nmf(nothing, { ...options, engine })))).toMatch(/all NaN/);
    const { source } = sourceOf(spoilt);
    expect(await rejected(() => nmf(source, { ...options, missing: "refuse", engine }))).toMatchObject({
      tag: "DataError",
    });
    expect(await rejected(() => nmf(source, { ...options, missing: "zero" as "ignore", engine }))).toMatchObject({
      tag: "OptionError",
    });
  });

  test.runIf(hasNative)("is that of the whole on the wasm engine", async () => {
    const wasm = await wasmEngine();
    const expected = await nmf(spoilt, { ...options, engine: wasm });
    const streamed = await nmf(sourceOf(spoilt).source, { ...options, block: 2, engine: wasm });
    await defaultEngine();
    expectSame(streamed.maps, expected.maps);
  });
});
