import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { image, spectrumImage } from "../../src/data";
import { type NmfOptions, nmf } from "../../src/decompose";
import { energyCurvature, scanCurvature } from "../../src/decompose/curvature";
import type { Engine } from "../../src/engine/engine";
import { defaultEngine } from "../support/engines";
import { rejected } from "../support/errors";

const ROWS = 7;
const COLUMNS = 8;
const CHANNELS = 24;

/** Poisson counts of two bands, dim where `scale` is small. */
function counts(scale = 6, seed = 2) {
  const random = createRandom(seed);
  const data = new Float32Array(ROWS * COLUMNS * CHANNELS);
  for (let p = 0; p < ROWS * COLUMNS; p++) {
    const mix = [(p % COLUMNS) / COLUMNS, Math.floor(p / COLUMNS) / ROWS];
    for (let c = 0; c < CHANNELS; c++) {
      const bands = mix[0] * Math.exp(-((c - 7) ** 2) / 12) + mix[1] * Math.exp(-((c - 16) ** 2) / 12);
      data[p * CHANNELS + c] = random.poisson(scale * bands);
    }
  }
  return spectrumImage(data, [ROWS, COLUMNS, CHANNELS]);
}

const data = counts();
let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});
const run = (options: NmfOptions = {}, spectra = data) =>
  nmf(spectra, { components: 2, iterations: 60, tolerance: 0, engine, ...options });

/** Sum of the squared second differences of the endmembers, each of unit length. */
function roughness({ endmembers }: { endmembers: { data: Float32Array } }): number {
  let sum = 0;
  for (let j = 0; j < 2; j++) {
    const spectrum = endmembers.data.subarray(j * CHANNELS, (j + 1) * CHANNELS);
    const length = Math.hypot(...spectrum);
    for (let c = 1; c < CHANNELS - 1; c++) {
      sum += ((spectrum[c - 1] - 2 * spectrum[c] + spectrum[c + 1]) / length) ** 2;
    }
  }
  return sum;
}

const WEIGHTS: [string, NmfOptions][] = [
  ["no penalty", {}],
  ["sparsity", { sparsity: 0.05 }],
  ["a ridge", { ridge: { maps: 0.05, endmembers: 0.2 } }],
  ["smoothness along energy and scan", { smoothness: { maps: 0.3, endmembers: 2 } }],
  ["all of them", { sparsity: 0.02, ridge: 0.01, smoothness: 0.5 }],
];

describe.each(["frobenius", "kullback-leibler"] as const)("nmf with the loss %s", (loss) => {
  test.each(WEIGHTS)("never lets the objective grow with %s", async (_, weights) => {
    const { objective } = await run({ loss, init: "random", seed: 3, iterations: 200, ...weights });
    const { values, iterations } = objective;
    expect(iterations).toEqual(Array.from({ length: 20 }, (_, i) => 10 * (i + 1)));
    // Sums of float32 terms: 1e-5 of the objective near its minimum.
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThanOrEqual(values[i - 1] * (1 + 1e-5));
  });

  test.each(WEIGHTS)("states the objective that its factors have, with %s", async (_, weights) => {
    const { maps, endmembers, objective } = await run({ loss, ...weights });
    const pixels = ROWS * COLUMNS;
    let distance = 0;
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < CHANNELS; c++) {
        const x = data.data[p * CHANNELS + c];
        let model = 0;
        for (let j = 0; j < 2; j++) model += maps.data[j * pixels + p] * endmembers.data[j * CHANNELS + c];
        if (loss === "frobenius") distance += (x - model) ** 2 / 2;
        else distance += (x > 0 ? x * Math.log(x / model) : 0) - x + model;
      }
    }
    const stated = objective.values[objective.values.length - 1];
    if (Object.keys(weights).length === 0) expect(stated / (distance / data.data.length)).toBeCloseTo(1, 4);
    else expect(stated).toBeGreaterThan((distance / data.data.length) * (1 + 1e-4)); // a penalty is on top
    const names = Object.keys(weights).map((name) => ` + ${name}`);
    expect(objective.name).toMatch(new RegExp(names.join("").replaceAll("+", "\\+")));
  });

  test("scales with the data under penalties: maps stay, endmembers follow", async () => {
    const weights = { sparsity: 0.05, ridge: 0.02, smoothness: 0.3 };
    const one = await run({ loss, ...weights });
    const scaled = spectrumImage(
      data.data.map((v) => 1024 * v),
      data.shape,
    );
    const other = await run({ loss, ...weights }, scaled);
    // A power of two rounds nothing, but the weights hold its root's powers; 60 iterations carry that on.
    expect(other.maps.data).toMatchArray(one.maps.data, { relative: 1e-3 });
    expect(other.endmembers.data.map((v) => v / 1024)).toMatchArray(one.endmembers.data, { relative: 1e-3 });
  });

  test("sparsity makes zeros, smoothness makes endmembers smooth", async () => {
    const plain = await run({ loss, iterations: 300 });
    const sparse = await run({ loss, iterations: 300, sparsity: 0.3 });
    const small = (maps: Float32Array) => maps.filter((v) => v < 1e-3).length;
    expect(small(sparse.maps.data)).toBeGreaterThan(small(plain.maps.data));
    const smooth = await run({ loss, iterations: 300, ridge: { maps: 0.01 }, smoothness: { endmembers: 5 } });
    expect(roughness(smooth)).toBeLessThan(0.5 * roughness(plain));
    const still = await run({ loss, iterations: 300, ridge: { endmembers: 0.01 }, smoothness: { maps: 5 } });
    expect(still.maps.data).not.toMatchArray(plain.maps.data, { relative: 1e-2 });
  });

  test("the ridge changes the answer", async () => {
    const [none, some] = [await run({ loss }), await run({ loss, ridge: 0.1 })];
    expect(some.maps.data).not.toMatchArray(none.maps.data, { relative: 1e-3 });
    expect(some.options).toMatchObject({ ridge: { maps: 0.1, endmembers: 0.1 } });
  });

  test("keeps the best of several starts, and tells of each", async () => {
    const result = await run({ loss, restarts: 4, seed: 5, iterations: 15 });
    expect(result.restarts?.map(({ seed }) => seed)).toEqual([5, 6, 7, 8]);
    const lowest = Math.min(...(result.restarts ?? []).map(({ objective }) => objective));
    expect(result.objective.values[result.objective.values.length - 1]).toBe(lowest);
    const best = result.restarts?.find(({ objective }) => objective === lowest);
    const alone = await run({ loss, init: "random", seed: best?.seed, iterations: 15 });
    expect(alone.endmembers.data).toEqual(result.endmembers.data);
    expect(result.options).toMatchObject({ restarts: 4, init: "random", seed: 5 });
  });

  test("a sparsity beyond all measure leaves nothing, at the price of the data alone", async () => {
    const { maps, objective, converged } = await run({ loss, sparsity: 1e6, tolerance: 1e-4 });
    expect(Math.max(...maps.data)).toBe(0);
    expect(converged).toBe(true);
    const squares = data.data.reduce((sum, v) => sum + v * v, 0) / data.data.length;
    if (loss === "frobenius") expect(objective.values[0] / (squares / 2)).toBeCloseTo(1, 5);
  });

  test("leaves no tensor behind", async () => {
    const before = engine.tf.memory().numTensors;
    await run({ loss, sparsity: 0.01, restarts: 2, iterations: 3 });
    expect(engine.tf.memory().numTensors).toBe(before);
  });
});

describe("nmf with Kullback-Leibler", () => {
  const loss = "kullback-leibler";

  test("is safe at zeros: dark pixels, dead channels", async () => {
    const dark = data.data.map((v, i) => (i % CHANNELS === 4 || Math.floor(i / CHANNELS) === 9 ? 0 : v));
    const { maps, endmembers, objective } = await run({ loss, iterations: 100 }, spectrumImage(dark, data.shape));
    expect([...maps.data, ...endmembers.data, ...objective.values].every(Number.isFinite)).toBe(true);
    expect([maps.data[9], maps.data[ROWS * COLUMNS + 9], endmembers.data[4], endmembers.data[CHANNELS + 4]]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test("fits counts better than least squares, by its own measure: half of each count's deviance a value", async () => {
    const bright = counts(40);
    const { objective } = await run({ loss, iterations: 500 }, bright);
    const parameters = 2 * (ROWS * COLUMNS + CHANNELS - 2);
    // For Poisson counts of means well above 1 twice the divergence has the mean 1 - parameters / values; dim channels
    // have less. The expected value lies between that and 0.
    expect(2 * objective.values[objective.values.length - 1]).toBeLessThan(1.1);
    expect(2 * objective.values[objective.values.length - 1]).toBeGreaterThan(
      0.6 * (1 - parameters / bright.data.length),
    );
  });

  test("converges by the fall of its objective", async () => {
    const loose = await run({ loss, iterations: 2000, tolerance: 1e-2 });
    const tight = await run({ loss, iterations: 2000, tolerance: 1e-5 });
    expect([loose.converged, tight.converged]).toEqual([true, true]);
    expect(Number(tight.history.at(-1)?.options.iterationsDone)).toBeGreaterThan(
      Number(loose.history.at(-1)?.options.iterationsDone),
    );
  });

  test("stops on request and hands over the best factors so far", async () => {
    const control = new AbortController();
    let seen = 0;
    const onProgress = ({ restart }: { restart?: number }) => {
      seen = restart ?? 0;
      if (restart === 2) control.abort("button");
    };
    const error = await rejected(() => run({ loss, restarts: 3, iterations: 30, signal: control.signal, onProgress }));
    expect(seen).toBe(2);
    expect(error).toMatchObject({ tag: "CancelledError", partial: { kind: "nmf", restarts: { length: 2 } } });
  });
});

describe("curvature", () => {
  test("is the sum of squared second differences, none across a gap", () => {
    const factor = Float32Array.from({ length: 12 }, (_, i) => Math.sin(3 * i));
    const energy = energyCurvature([0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13]);
    const value = (m: typeof energy, f: Float32Array) =>
      f.reduce((sum, v, i) => sum + v * (m.parts(f, 1, i, 0).positive - m.parts(f, 1, i, 0).negative), 0);
    const second = (f: ArrayLike<number>, [a, b, c]: readonly number[]) => (f[a] - 2 * f[b] + f[c]) ** 2;
    const triples = [
      [0, 1, 2],
      [3, 4, 5],
      [4, 5, 6],
      [7, 8, 9],
      [8, 9, 10],
      [9, 10, 11],
    ];
    expect(value(energy, factor)).toBeCloseTo(
      triples.reduce((sum, t) => sum + second(factor, t), 0),
      5,
    );
    // A plane has none, on a 3 x 4 scan without one corner.
    const index = Array.from({ length: 12 }, (_, i) => i).slice(1);
    const scan = scanCurvature({ rows: 3, columns: 4, index });
    const plane = Float32Array.from(index, (i) => 1 + (i % 4) + 2 * Math.floor(i / 4));
    expect(value(scan, plane)).toBeCloseTo(0, 5);
    const slopes = plane.map((_, i) => scan.slope(plane, 1, i, 0));
    expect(slopes).toMatchArray(new Float32Array(11), { absolute: 1e-5 });
    expect(scan.diagonal(0)).toBe(1 + 1); // column 1 of row 0: an end of the row's only triple, and of its column's
  });
});

describe("nmf refuses", () => {
  test.each([
    ["an unknown loss", { loss: "poisson" as "frobenius" }, /"poisson"/],
    ["Kullback-Leibler from zeros", { loss: "kullback-leibler", init: "nndsvd" }, /zeros/],
    ["a negative sparsity", { sparsity: -1 }, /sparsity: -1/],
    ["an endless smoothness", { smoothness: { maps: Number.POSITIVE_INFINITY } }, /smoothness/],
    ["a penalty on the endmembers alone", { smoothness: { endmembers: 1 } }, /ridge: { maps: 0.01 }/],
    ["a penalty on the maps alone", { sparsity: { maps: 1 } }, /ridge: { endmembers: 0.01 }/],
    ["no restart", { restarts: 0 }, /restarts: 0/],
    ["restarts of one start", { restarts: 3, init: "nndsvda" }, /restarts: 3, init: "nndsvda"/],
    ["an unknown way with NaN", { missing: "zero" as "ignore" }, /"zero"/],
  ] as [string, NmfOptions, RegExp][])("%s", async (_, options, message) => {
    const error = await rejected(() => run(options));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toMatch(message);
  });
});

describe("nmf with missing values", () => {
  const holes = (spoil: (pixel: number, channel: number) => boolean) =>
    spectrumImage(
      data.data.map((v, i) => (spoil(Math.floor(i / CHANNELS), i % CHANNELS) ? Number.NaN : v)),
      data.shape,
    );

  test.each(["frobenius", "kullback-leibler"] as const)("gives the same where nothing is missing: %s", async (loss) => {
    const whole = await run({ loss });
    const same = await run({ loss, missing: "ignore" });
    expect(same.endmembers.data).toEqual(whole.endmembers.data);
    expect(same.options).toMatchObject({ missing: "ignore" });
  });

  test("leaves out pixels and channels that are NaN throughout, as a mask and a crop do", async () => {
    const dead = (p: number) => p % 5 === 1;
    const spoilt = await run(
      { missing: "ignore" },
      holes((p, c) => dead(p) || c === 11),
    );
    const mask = image(
      Float32Array.from({ length: ROWS * COLUMNS }, (_, p) => (dead(p) ? 0 : 1)),
      [ROWS, COLUMNS],
    );
    const cut = spectrumImage(
      data.data.filter((_, i) => i % CHANNELS !== 11),
      [ROWS, COLUMNS, CHANNELS - 1],
    );
    const masked = await run({ mask }, cut);
    const finite = (values: Float32Array) => values.filter((v) => !Number.isNaN(v));
    expect(finite(spoilt.maps.data)).toEqual(finite(masked.maps.data));
    expect([...spoilt.maps.data.subarray(0, ROWS * COLUMNS)].map(Number.isNaN)).toEqual(
      Array.from({ length: ROWS * COLUMNS }, (_, p) => dead(p)),
    );
    expect([spoilt.endmembers.data[11], spoilt.endmembers.data[CHANNELS + 11]]).toEqual([Number.NaN, Number.NaN]);
    expect(finite(spoilt.endmembers.data)).toEqual(masked.endmembers.data);
  });

  test.each(["frobenius", "kullback-leibler"] as const)("single NaN values count nothing: %s", async (loss) => {
    // Rank two without noise: a tenth of the values tells all the others.
    const pixels = ROWS * COLUMNS;
    const exact = Float32Array.from({ length: pixels * CHANNELS }, (_, i) => {
      const [p, c] = [Math.floor(i / CHANNELS), i % CHANNELS];
      return (1 + (p % 3)) * Math.exp(-((c - 7) ** 2) / 12) + (1 + ((p * 5) % 7)) * Math.exp(-((c - 16) ** 2) / 12);
    });
    const random = createRandom(8);
    const spoilt = exact.map((v) => (random.uniform() < 0.1 ? Number.NaN : v));
    const result = await run({ loss, missing: "ignore", iterations: 1000 }, spectrumImage(spoilt, data.shape));
    const { maps, endmembers, objective } = result;
    const rebuilt = Float32Array.from({ length: exact.length }, (_, i) => {
      const [p, c] = [Math.floor(i / CHANNELS), i % CHANNELS];
      return maps.data[p] * endmembers.data[c] + maps.data[pixels + p] * endmembers.data[CHANNELS + c];
    });
    expect(rebuilt).toMatchArray(exact, { relative: 0.02 }); // what 1000 iterations leave
    const { values } = objective;
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThanOrEqual(values[i - 1] * (1 + 1e-4) + 1e-8); // rounding near 0
  });

  test("refuses NaN by default, infinite values and nothing but NaN always", async () => {
    const one = holes((p, c) => p === 3 && c === 2);
    expect(await rejected(() => run({}, one))).toMatchObject({ tag: "DataError" });
    const infinite = spectrumImage(
      data.data.map((v, i) => (i === 40 ? Number.POSITIVE_INFINITY : v)),
      data.shape,
    );
    expect(await rejected(() => run({ missing: "ignore" }, infinite))).toMatchObject({ tag: "DataError" });
    const nothing = holes(() => true);
    expect(String(await rejected(() => run({ missing: "ignore" }, nothing)))).toMatch(/all NaN/);
  });
});
