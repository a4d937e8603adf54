import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { decode, encode, type FitOptions, fit, parameterCount, posterior, predict } from "../../src/models";
import { type JrvaeModel, type JrvaeOptions, jrvae } from "../../src/models/jrvae";
import { jrvaeArchitecture } from "../../src/models/jrvae-network";
import { rejected, thrown } from "../support/errors";
import { turnedBlobs } from "./support/blobs";
import { lossSlopes } from "./support/loss-slope";
import { unit } from "./support/random-arrays";
import { weightsOf } from "./support/small-pairs";

// Hundreds of small training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

const small = (options: Partial<JrvaeOptions> = {}): JrvaeModel =>
  jrvae({ image: [6, 6, 1], hidden: 12, seed: 1, ...options });

test("a jrVAE of 28 x 28 pixels and 10 classes has AtomAI's 1,733,653 parameters", () => {
  const model = jrvae({ image: [28, 28, 1], latent: 2, classes: 10, layers: 3, hidden: 512 });
  expect(parameterCount(model)).toBe(1_733_653);
});

describe("each option changes the answer", () => {
  const images = unit(2, 24, 6, 6, 1);
  const settings: FitOptions = { epochs: 2, batch: 8, learningRate: 1e-2, trace: false, onProgress: () => {} };
  const trained = async (options: Partial<JrvaeOptions>) => {
    const model = small(options);
    await fit(model, images, settings);
    return weightsOf(model);
  };
  const capacity = { largest: 20, steps: 10, gamma: 30 };

  test.each([
    ["seed", { seed: 2 }],
    ["latent", { latent: 3 }],
    ["layers", { layers: 1 }],
    ["hidden", { hidden: 8 }],
    ["rotation", { rotation: false }],
    ["shift", { shift: false }],
    ["skip", { skip: true }],
    ["sigmoid", { sigmoid: true }],
    ["likelihood", { likelihood: "bernoulli" }],
    ["deviation", { deviation: 0.5 }],
    ["anglePrior", { anglePrior: 1 }],
    ["angleKl", { angleKl: "normal" }],
    ["shiftPrior", { shiftPrior: 0.5 }],
    ["classes", { classes: [2, 3] }],
    ["temperature", { temperature: 0.3 }],
    ["capacity", { capacity }],
    ["classCapacity", { classCapacity: capacity }],
  ] satisfies [keyof JrvaeOptions, Partial<JrvaeOptions>][])("%s", async (_, options) => {
    expect(await trained(options)).not.toEqual(await trained({}));
  });

  test("and the same options give the same weights twice", async () => {
    expect(await trained({ classes: 3 })).toEqual(await trained({ classes: [3] }));
  });
});

test("the gradient of the loss is the slope of central differences, weight by weight", () => {
  const model = small({ classes: [2, 3], deviation: 1, temperature: 1 });
  const slopes = lossSlopes(engine, jrvaeArchitecture, model, [unit(4, 4, 6, 6, 1)]);
  expect(slopes.length).toBeGreaterThan(15);
  for (const { name, analytic, numeric, scale } of slopes) {
    // The loss is float32, 6e-8 of some 4000 (gamma times the KL), over a step of 2e-2: 1e-2; and its third derivative.
    expect([analytic], name).toMatchArray([numeric], { absolute: 5e-3 * scale + 3e-2 });
  }
});

describe("a model of two discrete latents", () => {
  const model = small({ classes: [3, 2] });
  const images = unit(3, 5, 6, 6, 1);

  test("gives probabilities that add up to 1 for each", async () => {
    const { classes, mean, angle } = await posterior(model, images);
    expect([classes?.shape, mean.shape, angle?.length]).toEqual([[5, 5], [5, 2], 5]);
    const sums = Array.from({ length: 10 }, (_, k) => {
      const [from, to] = k % 2 === 0 ? [0, 3] : [3, 5];
      return classes!.data.subarray(5 * (k >> 1) + from, 5 * (k >> 1) + to).reduce((a, b) => a + b, 0);
    });
    expect(sums).toMatchArray(new Array(10).fill(1), { relative: 1e-6 }); // float32
  });

  test("encodes the content and decodes content with classes", async () => {
    expect((await encode(model, images)).shape).toEqual([5, 2]);
    const points = { data: Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0), shape: [2, 7] };
    const { data, shape } = await decode(model, points);
    expect(shape).toEqual([2, 6, 6, 1]);
    expect(data.subarray(0, 36)).not.toEqual(data.subarray(36)); // another class, another image
    expect(await rejected(() => decode(model, { data: new Float32Array(4), shape: [2, 2] }))).toMatchObject({
      tag: "ShapeError",
    });
  });

  test("predicts each sample in its likeliest class and own pose", async () => {
    const straight = small({ classes: [3, 2], rotation: false, shift: false });
    const { mean, classes } = await posterior(straight, images);
    const points = new Float32Array(5 * 7);
    for (let i = 0; i < 5; i++) {
      points.set(mean.data.subarray(2 * i, 2 * i + 2), 7 * i);
      for (const [from, to] of [
        [0, 3],
        [3, 5],
      ]) {
        const part = classes!.data.subarray(5 * i + from, 5 * i + to);
        points[7 * i + 2 + from + part.indexOf(Math.max(...part))] = 1;
      }
    }
    const drawn = await decode(straight, { data: points, shape: [5, 7] });
    expect((await predict(straight, images)).data).toMatchArray(drawn.data, { relative: 1e-6 });
    expect((await predict(model, images)).shape).toEqual(images.shape);
  });
});

test("classes sort blobs of two lengths at any angle", async ({ skip }) => {
  if (engine.native === undefined) skip("no native engine: 600 steps take a minute");
  const images = turnedBlobs(240, 9);
  const model = jrvae({
    image: [9, 9, 1],
    latent: 1,
    classes: 2,
    hidden: 32,
    seed: 3,
    shift: false,
    anglePrior: 0.5,
    capacity: { largest: 4, steps: 600, gamma: 10 },
    classCapacity: { largest: 0.7, steps: 600, gamma: 1 },
  });
  await fit(model, images, { epochs: 60, batch: 24, learningRate: 3e-3, seed: 3, onProgress: () => {} });
  const { classes } = await posterior(model, images);
  const inFirst = (parity: number) => {
    const own = classes!.data.filter((_, k) => k % 4 === 2 * parity);
    return own.reduce((sum, p) => sum + p, 0) / own.length;
  };
  expect(Math.abs(inFirst(0) - inFirst(1))).toBeGreaterThan(0.8); // long blobs in one class, short ones in the other
});

describe("jrvae refuses, with got, needed and what to do,", () => {
  test.each([
    ["a single class", { classes: 1 }],
    ["an empty list of classes", { classes: [] }],
    ["a temperature of 0", { temperature: 0 }],
    ["a capacity of no steps", { capacity: { largest: 5, steps: 0, gamma: 30 } }],
    ["a class capacity without weight", { classCapacity: { largest: 5, steps: 10, gamma: 0 } }],
    ["a layer too few", { layers: 0 }],
  ] satisfies [string, Partial<JrvaeOptions>][])("%s", (_, options) => {
    const error = thrown(() => small(options));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toMatch(/jrvae[\s\S]*got:[\s\S]*needed:[\s\S]*do this:/);
  });
});
