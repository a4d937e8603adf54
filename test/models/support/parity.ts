import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Engine } from "../../../src/engine/engine";
import { loadEngine } from "../../../src/engine/load";
import type { Architecture } from "../../../src/models/architecture";
import type { ModelBase } from "../../../src/models/model";
import { smallOnly } from "../../support/engines";
import { testShared } from "../../support/shared-data";
import {
  expectGradients,
  expectParameters,
  expectRealSteps,
  expectSteps,
  type Floors,
  RELATIVE,
} from "./parity-claims";
import { type Fixture, loadFixture } from "./parity-fixture";
import { fiveSteps, forwardPass, lossAndGradients, stepInputs } from "./parity-run";

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

  const fixture = (name: string) => loadFixture<M, PeerConfig>(name, peer.make);

  async function realFixture(): Promise<Fixture<M>> {
    const real = await fixture(names.real);
    if (names.nudge !== undefined)
      real.model.parameters[names.nudge.parameter].data[names.nudge.index] += names.nudge.by;
    return real;
  }

  const inputsOf = (f: Fixture<M>) => stepInputs(engine, architecture, f, peer.shapes(f.model));

  function gradientsOf(f: Fixture<M>) {
    const inputs = inputsOf(f);
    const result = lossAndGradients(engine, architecture, f.model, inputs);
    engine.tf.dispose(inputs.data);
    return result;
  }

  function train(f: Fixture<M>, traced: boolean) {
    const { data } = inputsOf(f);
    const result = fiveSteps(engine, architecture, f, data, traced);
    engine.tf.dispose(data);
    return result;
  }

  const real = smallOnly ? [] : [names.real];
  describe.each([...names.small, ...real])("%s agrees with AtomAI on PyTorch", (name) => {
    testShared("in the number of parameters and the shape of each", async () => {
      expectParameters(name, (await fixture(name)).model);
    });

    testShared.each([false, true])("in the forward pass, training mode %s", async (training) => {
      const f = await fixture(name);
      const { data } = inputsOf(f);
      const { latent, out } = forwardPass(engine, architecture, f.model, training, (scope) => {
        const z = architecture.encode(scope, f.model, data[0]);
        return { latent: z, out: architecture.decode(scope, f.model, z) };
      });
      engine.tf.dispose(data);
      const mode = training ? "train" : "eval";
      expect(latent).toMatchArray(f.arrays.get(`${mode}/latent`)!, { relative: RELATIVE });
      expect(out).toMatchArray(f.arrays.get(`${mode}/out`)!, { relative: RELATIVE });
    });
  });

  describe.each(names.small)("%s agrees with AtomAI on PyTorch", (name) => {
    testShared("in the loss and every gradient", async () => {
      const f = await fixture(name);
      const { loss, gradients } = gradientsOf(f);
      expect([loss]).toMatchArray(f.arrays.get("train/loss")!, { relative: RELATIVE });
      expectGradients(f, gradients, floors, false);
    });

    testShared.each([false, true])("in the losses and weights of 5 Adam steps, traced %s", async (traced) => {
      const f = await fixture(name);
      expectSteps(f, train(f, traced), floors);
    });
  });

  describe.each(real)("%s agrees with AtomAI on PyTorch", () => {
    testShared("in the loss and every gradient", async () => {
      const f = await realFixture();
      const { loss, gradients } = gradientsOf(f);
      expect([loss]).toMatchArray(f.arrays.get("train/loss")!, { relative: RELATIVE });
      expectGradients(f, gradients, floors, true);
    });

    testShared.each([false, true])(
      "in the losses of 5 Adam steps and the weights after 1, traced %s",
      async (traced) => {
        const f = await realFixture();
        expectRealSteps(f, train(f, traced), floors, [1]);
      },
    );
  });
}
