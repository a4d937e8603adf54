import { readFileSync } from "node:fs";
import type { Tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Engine } from "../../../src/engine/engine";
import { loadEngine } from "../../../src/engine/load";
import { readNpz } from "../../../src/io";
import type { Architecture } from "../../../src/models/architecture";
import { type ModelBase, parameterCount } from "../../../src/models/model";
import { fromEngine } from "../../../src/models/parameter-spec";
import { inferenceScope, trainingScope, upload } from "../../../src/models/scope";
import { createTrainer } from "../../../src/models/trainer";
import { shared, testShared } from "../../support/shared-data";

/** Largest difference allowed, relative to the largest value: float32 on both sides leaves 1e-6 to 2e-5 (dev_f64). */
const RELATIVE = 1e-4;

/** What rounding leaves: absolute where the value is zero in theory, unless it says relative. */
export interface Floors {
  /** Of a gradient (dev_f64_abs of the fixtures). */
  readonly gradient: number;
  /** Of a gradient of the network of real size, where more terms are added up. */
  readonly realGradient: number;
  /** Relative, of the sum of squares of a weight of that network after a step, and twice this of a gradient. */
  readonly realSquares: number;
  /** Relative, of the losses of 5 steps of the network of real size (index.json allows 1e-3). */
  readonly realLosses: number;
  /** Of a weight after Adam steps: Adam divides by the gradient's own size, so rounding shows at the rate's scale, 1e-3. */
  readonly adam: number;
}

/** AtomAI's options of a fixture's network. */
export interface PeerConfig {
  readonly in_dim: readonly number[];
  readonly out_dim: readonly number[];
  readonly latent_dim: number;
  readonly batch_norm: boolean;
  readonly nblayers_encoder: number;
  readonly nblayers_decoder: number;
  readonly nbfilters_encoder: number;
  readonly nbfilters_decoder: number;
  readonly encoder_downsampling: number;
  readonly decoder_upsampling: boolean;
}

/** A kind of model, and how a fixture describes one. */
export interface Peer<M extends ModelBase> {
  readonly architecture: Architecture<M>;
  readonly floors: Floors;
  make(config: PeerConfig): M;
  /** Shapes of one input and one target, channels last. */
  shapes(model: M): readonly [readonly number[], readonly number[]];
}

/** The options of our factories that say the same as AtomAI's. */
export function sharedOptions(c: PeerConfig) {
  return {
    latent: c.latent_dim,
    encoderLayers: c.nblayers_encoder,
    decoderLayers: c.nblayers_decoder,
    encoderFilters: c.nbfilters_encoder,
    decoderFilters: c.nbfilters_decoder,
    batchNorm: c.batch_norm,
    downsampling: Math.max(1, c.encoder_downsampling),
    upsampling: c.decoder_upsampling,
  };
}

interface Fixture<M> {
  readonly model: M;
  readonly arrays: Map<string, Float64Array | Float32Array>;
  readonly batch: number;
  /** Entries of adam1 / adam5 that are set by rounding alone: their places, or their number in large networks. */
  readonly ill: Record<string, number[] | number>;
}

interface IndexEntry {
  readonly file: string;
  readonly params: number;
  readonly batch: number;
  readonly adam_ill_conditioned: Record<string, number[] | number>;
  readonly config: PeerConfig;
  readonly keys: Record<string, [number[], string]>;
}

function entry(name: string): IndexEntry {
  return JSON.parse(readFileSync(shared("data/parity/index.json"), "utf8")).models[name];
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

/** A value of a parameter that is moved before the gradients of the real network are compared. */
export interface Nudge {
  readonly parameter: string;
  readonly index: number;
  readonly by: number;
}

/**
 * Tests that a kind of model is AtomAI's network. `small` fixtures hold every number; of `real` ones the sums of squares
 * and the first 8 values are compared.
 */
export function describeParity<M extends ModelBase>(
  peer: Peer<M>,
  names: { readonly small: readonly string[]; readonly real: string; readonly nudge?: Nudge },
): void {
  const { architecture, floors } = peer;
  let engine: Engine;
  let tensorsBefore = 0;
  beforeAll(async () => {
    engine = await loadEngine();
    tensorsBefore = engine.tf.memory().numTensors;
  });
  afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

  async function fixture(name: string): Promise<Fixture<M>> {
    const { file, config, batch, adam_ill_conditioned: ill } = entry(name);
    const raw = await readNpz(shared(`data/parity/${file}`));
    const arrays = new Map(Object.entries(raw).map(([key, a]) => [key, Float64Array.from(a.data as Float32Array)]));
    const model = peer.make(config);
    for (const [key, p] of Object.entries(model.parameters)) {
      p.data.set(arrays.get(`param/${key}`) ?? (arrays.get(`buffer/${key}`) as Float64Array));
    }
    return { model, arrays, batch, ill };
  }

  async function realFixture(): Promise<Fixture<M>> {
    const real = await fixture(names.real);
    if (names.nudge !== undefined)
      real.model.parameters[names.nudge.parameter].data[names.nudge.index] += names.nudge.by;
    return real;
  }

  function inputs({ model, arrays, batch }: Fixture<M>) {
    const [x, y] = peer.shapes(model);
    return [
      engine.tf.tensor(Float32Array.from(arrays.get("in/x")!), [batch, ...x]),
      engine.tf.tensor(Float32Array.from(arrays.get("in/y")!), [batch, ...y]),
    ];
  }

  function forward(f: Fixture<M>, training: boolean) {
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

  function lossAndGradients(f: Fixture<M>) {
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
      return architecture.loss(scope, f.model, given, { noise: [], schedule: [] }).total;
    })(tensors);
    const gradients = trained.map((spec, i) => [spec.name, fromEngine(engine, spec, grads[i])] as const);
    const loss = value.dataSync()[0];
    tf.dispose([value, ...grads, ...tensors, ...state, ...given, ...updates.values()]);
    return { loss, gradients: new Map(gradients) };
  }

  function train(f: Fixture<M>, traced: boolean) {
    const given = inputs(f);
    const trainer = createTrainer(engine, architecture, f.model, traced ? [given] : undefined);
    expect(trainer.traced).toBe(traced && engine.native !== undefined);
    const losses: number[] = [];
    const after = new Map<number, Map<string, Float32Array>>();
    for (let step = 1; step <= 5; step++) {
      losses.push(trainer.step(given, 1e-3).loss);
      if (step === 1 || step === 5) {
        const specs = architecture.specs(f.model).map((s) => s.name);
        after.set(step, new Map(trainer.values().map((v, i) => [specs[i], v])));
      }
    }
    losses.push(trainer.step(given, 0).loss);
    trainer.dispose();
    engine.tf.dispose(given);
    return { losses, after };
  }

  describe.each([...names.small, names.real])("%s agrees with AtomAI on PyTorch", (name) => {
    testShared("in the number of parameters and the shape of each", async () => {
      const { model } = await fixture(name);
      const { params, keys } = entry(name);
      expect(parameterCount(model)).toBe(params);
      for (const [key, p] of Object.entries(model.parameters)) {
        expect(p.shape, key).toEqual(keys[`${p.trainable ? "param" : "buffer"}/${key}`][0]);
      }
      const theirs = Object.keys(keys).filter((key) => /^(param|buffer)\//.test(key));
      expect(Object.keys(model.parameters)).toHaveLength(theirs.length);
    });

    testShared.each([false, true])("in the forward pass, training mode %s", async (training) => {
      const f = await fixture(name);
      const { latent, out } = forward(f, training);
      const mode = training ? "train" : "eval";
      expect(latent).toMatchArray(f.arrays.get(`${mode}/latent`)!, { relative: RELATIVE });
      expect(out).toMatchArray(f.arrays.get(`${mode}/out`)!, { relative: RELATIVE });
    });
  });

  describe.each(names.small)("%s agrees with AtomAI on PyTorch", (name) => {
    testShared("in the loss and every gradient", async () => {
      const f = await fixture(name);
      const { loss, gradients } = lossAndGradients(f);
      expect([loss]).toMatchArray(f.arrays.get("train/loss")!, { relative: RELATIVE });
      for (const [key, gradient] of gradients) {
        const expected = f.arrays.get(`grad/${key}`)!;
        expect(gradient, key).toMatchArray(expected, { relative: RELATIVE, absolute: floors.gradient });
      }
    });

    testShared.each([false, true])("in the losses and weights of 5 Adam steps, traced %s", async (traced) => {
      const f = await fixture(name);
      const { losses, after } = train(f, traced);
      expect(losses).toMatchArray(f.arrays.get("loss_steps")!, { relative: RELATIVE });
      for (const [step, parameters] of after) {
        for (const [key, values] of parameters) {
          const ill = f.ill[`adam${step}/${key}`] ?? [];
          const well = (_: unknown, i: number) => !(ill as number[]).includes(i);
          const expected = f.arrays.get(`adam${step}/${key}`)!.filter(well);
          expect(values.filter(well), `${key} after ${step}`).toMatchArray(expected, {
            relative: RELATIVE,
            absolute: floors.adam,
          });
        }
      }
    });
  });

  describe(`${names.real} agrees with AtomAI on PyTorch`, () => {
    testShared("in the loss and every gradient", async () => {
      const f = await realFixture();
      const { loss, gradients } = lossAndGradients(f);
      expect([loss]).toMatchArray(f.arrays.get("train/loss")!, { relative: RELATIVE });
      for (const [key, gradient] of gradients) {
        const expected = f.arrays.get(`gradsum/${key}`)!;
        const got = digest(gradient);
        expect(got.slice(2), key).toMatchArray(expected.slice(2), {
          relative: RELATIVE,
          absolute: floors.realGradient,
        });
        expect(got.slice(1, 2), key).toMatchArray(expected.slice(1, 2), {
          relative: 2 * floors.realSquares,
          absolute: 1e-9,
        });
      }
    });

    testShared.each([false, true])(
      "in the losses of 5 Adam steps and the weights after 1, traced %s",
      async (traced) => {
        const f = await realFixture();
        const { losses, after } = train(f, traced);
        expect(losses).toMatchArray(f.arrays.get("loss_steps")!, { relative: floors.realLosses });
        for (const [key, values] of after.get(1)!) {
          // Entries whose gradient is zero in theory move by up to the rate in a direction set by rounding: named in the index.
          if (`adam1/${key}` in f.ill) continue;
          const expected = f.arrays.get(`adam1sum/${key}`)!;
          const got = digest(values);
          expect(got.slice(2), key).toMatchArray(expected.slice(2), { relative: RELATIVE, absolute: floors.adam });
          expect(got.slice(1, 2), key).toMatchArray(expected.slice(1, 2), { relative: floors.realSquares });
        }
      },
    );
  });
}
