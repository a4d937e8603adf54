import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { image, spectrumImage } from "../../src/data";
import { type NmfOptions, nmf } from "../../src/decompose";
import type { Engine } from "../../src/engine/engine";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { rejected } from "../support/errors";

const ROWS = 8;
const COLUMNS = 9;
const CHANNELS = 20;

/** Three separated bands whose abundances each dominate somewhere: a problem with one solution. */
function threeBands(noise = 0) {
  const random = createRandom(4);
  const centres = [3, 10, 16];
  const data = new Float32Array(ROWS * COLUMNS * CHANNELS);
  for (let p = 0; p < ROWS * COLUMNS; p++) {
    const mix = [0, 1, 2].map((j) => (p % 4 === j ? 1 + random.uniform() : p % 4 === 3 ? random.uniform() : 0));
    for (let c = 0; c < CHANNELS; c++) {
      for (let j = 0; j < 3; j++) data[p * CHANNELS + c] += (j + 1) * mix[j] * Math.exp(-((c - centres[j]) ** 2) / 4);
      data[p * CHANNELS + c] += noise * random.uniform();
    }
  }
  return spectrumImage(data, [ROWS, COLUMNS, CHANNELS]);
}

const product = (maps: Float32Array, endmembers: Float32Array, k: number, channels: number) => {
  const pixels = maps.length / k;
  return Float32Array.from({ length: pixels * channels }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < k; j++)
      sum += maps[j * pixels + Math.floor(i / channels)] * endmembers[j * channels + (i % channels)];
    return sum;
  });
};

const noisy = threeBands(0.3);
let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});
const run = (options: NmfOptions = {}) => nmf(noisy, { components: 3, iterations: 60, engine, ...options });

describe("nmf", () => {
  test("finds the bands of separable data again, in the order of their energy", async () => {
    const result = await nmf(threeBands(), { components: 3, iterations: 1000, tolerance: 1e-7, engine });
    // Coordinate descent nears the minimum geometrically; 1e-3 is where 1000 iterations leave this problem.
    expect(result.error).toBeLessThan(1e-3);
    const peaks = [0, 1, 2].map((j) => {
      const spectrum = [...result.endmembers.data.subarray(j * CHANNELS, (j + 1) * CHANNELS)];
      return spectrum.indexOf(Math.max(...spectrum));
    });
    expect(peaks).toEqual([16, 10, 3]);
  });

  test("rebuilds the data to the error it states", async () => {
    const { maps, endmembers, error } = await run();
    const rebuilt = product(maps.data, endmembers.data, 3, CHANNELS);
    let residual = 0;
    let total = 0;
    for (const [i, value] of noisy.data.entries()) {
      residual += (value - rebuilt[i]) ** 2;
      total += value ** 2;
    }
    expect(error / Math.sqrt(residual / total)).toBeCloseTo(1, 4); // float32 rounding of the scaled factors
  });

  test("scales every map to a largest value of 1, and all factors are at least 0", async () => {
    const { maps, endmembers } = await run();
    expect(maps.shape).toEqual([3, ROWS, COLUMNS]);
    expect(endmembers.shape).toEqual([3, CHANNELS]);
    for (let j = 0; j < 3; j++) {
      expect(Math.max(...maps.data.subarray(j * ROWS * COLUMNS, (j + 1) * ROWS * COLUMNS))).toBeCloseTo(1, 6);
    }
    expect(Math.min(...maps.data, ...endmembers.data)).toBeGreaterThanOrEqual(0);
  });

  test("never lets the error grow", async () => {
    const { trace, error } = await run({ tolerance: 0 });
    expect(trace).toHaveLength(6); // every tenth of 60 iterations
    // Between checks the error comes from float32 inner products: 1e-4 of it at an error of a few per cent.
    for (let i = 1; i < trace.length; i++) expect(trace[i]).toBeLessThanOrEqual(trace[i - 1] * (1 + 1e-4));
    expect(trace.at(-1)).toBe(error);
  });

  test("scales with the data: maps stay, endmembers follow", async () => {
    const scaled = spectrumImage(
      noisy.data.map((v) => v * 1024),
      noisy.shape,
    );
    const [one, other] = [await run(), await nmf(scaled, { components: 3, iterations: 60, engine })];
    // A power of two changes no rounding in the products; the singular vectors are found in float32 and float64 mixed.
    expect(other.maps.data).toMatchArray(one.maps.data, { relative: 1e-3 });
    expect(other.endmembers.data.map((v) => v / 1024)).toMatchArray(one.endmembers.data, { relative: 1e-3 });
  });

  test("gives the same for the same seed, and other numbers for another random start", async () => {
    const draw = async (seed: number) => (await run({ init: "random", seed, iterations: 5 })).endmembers.data;
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  test("obeys init, iterations, tolerance and components", async () => {
    const short = { iterations: 2, tolerance: 0 };
    const starts = await Promise.all((["nndsvd", "nndsvda", "random"] as const).map((init) => run({ ...short, init })));
    expect(new Set(starts.map((s) => s.error)).size).toBe(3);
    const long = await run({ iterations: 300, tolerance: 0 });
    expect(long.error).toBeLessThan((await run(short)).error);
    expect(long.converged).toBe(false);
    const loose = await run({ iterations: 300, tolerance: 0.3 });
    expect(loose.converged).toBe(true);
    expect(Number(loose.history.at(-1)?.options.iterationsDone)).toBeLessThan(300);
    expect((await run({ components: 5 })).maps.shape[0]).toBe(5);
  });

  test("takes nearly the same way over the matrix of low rank, and the very way without", async () => {
    const [short, plain] = [await run({ iterations: 60, tolerance: 0 }), await run({ tolerance: 0, lowRank: false })];
    expect(short.trace).toHaveLength(plain.trace.length);
    expect(short.endmembers.data).not.toEqual(plain.endmembers.data);
    expect(short.error / plain.error).toBeCloseTo(1, 3);
    // What the data have beyond rank 13 of 20 is noise, which moves the factors by a part of itself.
    expect(short.endmembers.data).toMatchArray(plain.endmembers.data, { relative: 0.05 });
    expect(plain.options.lowRank).toBe(false);
    const ten = { iterations: 10, tolerance: 0 };
    expect((await run(ten)).maps).toEqual((await run({ ...ten, lowRank: false })).maps); // always on the data to the end
  });

  test("goes on from an earlier result", async () => {
    const first = await run({ iterations: 20, tolerance: 0 });
    const second = await run({ init: first, iterations: 20, tolerance: 0 });
    const whole = await run({ iterations: 40, tolerance: 0 });
    // The rescaled factors round differently on the way: 1e-4 of the values.
    expect(second.endmembers.data).toMatchArray(whole.endmembers.data, { relative: 1e-4 });
  });

  test("decomposes the pixels of a mask alone, with NaN elsewhere", async () => {
    const inside = Float32Array.from({ length: ROWS * COLUMNS }, (_, p) => (p % 4 < 2 ? 1 : 0));
    const mask = image(inside, [ROWS, COLUMNS]);
    const { maps, error } = await nmf(threeBands(), { components: 2, mask, tolerance: 1e-7, engine });
    const holes = [...maps.data.subarray(0, ROWS * COLUMNS)].map(Number.isNaN);
    expect(holes).toEqual([...inside].map((v) => v === 0));
    expect(error).toBeLessThan(1e-4); // only the first two bands occur there: two components are enough
  });

  test("takes a bare array of spectra, and reports progress", async () => {
    const seen: number[] = [];
    const bare = { data: noisy.data, shape: [ROWS * COLUMNS, CHANNELS] };
    const result = await nmf(bare, {
      components: 3,
      iterations: 25,
      tolerance: 0,
      engine,
      onProgress: (p) => seen.push(p.iteration),
    });
    expect(result.maps.shape).toEqual([3, ROWS * COLUMNS, 1]);
    expect(seen).toEqual([10, 20, 25]);
  });

  test("records what it did", async () => {
    const result = await run({ seed: 7 });
    expect(result.options).toMatchObject({ components: 3, seed: 7, init: "nndsvda", iterations: 60 });
    expect(result.history.at(-1)?.operation).toBe("nmf");
    expect(result.axes).toBe(noisy.axes);
  });

  test("leaves no tensor behind, also when it is stopped", async () => {
    const before = engine.tf.memory().numTensors;
    await run();
    await rejected(() => run({ signal: AbortSignal.abort(), iterations: 10_000, tolerance: 0 }));
    expect(engine.tf.memory().numTensors).toBe(before);
  });

  test("stops on request and hands over the factors so far", async () => {
    const control = new AbortController();
    const onProgress = () => control.abort("button");
    const error = await rejected(() =>
      run({ init: "random", signal: control.signal, onProgress, iterations: 1_000_000, tolerance: 0 }),
    );
    expect(error).toMatchObject({ tag: "CancelledError", partial: { kind: "nmf", converged: false } });
  });

  test.runIf(hasNative)("gives the same on the wasm engine", async () => {
    const native = await run({ tolerance: 0 });
    const wasm = await run({ tolerance: 0, engine: await wasmEngine() });
    await defaultEngine();
    expect(wasm.options.engine).toBe("wasm");
    // Float32 products add up in another order; 60 iterations carry that on.
    expect(wasm.maps.data).toMatchArray(native.maps.data, { relative: 1e-3 });
    expect(wasm.error / native.error).toBeCloseTo(1, 5);
  });
});

describe("nmf refuses", () => {
  const spoilt = (value: number) =>
    spectrumImage(
      noisy.data.map((v, i) => (i === 205 || i === 300 ? value : v)),
      noisy.shape,
    );
  test.each([
    [
      "negative counts",
      () => nmf(spoilt(-1)),
      "DataError",
      /2 negative of 1440 values; the first is -1 at row 1, column 1, channel 5/,
    ],
    ["NaN", () => nmf(spoilt(Number.NaN)), "DataError", /2 not finite of 1440.*row 1, column 1, channel 5/],
    ["all zeros", () => nmf({ data: new Float32Array(20), shape: [4, 5] }, { components: 2 }), "DataError", /all 0/],
    ["no components", () => run({ components: 0 }), "OptionError", /components: 0/],
    ["more components than channels", () => run({ components: 21 }), "OptionError", /1 to 20/],
    ["an unknown start", () => run({ init: "zeros" as "random" }), "OptionError", /"zeros"/],
    ["a negative tolerance", () => run({ tolerance: -1 }), "OptionError", /tolerance: -1/],
    [
      "a shape that does not belong to the array",
      () => nmf({ data: new Float32Array(7), shape: [2, 3] }),
      "ShapeError",
      /7 values/,
    ],
    ["a mask without pixels", () => run({ mask: new Float32Array(ROWS * COLUMNS) }), "ShapeError", /0 everywhere/],
    [
      "a start of another size",
      async () => run({ components: 4, init: await run() }),
      "ShapeError",
      /endmembers 4 x 20/,
    ],
  ])("%s", async (_, work, tag, message) => {
    const error = await rejected(work);
    expect(error).toMatchObject({ tag });
    expect(String(error)).toMatch(message);
  });
});
