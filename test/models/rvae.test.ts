import type { Tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createRandom } from "../../src/core";
import type { FloatArray } from "../../src/data";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { decode, encode, type FitOptions, fit, parameterCount, posterior, predict } from "../../src/models";
import type { Pose } from "../../src/models/pose";
import { posedDecoder } from "../../src/models/posed-decoder";
import { type RvaeModel, type RvaeOptions, rvae } from "../../src/models/rvae";
import { rvaeArchitecture } from "../../src/models/rvae-network";
import { inferenceScope, upload } from "../../src/models/scope";
import { rejected, thrown } from "../support/errors";
import { quarterTurn, turnedBlobs } from "./support/blobs";
import { lossAndGradients } from "./support/parity-run";
import { normals, unit } from "./support/random-arrays";
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

const small = (options: Partial<RvaeOptions> = {}): RvaeModel =>
  rvae({ image: [6, 6, 2], hidden: 12, seed: 1, ...options });

describe("the number of parameters is that of the peer", () => {
  test.each([
    [{ image: [24, 24, 1] }, 125_451],
    [{ image: [10, 10, 3] }, 90_381],
    [{ image: [10, 10, 3], shift: false }, 89_865],
    [{ image: [10, 10, 9] }, 167_955],
    [{ image: [28, 28, 1] }, 152_075],
    // pyroVED's iVAE with invariances r and t
    [{ image: [40, 40, 1], hidden: 512, angleKl: "normal", anglePrior: 1, likelihood: "bernoulli" }, 1_615_883],
  ] satisfies [RvaeOptions, number][])("%j", (options, count) => {
    expect(parameterCount(rvae(options))).toBe(count);
  });
});

/** One image of the decoder at a pose. */
function drawn(model: RvaeModel, angle: number, shift: readonly [number, number]): Float32Array {
  const { tf } = engine;
  const specs = rvaeArchitecture.specs(model);
  const tensors = upload(engine, specs, model);
  const image = tf.tidy(() => {
    const pose: Pose = { angle: tf.tensor2d([[angle]]), shift: tf.tensor2d([[...shift]]) };
    return posedDecoder(inferenceScope(engine, specs, tensors), "decoder_net", model.options, pose, tf.ones([1, 2]));
  });
  const values = image.dataSync() as Float32Array;
  tf.dispose([image, ...tensors]);
  return values;
}

describe("an image decoded at a pose", () => {
  const model = rvae({ image: [6, 6, 2], hidden: 12, seed: 3 });
  const at = (image: Float32Array, row: number, column: number) => image.slice((row * 6 + column) * 2).slice(0, 2);

  test("is the one at angle 0 turned counter-clockwise by the angle", () => {
    const straight = { data: drawn(model, 0, [0, 0]), shape: [1, 6, 6, 2] };
    expect(drawn(model, Math.PI / 2, [0, 0])).toMatchArray(quarterTurn(straight).data, { relative: 1e-5 }); // float32
    expect(drawn(model, 0.3, [0, 0])).not.toMatchArray(straight.data, { relative: 1e-2 });
  });

  test("is the one at shift 0 sampled at coordinates moved by the shift", () => {
    const straight = drawn(model, 0, [0, 0]);
    const moved = drawn(model, 0, [2 * (2 / 5), -1 * (2 / 5)]); // a pixel is 2 / 5; columns run from 1 to -1
    for (let row = 0; row + 2 < 6; row++) {
      for (let column = 0; column + 1 < 6; column++) {
        expect(at(moved, row, column)).toMatchArray(at(straight, row + 2, column + 1), { relative: 1e-5 });
      }
    }
  });

  test("is turned first and moved then", () => {
    const turned = drawn(model, Math.PI / 2, [0, 0]);
    const both = drawn(model, Math.PI / 2, [2 / 5, 0]);
    // The coordinates of (row, column) turned by 90 degrees are those of (column, 5 - row): the move is along columns here.
    for (let row = 0; row < 6; row++) {
      for (let column = 0; column + 1 < 6; column++) {
        expect(at(both, row, column)).toMatchArray(at(turned, row, column + 1), { relative: 1e-5 });
      }
    }
  });
});

test("images decoded in blocks of pixels are those decoded one by one", async () => {
  const model = rvae({ image: [24, 24, 1], hidden: 8, seed: 3 });
  const points = normals(7, 30, 2); // 30 x 576 rows: more than one block
  const { data } = await decode(model, points);
  for (const i of [0, 29]) {
    const alone = await decode(model, { data: points.data.slice(2 * i, 2 * i + 2), shape: [1, 2] });
    expect(data.subarray(576 * i, 576 * (i + 1))).toMatchArray(alone.data, { relative: 1e-5 }); // float32
  }
});

describe("the loss", () => {
  /** Loss and gradients of one batch at the model's first weights. */
  function evaluate(model: RvaeModel, n: number, step = 0) {
    const { tf } = engine;
    const size = model.options.latent + (model.options.rotation ? 1 : 0) + (model.options.shift ? 2 : 0);
    const x = unit(5, n, ...model.options.image);
    const noise = normals(6, n, size);
    const inputs = {
      data: [tf.tensor(x.data, [...x.shape])],
      noise: [tf.tensor(noise.data, [n, size])],
      schedule: rvaeArchitecture.schedule!(model, step).map((value) => tf.scalar(value) as Tensor),
    };
    const result = lossAndGradients(engine, rvaeArchitecture, model, inputs);
    tf.dispose([...inputs.data, ...inputs.noise, ...inputs.schedule]);
    return result;
  }

  test.each([
    ["of several blocks of pixels", { image: [24, 24, 1] }, 16],
    ["with residual paths", { skip: true }, 3],
    ["without rotation", { rotation: false }, 3],
    ["of Bernoulli with a normal prior of the angle", { likelihood: "bernoulli", angleKl: "normal" }, 3],
    ["held at a capacity", { capacity: { largest: 5, steps: 100, gamma: 3 } }, 3],
  ] satisfies [string, Partial<RvaeOptions>, number][])("%s has the slope of central differences", (_, options, n) => {
    const model = small(options);
    const { gradients } = evaluate(model, n, 10);
    // Every weight moves along its gradient's sign at random, so that one number tests all gradients together.
    const random = createRandom(8);
    const directions = new Map([...gradients].map(([name, g]) => [name, g.map(() => random.normal() / 30)]));
    const lossAt = (step: number) => {
      const moved = small(options);
      for (const [name, d] of directions) {
        const { data } = moved.parameters[name];
        for (let i = 0; i < data.length; i++) data[i] += step * d[i];
      }
      return evaluate(moved, n, 10).loss;
    };
    const step = 2e-2;
    const numeric = (lossAt(step) - lossAt(-step)) / (2 * step);
    let analytic = 0;
    for (const [name, g] of gradients)
      analytic += g.reduce((sum, v, i) => sum + v * (directions.get(name)?.[i] ?? 0), 0);
    // Rounding: 1e-7 of a loss of some 30 over the step; truncation: the square of the step.
    expect([analytic]).toMatchArray([numeric], { relative: 5e-3, absolute: 2e-3 });
  });

  test("is made of misfit and KL of angle, shift and content", () => {
    const { loss, terms } = evaluate(small({ deviation: 1 }), 3);
    expect(Object.keys(terms)).toEqual(["reconstruction", "klAngle", "klShift", "klContent"]);
    const { reconstruction, klAngle, klShift, klContent } = terms;
    expect([loss]).toMatchArray([reconstruction + klAngle + klShift + klContent], { relative: 1e-6 });
    expect(Object.keys(evaluate(small({ rotation: false, shift: false }), 3).terms)).toEqual([
      "reconstruction",
      "klContent",
      "deviation",
    ]);
  });

  test("of a normal prior of the angle is the KL divergence from it, mean included", () => {
    const model = small({ angleKl: "normal", anglePrior: 0.5, deviation: 1 });
    for (const part of ["fc11", "fc12"]) model.parameters[`encoder_net.${part}.weight`].data.fill(0);
    model.parameters["encoder_net.fc11.bias"].data[0] = 0.7;
    model.parameters["encoder_net.fc12.bias"].data[0] = Math.log(0.2);
    const { terms } = evaluate(model, 3);
    expect([terms.klAngle]).toMatchArray([Math.log(0.5 / 0.2) + (0.2 ** 2 + 0.7 ** 2) / (2 * 0.5 ** 2) - 0.5], {
      relative: 1e-5,
    });
  });
});

describe("each option changes the answer", () => {
  const images = unit(2, 24, 6, 6, 2);
  const settings: FitOptions = { epochs: 2, batch: 8, learningRate: 1e-2, trace: false, onProgress: () => {} };
  const trained = async (options: Partial<RvaeOptions>) => {
    const model = small(options);
    await fit(model, images, settings);
    return weightsOf(model);
  };

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
    ["beta", { beta: 4 }],
    ["capacity", { capacity: { largest: 5, steps: 10, gamma: 30 } }],
    ["anglePrior", { anglePrior: 1 }],
    ["angleKl", { angleKl: "normal" }],
    ["shiftPrior", { shiftPrior: 0.5 }],
  ] satisfies [keyof RvaeOptions, Partial<RvaeOptions>][])("%s", async (_, options) => {
    expect(await trained(options)).not.toEqual(await trained({}));
  });

  test("and the same options give the same weights twice", async () => {
    expect(await trained({})).toEqual(await trained({}));
  });
});

describe("a trained model", () => {
  // Blobs of two lengths at any angle: the length is the content.
  const images = turnedBlobs(240, 9);
  const model = rvae({
    image: [9, 9, 1],
    latent: 1,
    hidden: 32,
    seed: 2,
    shift: false,
    anglePrior: 0.3,
    deviation: 0.1,
  });
  beforeAll(() => fit(model, images, { epochs: 60, batch: 24, learningRate: 3e-3, seed: 1, onProgress: () => {} }));

  test("tells the length of a blob by the content and its orientation by the angle", async () => {
    const { mean, angle } = await posterior(model, images);
    const turned = await posterior(model, quarterTurn(images));
    const spread = deviation(mean.data);
    const contentMoved = rms(mean.data.map((v, i) => v - turned.mean.data[i]));
    expect(contentMoved / spread).toBeLessThan(0.35);
    // Modulo half a turn, after which a blob looks the same.
    const quarters = Float32Array.from(turned.angle!, (value, i) => Math.abs(Math.sin(value - angle![i])));
    expect(quarters.reduce((a, b) => a + b, 0) / quarters.length).toBeGreaterThan(0.9);
  });

  test("encodes the mean of the content, decodes without pose, predicts with it", async () => {
    const { mean } = await posterior(model, images);
    expect((await encode(model, images)).data).toEqual(mean.data);
    const own = await predict(model, images);
    const straight = await decode(model, mean);
    expect(own.shape).toEqual(images.shape);
    const misses = (out: FloatArray) => rms(out.data.map((v, i) => v - images.data[i]));
    expect(misses(own)).toBeLessThan(0.5 * misses(straight));
  });
});

describe("the posterior", () => {
  test("has what the model has: angle, shift, neither", async () => {
    const images = unit(4, 5, 6, 6, 2);
    const all = await posterior(small({ shiftPrior: 0.2 }), images);
    expect([all.mean.shape, all.angle?.length, all.shift?.shape]).toEqual([[5, 2], 5, [5, 2]]);
    const none = await posterior(small({ rotation: false, shift: false }), images);
    expect(Object.keys(none).sort()).toEqual(["deviation", "kind", "mean"]);
  });
});

describe("rvae refuses, with got, needed and what to do,", () => {
  test.each([
    ["a size of 0", { latent: 0 }],
    ["a window without channels", { image: [6, 6] as unknown as [number, number, number] }],
    ["a negative prior of the angle", { anglePrior: -0.1 }],
    ["a prior of the shift that is no number", { shiftPrior: Number.NaN }],
    ["an unknown cost of the angle", { angleKl: "none" as "free" }],
    ["a likelihood it does not know", { likelihood: "poisson" as "gaussian" }],
    ["a deviation of 0", { deviation: 0 }],
    ["beta beside a capacity", { beta: 2, capacity: { largest: 5, steps: 10, gamma: 30 } }],
  ] satisfies [string, Partial<RvaeOptions>][])("%s", (_, options) => {
    const error = thrown(() => small(options));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toMatch(/got:[\s\S]*needed:[\s\S]*do this:/);
  });

  test("images of another size, and values a Bernoulli likelihood cannot take", async () => {
    expect(await rejected(() => fit(small(), unit(1, 4, 5, 6, 2)))).toMatchObject({ tag: "ShapeError" });
    const signed = normals(1, 4, 6, 6, 2);
    expect(await rejected(() => fit(small({ likelihood: "bernoulli" }), signed))).toMatchObject({ tag: "DataError" });
  });
});

function rms(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return rms(values.map((v) => v - mean));
}
