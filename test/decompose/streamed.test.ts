import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { type FloatArray, image, type SpectrumImage, spectrumImage } from "../../src/data";
import { type NmfOptions, nmf, pca } from "../../src/decompose";
import type { Engine } from "../../src/engine/engine";
import { open } from "../../src/io";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { rejected } from "../support/errors";
import { sourceOf } from "../support/spectrum-sources";
import { temporaryFolder } from "../support/temporary-folder";
import { writeNpy } from "../support/write-npy";

const folder = temporaryFolder();

/** Three bands with random abundances and noise, all above 0. */
function bands(rows: number, columns: number, channels: number): SpectrumImage {
  const random = createRandom(11);
  const data = new Float32Array(rows * columns * channels);
  const shapes = [0.2, 0.5, 0.8].map((centre) =>
    Float32Array.from({ length: channels }, (_, c) => Math.exp(-(((c / channels - centre) / 0.1) ** 2))),
  );
  for (let p = 0; p < data.length; p += channels) {
    const mix = shapes.map(() => random.uniform() ** 2);
    for (let c = 0; c < channels; c++) {
      data[p + c] = 0.1 * random.uniform() + mix.reduce((sum, weight, j) => sum + weight * shapes[j][c], 0);
    }
  }
  return spectrumImage(data, [rows, columns, channels]);
}

const spectra = bands(11, 7, 40);
const large = bands(23, 512, 400); // 19 MB: two blocks on the engine; the wasm engine solves up to 500 channels
const mask = image(
  Float32Array.from({ length: 77 }, (_, p) => (p % 5 === 1 || (p > 20 && p < 36) ? 0 : 1)),
  [11, 7],
);
let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});

/** Same numbers in the same blocks: what the issue asks for is 1e-5, what rounding alike gives is nothing. */
const SAME = { relative: 1e-5 };

/** The same maps, with NaN at the same pixels. */
function expectSameMaps({ maps }: { maps: FloatArray }, expected: { maps: FloatArray }): void {
  const holes = (data: Float32Array) => [...data.keys()].filter((i) => Number.isNaN(data[i]));
  expect(holes(maps.data)).toEqual(holes(expected.maps.data));
  const known = (data: Float32Array) => data.filter((value) => !Number.isNaN(value));
  expect(known(maps.data)).toMatchArray(known(expected.maps.data), SAME);
}

describe("a streamed PCA", () => {
  test.each([1, 3, 11, 100])("is that of the whole, read %i rows at a time", async (block) => {
    const expected = await pca(spectra, { components: 4, engine });
    const { source, reads } = sourceOf(spectra);
    const streamed = await pca(source, { components: 4, block, engine });
    expectSameMaps(streamed, expected);
    expect(streamed.components.data).toMatchArray(expected.components.data, SAME);
    expect(streamed.mean).toMatchArray(expected.mean, SAME);
    expect(streamed.explainedVarianceRatio).toMatchArray(expected.explainedVarianceRatio, SAME);
    expect([streamed.axes, streamed.history.at(-1)?.options]).toEqual([
      expected.axes,
      expected.history.at(-1)?.options,
    ]);
    expect(new Set(reads)).toEqual(new Set([2])); // sums of outer products, and scores
  });

  test("is that of the whole with a mask, by the randomised solver, with few pixels, and beyond one block", async () => {
    const few = bands(2, 3, 40);
    for (const [data, options] of [
      [spectra, { mask }],
      [spectra, { solver: "randomised", seed: 2 }],
      [few, {}],
      [large, {}],
    ] as const) {
      const expected = await pca(data, { components: 3, engine, ...options });
      const streamed = await pca(sourceOf(data).source, { components: 3, block: 2, engine, ...options });
      expectSameMaps(streamed, expected);
      expect(streamed.explainedVariance).toMatchArray(expected.explainedVariance, SAME);
    }
  });
});

describe("a streamed NMF", () => {
  const options: NmfOptions = { components: 3, iterations: 30, tolerance: 0 };
  test.each([1, 4, 100])("is that of the whole, read %i rows at a time", async (block) => {
    const expected = await nmf(spectra, { ...options, engine });
    const streamed = await nmf(sourceOf(spectra).source, { ...options, block, engine });
    expectSameMaps(streamed, expected);
    expect(streamed.endmembers.data).toMatchArray(expected.endmembers.data, SAME);
    expect(streamed.trace).toMatchArray(expected.trace, SAME);
    expect(streamed.history.at(-1)?.options).toEqual(expected.history.at(-1)?.options);
  });

  test("is that of the whole for every start, loss and penalty, with a mask, and beyond one block", async () => {
    for (const [data, more] of [
      [spectra, { mask }],
      [spectra, { init: "random", seed: 3 }],
      [spectra, { init: "nndsvd" }],
      [spectra, { restarts: 2 }],
      [spectra, { loss: "kullback-leibler" }],
      [spectra, { sparsity: 0.01, smoothness: 0.01 }],
      [large, { iterations: 3 }],
    ] as const) {
      const expected = await nmf(data, { ...options, engine, ...more });
      const streamed = await nmf(sourceOf(data).source, { ...options, block: 2, engine, ...more });
      expectSameMaps(streamed, expected);
      expect(streamed.endmembers.data).toMatchArray(expected.endmembers.data, SAME);
    }
  });

  test("reads a file that open gave", async () => {
    const path = join(folder, "bands.npy");
    writeNpy(path, "<f4", spectra.shape, new Uint8Array(spectra.data.buffer));
    const file = await open(path, { energy: { units: "eV", offset: 10, scale: 0.5 } });
    const streamed = await nmf(file, { ...options, engine });
    expect(streamed.endmembers.data).toMatchArray((await nmf(spectra, { ...options, engine })).endmembers.data, SAME);
    expect(streamed.axes).toEqual(file.axes);
    expect(streamed.history.map(({ operation }) => operation)).toEqual(["read", "nmf"]);
  });

  test("stops between two blocks, with the factors of the last whole iteration", async () => {
    const control = new AbortController();
    let reads = 0;
    const { source } = sourceOf(large, { onRead: () => void (++reads === 40 && control.abort()) });
    const before = engine.tf.memory().numTensors;
    const error = await rejected(() =>
      nmf(source, { ...options, init: "random", block: 6, iterations: 1000, engine, signal: control.signal }),
    );
    expect(error).toMatchObject({ tag: "CancelledError", partial: { kind: "nmf", converged: false } });
    expect(Number.isFinite((error as unknown as { partial: { error: number } }).partial.error)).toBe(true);
    expect(reads).toBeLessThan(50); // no further pass through the data
    expect(engine.tf.memory().numTensors).toBe(before);
    const early = await rejected(() => pca(source, { engine, signal: AbortSignal.abort() }));
    expect(early).toMatchObject({ tag: "CancelledError" });
  });

  test("hands over an earlier start when it is stopped before the next one has done anything", async () => {
    const control = new AbortController();
    const { source } = sourceOf(large);
    const onProgress = ({ iteration }: { iteration: number }) => iteration === 10 && control.abort();
    const run = { ...options, restarts: 2, iterations: 10, tolerance: 0, engine, signal: control.signal };
    const error = await rejected(() => nmf(source, { ...run, onProgress }));
    expect(error).toMatchObject({ tag: "CancelledError", partial: { kind: "nmf", restarts: { length: 1 } } });
  });

  test("stops on the matrix of low rank with what it has by then", async () => {
    const control = new AbortController();
    const { source, reads } = sourceOf(large);
    const onProgress = () => control.abort();
    const run = { ...options, iterations: 100_000, engine, signal: control.signal, onProgress };
    expect(await rejected(() => nmf(source, run))).toMatchObject({ partial: { kind: "nmf", converged: false } });
    expect(Math.max(...reads)).toBeLessThan(12); // one for the mean, eight for the singular vectors
  });

  test("says where a value lies that it cannot use, and what it cannot do", async () => {
    const spoilt = spectrumImage(
      spectra.data.map((v, i) => (i === (8 * 7 + 2) * 40 + 5 ? -1 : v)),
      spectra.shape,
    );
    const run = (more: NmfOptions, data = spoilt) =>
      rejected(() => nmf(sourceOf(data).source, { ...options, engine, ...more }));
    expect(String(await run({ block: 3 }))).toMatch(/the first is -1 at row 8, column 2, channel 5/);
    expect(String(await run({ block: 0 }, spectra))).toMatch(/block: 0/);
    expect(await run({ components: 41 }, spectra)).toMatchObject({ tag: "OptionError" });
  });

  test("ends with the error of a read that fails", async () => {
    let reads = 0;
    const { source } = sourceOf(spectra, {
      onRead: () => {
        if (++reads === 9) throw new Error("the disk is gone");
      },
    });
    await expect(nmf(source, { ...options, block: 2, engine })).rejects.toThrow("the disk is gone");
  });

  test.runIf(hasNative)("is that of the whole on the wasm engine", async () => {
    const wasm = await wasmEngine();
    const expected = await nmf(spectra, { ...options, engine: wasm });
    const streamed = await nmf(sourceOf(spectra).source, { ...options, block: 4, engine: wasm });
    const parts = await pca(sourceOf(spectra).source, { components: 3, block: 4, engine: wasm });
    await defaultEngine();
    expectSameMaps(streamed, expected);
    expect(parts.explainedVariance).toHaveLength(3);
  });
});
