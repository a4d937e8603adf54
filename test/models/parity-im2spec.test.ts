import { readFileSync } from "node:fs";
import type { Tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { readNpz } from "../../src/io";
import { type Im2specModel, im2spec } from "../../src/models/im2spec";
import { im2specArchitecture as architecture } from "../../src/models/im2spec-network";
import { parameterCount } from "../../src/models/model";
import { fromEngine } from "../../src/models/parameter-spec";
import { inferenceScope, trainingScope, upload } from "../../src/models/scope";
import { createTrainer } from "../../src/models/trainer";
import { shared, testShared } from "../support/shared-data";

/** Fixtures made by running AtomAI's SignalED: which parts each file holds is in its index.json. */
const SMALL = ["a_im2spec_8x8_24_f8", "a2_im2spec_nobn", "a3_im2spec_down2_up", "a4_im2spec_rect"];
const REAL = "a_real_im2spec_16x16_64_L2";

/** Largest difference allowed, relative to the largest value: float32 on both sides leaves 1e-6 to 2e-5 (dev_f64). */
const RELATIVE = 1e-4;

interface Fixture {
  readonly model: Im2specModel;
  readonly arrays: Map<string, Float64Array | Float32Array>;
  readonly batch: number;
  readonly ill: Record<string, number[] | number>;
}

interface IndexEntry {
  file: string;
  params: number;
  batch: number;
  adam_ill_conditioned: Record<string, number[] | number>;
  config: {
    in_dim: [number, number];
    out_dim: [number];
    latent_dim: number;
    batch_norm: boolean;
    nblayers_encoder: number;
    nblayers_decoder: number;
    nbfilters_encoder: number;
    nbfilters_decoder: number;
    encoder_downsampling: number;
    decoder_upsampling: boolean;
  };
}

function entry(name: string): IndexEntry {
  return JSON.parse(readFileSync(shared("data/parity/index.json"), "utf8")).models[name];
}

async function fixture(name: string): Promise<Fixture> {
  const { file, config: c, batch, adam_ill_conditioned: ill } = entry(name);
  const raw = await readNpz(shared(`data/parity/${file}`));
  const arrays = new Map(Object.entries(raw).map(([key, a]) => [key, Float64Array.from(a.data as Float32Array)]));
  const model = im2spec({
    image: [...c.in_dim, 1],
    spectrum: c.out_dim[0],
    latent: c.latent_dim,
    encoderLayers: c.nblayers_encoder,
    decoderLayers: c.nblayers_decoder,
    encoderFilters: c.nbfilters_encoder,
    decoderFilters: c.nbfilters_decoder,
    batchNorm: c.batch_norm,
    downsampling: Math.max(1, c.encoder_downsampling),
    upsampling: c.decoder_upsampling,
  });
  for (const [key, p] of Object.entries(model.parameters)) {
    p.data.set(arrays.get(`param/${key}`) ?? (arrays.get(`buffer/${key}`) as Float64Array));
  }
  return { model, arrays, batch, ill };
}

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

function inputs({ model, arrays, batch }: Fixture) {
  const { tf } = engine;
  return [
    tf.tensor(Float32Array.from(arrays.get("in/x")!), [batch, ...model.options.image]),
    tf.tensor(Float32Array.from(arrays.get("in/y")!), [batch, model.options.spectrum]),
  ];
}

function forward(f: Fixture, training: boolean) {
  const { tf } = engine;
  const specs = architecture.specs(f.model);
  const tensors = upload(engine, specs, f.model);
  const given = inputs(f);
  const scope = (training ? trainingScope : inferenceScope)(engine, specs, tensors);
  const [latent, out] = tf.tidy(() => {
    const z = architecture.encode(scope, f.model, given[0]);
    return [z, architecture.decode(scope, f.model, z)];
  });
  const result = { latent: latent.dataSync(), out: out.dataSync() };
  tf.dispose([...tensors, ...given, latent, out]);
  if ("updates" in scope) tf.dispose([...(scope.updates as Map<string, Tensor>).values()]);
  return result;
}

function lossAndGradients(f: Fixture) {
  const { tf } = engine;
  const specs = architecture.specs(f.model);
  const trained = specs.filter((s) => s.trainable);
  const fixed = specs.filter((s) => !s.trainable);
  const tensors = upload(engine, trained, f.model);
  const state = upload(engine, fixed, f.model);
  const given = inputs(f);
  let updates: ReadonlyMap<string, Tensor> = new Map();
  const { value, grads } = tf.valueAndGrads((...parameters) => {
    const scope = trainingScope(engine, [...trained, ...fixed], [...parameters, ...state]);
    updates = scope.updates as ReadonlyMap<string, Tensor>;
    return architecture.loss(scope, f.model, given);
  })(tensors);
  const gradients = trained.map((spec, i) => [spec.name, fromEngine(engine, spec, grads[i])] as const);
  const loss = value.dataSync()[0];
  tf.dispose([value, ...grads, ...tensors, ...state, ...given, ...updates.values()]);
  return { loss, gradients: new Map(gradients) };
}

function train(f: Fixture, traced: boolean) {
  const given = inputs(f);
  const trainer = createTrainer(engine, architecture, f.model, traced ? [given] : undefined);
  expect(trainer.traced).toBe(traced && engine.native !== undefined);
  const losses: number[] = [];
  const after = new Map<number, Map<string, Float32Array>>();
  for (let step = 1; step <= 5; step++) {
    losses.push(trainer.step(given, 1e-3));
    if (step === 1 || step === 5) {
      const names = architecture.specs(f.model).map((s) => s.name);
      after.set(step, new Map(trainer.values().map((v, i) => [names[i], v])));
    }
  }
  losses.push(trainer.step(given, 0));
  trainer.dispose();
  engine.tf.dispose(given);
  return { losses, after };
}

/** Sum, sum of squares and first 8 values: what the fixtures keep of large arrays. */
function digest(values: Float32Array): number[] {
  let sum = 0;
  let squares = 0;
  for (const v of values) {
    sum += v;
    squares += v * v;
  }
  return [sum, squares, ...Array.from({ length: 8 }, (_, i) => values[i] ?? 0)];
}

describe.each(SMALL)("%s agrees with AtomAI on PyTorch", (name) => {
  testShared("in the number of parameters", async () => {
    expect(parameterCount((await fixture(name)).model)).toBe(entry(name).params);
  });

  testShared.each([false, true])("in the forward pass, training mode %s", async (training) => {
    const f = await fixture(name);
    const { latent, out } = forward(f, training);
    const mode = training ? "train" : "eval";
    expect(latent).toMatchArray(f.arrays.get(`${mode}/latent`)!, { relative: RELATIVE });
    expect(out).toMatchArray(f.arrays.get(`${mode}/out`)!, { relative: RELATIVE });
  });

  testShared("in the loss and every gradient", async () => {
    const f = await fixture(name);
    const { loss, gradients } = lossAndGradients(f);
    expect([loss]).toMatchArray(f.arrays.get("train/loss")!, { relative: RELATIVE });
    for (const [key, gradient] of gradients) {
      // 3e-7 absolute: gradients that are zero in theory are rounding on both sides (dev_f64_abs of the fixtures).
      expect(gradient, key).toMatchArray(f.arrays.get(`grad/${key}`)!, { relative: RELATIVE, absolute: 3e-7 });
    }
  });

  testShared.each([false, true])("in the losses and weights of 5 Adam steps, traced %s", async (traced) => {
    const f = await fixture(name);
    const { losses, after } = train(f, traced);
    expect(losses).toMatchArray(f.arrays.get("loss_steps")!, { relative: RELATIVE });
    for (const [step, parameters] of after) {
      for (const [key, values] of parameters) {
        // Adam divides by the gradient's own size, so rounding of a small gradient shows at the scale of the rate (1e-3).
        const expected = f.arrays.get(`adam${step}/${key}`)!;
        expect(values, `${key} after ${step}`).toMatchArray(expected, { relative: RELATIVE, absolute: 2e-6 });
      }
    }
  });
});

describe(`${REAL} agrees with AtomAI on PyTorch`, () => {
  testShared.each([false, true])("in the forward pass, training mode %s", async (training) => {
    const f = await fixture(REAL);
    const { latent, out } = forward(f, training);
    const mode = training ? "train" : "eval";
    expect(latent).toMatchArray(f.arrays.get(`${mode}/latent`)!, { relative: RELATIVE });
    expect(out).toMatchArray(f.arrays.get(`${mode}/out`)!, { relative: RELATIVE });
  });

  testShared("in the loss and every gradient", async () => {
    const f = await fixture(REAL);
    const { loss, gradients } = lossAndGradients(f);
    expect([loss]).toMatchArray(f.arrays.get("train/loss")!, { relative: RELATIVE });
    for (const [key, gradient] of gradients) {
      const expected = f.arrays.get(`gradsum/${key}`)!;
      const got = digest(gradient);
      expect(got.slice(2), key).toMatchArray(expected.slice(2), { relative: RELATIVE, absolute: 1e-6 });
      expect(got.slice(1, 2), key).toMatchArray(expected.slice(1, 2), { relative: 2 * RELATIVE, absolute: 1e-9 });
    }
  });

  testShared.each([false, true])("in the losses of 5 Adam steps and the weights after 1, traced %s", async (traced) => {
    const f = await fixture(REAL);
    const { losses, after } = train(f, traced);
    expect(losses).toMatchArray(f.arrays.get("loss_steps")!, { relative: RELATIVE });
    for (const [key, values] of after.get(1)!) {
      // Entries whose gradient is zero in theory move by up to the rate in a direction set by rounding: named in the index.
      if (`adam1/${key}` in f.ill) continue;
      const expected = f.arrays.get(`adam1sum/${key}`)!;
      const got = digest(values);
      expect(got.slice(2), key).toMatchArray(expected.slice(2), { relative: RELATIVE, absolute: 2e-6 });
      expect(got.slice(1, 2), key).toMatchArray(expected.slice(1, 2), { relative: RELATIVE });
    }
  });
});
