import { beforeAll, describe, expect, test } from "vitest";
import { compare } from "../../src/analyse";
import { type BaselineTask, type Rows, runBaseline } from "../../src/analyse/baselines";
import type { Baseline } from "../../src/analyse/baselines/baseline";
import type { ComparisonRow } from "../../src/analyse/comparison";
import { verdicts } from "../../src/analyse/comparison-words";
import { createPace } from "../../src/core/pace";
import { axis, type Pairs } from "../../src/data";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { fit, type Im2specModel, spec2im, vae } from "../../src/models";
import { describe as inWords } from "../../src/notebook/describe";
import { shapes, split } from "../../src/signal";
import { smallModel, smallPairs } from "../models/support/small-pairs";
import { rejected } from "../support/errors";

let engine: Engine;
let tensors = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensors = engine.tf.memory().numTensors;
});

/** Rows of sines, the same as the script of the reference numbers makes. */
const rows = (count: number, size: number, value: (i: number, c: number) => number, from = 0): Rows => ({
  data: Float32Array.from({ length: count * size }, (_, k) => value(from + Math.floor(k / size), k % size)),
  count,
  size,
});
const narrow = (i: number, c: number) => [Math.sin(i), Math.cos(2 * i), Math.sin(3 * i + 1)][c];
const wide = (i: number, c: number) => Math.sin(i * (c + 1));
const target = (i: number, c: number) => (c === 0 ? Math.sin(i) ** 2 : Math.cos(2 * i) * Math.sin(3 * i + 1));
const line = (count: number, row: number) =>
  Int32Array.from({ length: 2 * count }, (_, k) => (k % 2 === 0 ? row : k >> 1));

function task(inputs: (i: number, c: number) => number, size: number, train: number, held: number): BaselineTask {
  return {
    train: { inputs: rows(train, size, inputs), targets: rows(train, 2, target), positions: line(train, 0) },
    test: { inputs: rows(held, size, inputs, train), targets: rows(held, 2, target, train), positions: line(held, 1) },
    engine,
    pace: createPace("a test"),
  };
}
const run = (baseline: Baseline, given: BaselineTask) => runBaseline(given, baseline, { inputs: "images", latent: 1 });

describe("a baseline agrees with scikit-learn 1.9.1", () => {
  // float32 products and data; the reference is float64
  const tolerance = { absolute: 3e-6 };

  test("ridge with its own alpha", async () => {
    const { predicted, settings, parameters } = await run({ kind: "ridge" }, task(narrow, 3, 15, 5));
    expect(settings.alpha).toBeCloseTo(3.1622777, 6);
    expect(parameters).toBe(8);
    const theirs = [0.4315956, 0.1771234, 0.217758, 0.0327255, 0.769881, -0.0830401, 0.5561995, -0.066125, 0.1396241];
    expect(predicted).toMatchArray([...theirs, 0.1351456], tolerance);
  });

  test("ridge with more values than samples", async () => {
    const { predicted } = await run({ kind: "ridge", alpha: 0.5 }, task(wide, 8, 6, 3));
    const theirs = [0.1269338, 0.5057471, 0.3299871, 0.4620381, 0.6866773, 0.2177538];
    expect(predicted).toMatchArray(theirs, tolerance);
    expect((await run({ kind: "ridge" }, task(wide, 8, 6, 3))).settings.alpha).toBe(1e4);
  });

  test("kernel ridge on two principal components", async () => {
    const options = { components: 2, gamma: 0.7, alpha: 0.05 };
    const { predicted } = await run({ kind: "kernel-ridge", ...options }, task(narrow, 3, 15, 5));
    const theirs = [
      0.3047202, -0.1172412, 0.1209445, -0.1799514, 0.89852, -0.2392897, 0.7089106, -0.0671835, 0.0325331,
    ];
    expect(predicted).toMatchArray([...theirs, 0.5950456], tolerance);
  });

  test("three nearest neighbours by inverse distance", async () => {
    const { predicted } = await run({ kind: "nearest", neighbours: 3 }, task(narrow, 3, 15, 5));
    const theirs = [
      0.3548423, 0.1413839, 0.1971453, -0.3288531, 0.8665984, -0.2468229, 0.4600239, -0.0989535, 0.0728227,
    ];
    expect(predicted).toMatchArray([...theirs, 0.6444393], tolerance);
  });
});

describe("a baseline keeps its law", () => {
  test("the nearest of a training sample is that sample", async () => {
    const given = task(narrow, 3, 15, 5);
    const same = { ...given, test: given.train };
    expect((await run({ kind: "nearest" }, same)).predicted).toEqual(given.train.targets.data);
    expect((await run({ kind: "positions" }, same)).predicted).toEqual(given.train.targets.data);
  });

  test("positions equally far share a place", async () => {
    const given = task(narrow, 3, 3, 1);
    // The test pixel lies 1 from the first and the third, 2 from the second: two places, of which both are tied.
    const train = { ...given.train, positions: Int32Array.from([0, 0, 0, 3, 0, 2]) };
    const one = { ...given.test, positions: Int32Array.from([0, 1]) };
    const { predicted } = await run({ kind: "positions", neighbours: 1 }, { ...given, train, test: one });
    const y = given.train.targets.data;
    expect(predicted).toMatchArray([(y[0] + y[4]) / 2, (y[1] + y[5]) / 2], { absolute: 1e-7 });
  });

  test("PCA gives back targets that its components span, and the mean predicts the mean", async () => {
    const given = task(narrow, 3, 15, 5);
    const back = (await run({ kind: "pca", components: 2 }, given)).predicted;
    expect(back).toMatchArray(given.test.targets.data, { absolute: 1e-6 });
    const mean = (await run({ kind: "mean" }, given)).predicted;
    const sum = given.train.targets.data.reduce((a, b, i) => a + (i % 2 === 0 ? b : 0), 0);
    expect(mean[0]).toBeCloseTo(sum / 15, 6);
  });

  test.each([
    [
      { kind: "ridge", alpha: 1 },
      { kind: "ridge", alpha: 5 },
    ],
    [
      { kind: "pca-ridge", components: 1 },
      { kind: "pca-ridge", components: 2 },
    ],
    [
      { kind: "pca-ridge", components: 2, alpha: 1 },
      { kind: "pca-ridge", components: 2, alpha: 9 },
    ],
    [{ kind: "kernel-ridge" }, { kind: "kernel-ridge", components: 2 }],
    [{ kind: "kernel-ridge" }, { kind: "kernel-ridge", gamma: 3 }],
    [{ kind: "kernel-ridge" }, { kind: "kernel-ridge", alpha: 3 }],
    [{ kind: "nearest" }, { kind: "nearest", neighbours: 2 }],
    [{ kind: "positions" }, { kind: "positions", neighbours: 1 }],
    [{ kind: "pca" }, { kind: "pca", components: 2 }],
  ] as [Baseline, Baseline][])("%o and %o differ", async (first, second) => {
    const given = task(narrow, 3, 15, 5);
    expect((await run(first, given)).predicted).not.toEqual((await run(second, given)).predicted);
  });
});

describe("compare", () => {
  const pairs: Pairs = {
    ...smallPairs(120),
    positions: Int32Array.from({ length: 240 }, (_, k) => (k % 2 === 0 ? Math.floor(k / 24) : (k >> 1) % 12)),
    scan: [10, 12],
    axes: { y: axis("y", 10), x: axis("x", 12), energy: smallPairs(1).axes.energy },
  };
  const sets = split(pairs, { by: "random", test: 0.25, seed: 4 });
  let model: Im2specModel;
  beforeAll(async () => {
    model = smallModel({ latent: 3 });
    await fit(model, sets.train, { epochs: 12, batch: 15, learningRate: 5e-3 });
  });

  test("puts models and baselines into one table, the smallest error first", async () => {
    const table = await compare({ mine: model }, { ...sets, noise: 0.01 });
    const overall = table.rows.map((row) => row.overall);
    expect(overall).toEqual([...overall].sort((a, b) => a - b));
    expect(table.rows.map((row) => row.name).sort()).toEqual([
      "10 principal components + ridge",
      "4 nearest positions",
      "5 nearest images",
      "mean",
      "mine",
      "ridge on 64 values",
    ]);
    expect(table.rows.find(({ name }) => name === "mine")).toMatchObject({
      type: "model",
      seconds: model.training?.seconds,
    });
    expect(table.noiseFloor).toBeGreaterThan(0);
    expect(inWords(table)).toBe(table.summary);
    expect(table.summary).toMatch(
      /split by random, seed 4 \(90 training, 30 test samples\); windows of both sets share/,
    );
    expect(table.notices.join()).toMatch(/this split leaks.*the position alone reaches.*gap: "window"/);
    expect(engine.tf.memory().numTensors).toBe(tensors);
  });

  test("takes chosen baselines with settings, and none", async () => {
    const chosen = await compare(model, { ...sets, baselines: ["mean", { kind: "ridge", alpha: 7 }] });
    expect(chosen.rows.map((row) => row.name).sort()).toEqual(["im2spec, 3 latents", "mean", "ridge on 64 values"]);
    expect(chosen.rows.find(({ name }) => name.startsWith("ridge"))?.settings).toEqual({ alpha: 7 });
    expect(chosen.noiseFloor).toBeUndefined();
    const alone = await compare([model, model], { ...sets, baselines: [] });
    expect(alone.rows.map((row) => row.name)).toEqual(["im2spec, 3 latents (1)", "im2spec, 3 latents (2)"]);
    expect(alone.rows[0].verdict).toBeUndefined();
  });

  test("sets PCA of the same size beside a model that gives back what it reads", async () => {
    const auto = vae({ spectrum: 16, latent: 2, hidden: 8 });
    await fit(auto, sets.train, { epochs: 2, batch: 30 });
    const table = await compare(auto, sets);
    expect(table).toMatchObject({ inputs: "spectra", outputs: "spectra" });
    expect(table.rows.map((row) => row.name)).toContain("PCA with 2 components");
    expect(table.notices[0]).toMatch(/vae, 2 latents is beaten by a baseline/);
  });

  test("takes as many principal components as the model has latents, also where it predicts another side", async () => {
    const table = await compare(model, { ...sets, baselines: ["pca"] });
    expect(table.rows.map((row) => row.name)).toContain("PCA with 3 components");
  });

  test("refuses baselines that would learn in another scaling than they are judged in", async () => {
    const { scaling } = pairs;
    const train = { ...sets.train, scaling: { ...scaling, images: { offset: 0, range: 3 } } };
    const error = await rejected(() => compare([], { ...sets, train, baselines: ["mean"] }));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toMatch(/images for training: offset 0, range 3; for the test: offset 0, range 2/);
  });

  test("predicts the other way without a model", async () => {
    const table = await compare([], { ...sets, predicts: "images", baselines: ["nearest"] });
    expect(table).toMatchObject({ inputs: "spectra", outputs: "images" });
    expect(table.rows[0].name).toBe("5 nearest spectra");
    expect((await compare([], { ...sets, baselines: ["nearest"] })).rows[0].name).toBe("5 nearest images");
  });

  test("knows sets that share no pixel", async () => {
    // Windows of 8 in a scan 12 wide: 7 columns between the parts leave the first training columns.
    const apart = split(pairs, { by: "columns", test: 0.2, gap: "window" });
    const table = await compare([], { ...apart, baselines: ["mean"] });
    expect(table.split).toMatchObject({ sharesPixels: false, text: "split by columns, gap window" });
    expect(table.notices).toEqual([]);
  });

  test("refuses models of different direction, unknown baselines and settings, and stops", async () => {
    const other = spec2im({ ...shapes(pairs), encoderFilters: 2, decoderFilters: 2 });
    const mixed = await rejected(() => compare([model, other], sets));
    expect(String(mixed)).toMatch(/images -> spectra; spec2im.*spectra -> images/);
    expect(await rejected(() => compare(model, { ...sets, baselines: ["forest" as never] }))).toMatchObject({
      tag: "OptionError",
    });
    for (const wrong of [
      { kind: "ridge", alpha: 0 },
      { kind: "nearest", neighbours: 1.5 },
    ] as const) {
      expect(await rejected(() => compare(model, { ...sets, baselines: [wrong] }))).toMatchObject({
        tag: "OptionError",
      });
    }
    const fresh = await rejected(() => compare(smallModel(), sets));
    expect(fresh).toMatchObject({ tag: "NotFittedError" });
    const signal = AbortSignal.abort();
    expect(await rejected(() => compare([], { ...sets, signal }))).toMatchObject({ tag: "CancelledError" });
  });
});

describe("verdicts", () => {
  const row = (type: ComparisonRow["type"], name: string, overall: number): ComparisonRow => ({
    ...{ type, name, overall, mean: overall, mse: 0, settings: {} },
  });
  const parted = { text: "split by rows", trainSamples: 2, testSamples: 1, sharesPixels: false };
  const of = (overall: number) =>
    verdicts([row("baseline", "ridge", 0.1), row("model", "net", overall)], parted, ["pca was left out"], 0.02);

  test("say who wins, and call 3 % a tie", () => {
    expect(of(0.09).notices).toEqual([
      "net beats every baseline; the best of them is ridge (10.0 %)",
      "pca was left out",
    ]);
    expect(of(0.102).notices[0]).toBe("net about ties with a baseline: ridge (10.0 %)");
    expect(of(0.11).notices[0]).toBe("net is beaten by a baseline: ridge (10.0 %)");
    expect(of(0.11).summary).toMatch(/noise alone +2\.00 %/);
  });
});
