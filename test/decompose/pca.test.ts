import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { image, spectrumImage } from "../../src/data";
import { type PcaOptions, type PcaResult, pca } from "../../src/decompose";
import type { Engine } from "../../src/engine/engine";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { rejected } from "../support/errors";

/** Random spectra with three directions of falling variance plus noise; as many pixels and channels as asked. */
function mixture(rows: number, columns: number, channels: number, offset = 0) {
  const random = createRandom(9);
  const bands = Array.from({ length: 3 }, () => Float64Array.from({ length: channels }, () => random.normal()));
  const data = new Float32Array(rows * columns * channels);
  for (let p = 0; p < rows * columns; p++) {
    const weights = [3 * random.normal(), random.normal(), 0.3 * random.normal()];
    for (let c = 0; c < channels; c++) {
      data[p * channels + c] = offset + 0.01 * random.normal();
      for (let j = 0; j < 3; j++) data[p * channels + c] += weights[j] * bands[j][c];
    }
  }
  return spectrumImage(data, [rows, columns, channels]);
}

const tall = mixture(10, 14, 12, 5);
const wide = mixture(4, 5, 130, 5);
/** The first half of the pixels. */
const halfOf = ({ shape: [rows, columns] }: typeof tall) =>
  Uint8Array.from({ length: rows * columns }, (_, i) => Number(2 * i < rows * columns));
let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});
const run = (options: PcaOptions = {}, data = tall) => pca(data, { components: 3, engine, ...options });

const product = (result: PcaResult) => {
  const [k, channels] = result.components.shape;
  const pixels = result.maps.data.length / k;
  return Float32Array.from({ length: pixels * channels }, (_, i) => {
    let sum = result.mean[i % channels];
    for (let j = 0; j < k; j++) {
      sum +=
        result.maps.data[j * pixels + Math.floor(i / channels)] * result.components.data[j * channels + (i % channels)];
    }
    return sum;
  });
};

describe("pca", () => {
  test("finds two points on a line exactly", async () => {
    const data = spectrumImage(Float32Array.from([1, 2, 1, 4]), [1, 2, 2]);
    const result = await pca(data, { components: 2, engine });
    expect([...result.mean]).toEqual([1, 3]);
    expect(result.components.data).toMatchArray([0, 1, 1, 0], { absolute: 1e-12 });
    expect(result.maps.data).toMatchArray([-1, 1, 0, 0], { absolute: 1e-6 }); // float32 scores
    expect(result.explainedVariance).toMatchArray([2, 0], { absolute: 1e-12 });
    expect(result.explainedVarianceRatio).toMatchArray([1, 0], { absolute: 1e-12 });
  });

  test.each([
    ["more pixels than channels", tall, 12],
    ["more channels than pixels", wide, 20],
  ])("rebuilds the data from all components, with %s", async (_, data, components) => {
    const result = await run({ components }, data);
    expect(product(result)).toMatchArray(data.data, { relative: 2e-6 }); // float32 scores and components
    const sum = result.explainedVarianceRatio.reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 5);
  });

  test.each([
    ["more pixels than channels", tall],
    ["more channels than pixels", wide],
  ])("gives orthonormal components and uncorrelated scores, with %s", async (_, data) => {
    const { components, maps, explainedVariance } = await run({}, data);
    const channels = components.shape[1];
    const pixels = maps.data.length / 3;
    const dot = (array: Float32Array, length: number, i: number, j: number) => {
      let sum = 0;
      for (let t = 0; t < length; t++) sum += array[i * length + t] * array[j * length + t];
      return sum;
    };
    const pairs = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j]));
    const gram = pairs.map(([i, j]) => dot(components.data, channels, i, j));
    expect(gram).toMatchArray([1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-6 }); // float32
    const scores = pairs.map(([i, j]) => dot(maps.data, pixels, i, j) / (pixels - 1));
    const expected = pairs.map(([i, j]) => (i === j ? explainedVariance[i] : 0));
    expect(scores).toMatchArray(expected, { relative: 1e-6 });
    for (let j = 0; j < 3; j++) {
      const component = components.data.subarray(j * channels, (j + 1) * channels);
      expect(Math.max(...component)).toBeGreaterThanOrEqual(-Math.min(...component));
    }
  });

  test("does not care for the order of the pixels, and follows the scale of the data", async () => {
    const order = createRandom(2).permutation(140);
    const shuffled = new Float32Array(tall.data.length);
    for (const [to, from] of order.entries()) shuffled.set(tall.data.subarray(from * 12, from * 12 + 12), to * 12);
    const one = await run();
    const other = await run(
      {},
      spectrumImage(
        shuffled.map((v) => 8 * v),
        tall.shape,
      ),
    );
    expect(other.components.data).toMatchArray(one.components.data, { absolute: 1e-5 }); // float32 covariance
    expect(other.explainedVariance.map((v) => v / 64)).toMatchArray(one.explainedVariance, { relative: 1e-5 });
  });

  test("agrees with itself by the randomised solver, which follows its seed", async () => {
    const exact = await run();
    const randomised = await run({ solver: "randomised", seed: 3 });
    expect(randomised.explainedVariance).toMatchArray(exact.explainedVariance, { relative: 1e-6 });
    expect(randomised.components.data).toMatchArray(exact.components.data, { absolute: 1e-5 });
    // Only a flat tail shows the seed: components of pure noise.
    const noise = async (seed: number) =>
      (await run({ solver: "randomised", seed, components: 12 }, mixture(20, 20, 60))).components.data;
    expect(await noise(1)).toEqual(await noise(1));
    expect(await noise(1)).not.toEqual(await noise(2));
  });

  test("decomposes the pixels of a mask alone, with NaN elsewhere", async () => {
    const inside = Float32Array.from({ length: 140 }, (_, p) => (p < 70 ? 1 : 0));
    const masked = await run({ mask: image(inside, [10, 14]) });
    const half = await run({}, spectrumImage(tall.data.slice(0, 70 * 12), [5, 14, 12]));
    expect(masked.explainedVariance).toEqual(half.explainedVariance);
    expect(masked.maps.data.slice(0, 70)).toEqual(half.maps.data.slice(0, 70));
    expect([...masked.maps.data.slice(70, 140)].every(Number.isNaN)).toBe(true);
  });

  test("explains nothing of constant spectra, without NaN", async () => {
    const result = await run({ components: 2 }, spectrumImage(new Float32Array(60).fill(3), [3, 4, 5]));
    expect(
      [...result.explainedVariance, ...result.explainedVarianceRatio, ...result.maps.data].every((v) => v === 0),
    ).toBe(true);
  });

  test("leaves no tensor behind", async () => {
    const before = engine.tf.memory().numTensors;
    await run();
    await run({}, wide);
    await run({ solver: "randomised" });
    await rejected(() => run({ signal: AbortSignal.abort() }));
    expect(engine.tf.memory().numTensors).toBe(before);
  });

  test.runIf(hasNative)("gives the same on the wasm engine, for sizes that use the native eigensolver", async () => {
    const data = mixture(12, 15, 150);
    const native = await run({}, data);
    const wasm = await run({ engine: await wasmEngine() }, data);
    await defaultEngine();
    expect(wasm.explainedVariance).toMatchArray(native.explainedVariance, { relative: 1e-6 });
    expect(wasm.components.data).toMatchArray(native.components.data, { absolute: 1e-5 });
  });

  test("says before any work that a problem is too large for wasm, and what to do", async () => {
    const wasm = await wasmEngine();
    const error = await rejected(() => run({ engine: wasm }, mixture(26, 20, 510)));
    await defaultEngine();
    expect(error).toMatchObject({ tag: "EngineError" });
    expect(String(error)).toMatch(/510 x 510[\s\S]*specbook setup[\s\S]*randomised/);
  });

  test.each([
    ["NaN", tall, [13], Number.NaN, {}],
    ["an infinite value", tall, [13], Number.POSITIVE_INFINITY, {}],
    ["values that cancel in the sum", tall, [1, 25], Number.NEGATIVE_INFINITY, {}],
    ["NaN in few spectra of many channels", wide, [13], Number.NaN, {}],
    ["NaN, randomised", tall, [13], Number.NaN, { solver: "randomised" as const }],
    ["NaN in a pixel of a mask", tall, [13], Number.NaN, { mask: halfOf(tall) }],
  ])("names %s and where it lies", async (_, image, places, value, options) => {
    const spoilt = image.data.slice();
    for (const [i, place] of places.entries()) spoilt[place] = i === 0 ? value : -value;
    const error = await rejected(() => run(options, spectrumImage(spoilt, image.shape)));
    expect(error).toMatchObject({ tag: "DataError" });
    expect(String(error)).toContain(`${places.length} not finite of `);
    expect(String(error)).toContain(`channel ${places[0] % image.shape[2]}`);
  });

  test.each([
    ["one spectrum", () => pca({ data: new Float32Array(4), shape: [1, 4] }, { components: 1 }), "DataError"],
    ["too many components", () => run({ components: 13 }), "OptionError"],
    ["null for options", () => pca(tall, null as unknown as PcaOptions), "OptionError"],
    ["an unknown solver", () => run({ solver: "full" as "exact" }), "OptionError"],
    ["a stop request", () => run({ signal: AbortSignal.abort() }), "CancelledError"],
  ])("refuses %s", async (_, work, tag) => {
    expect(await rejected(work)).toMatchObject({ tag });
  });
});
