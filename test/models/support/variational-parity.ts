import type { Tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Engine } from "../../../src/engine/engine";
import { loadEngine } from "../../../src/engine/load";
import { affine } from "../../../src/engine/ops";
import type { Architecture } from "../../../src/models/architecture";
import type { Scope } from "../../../src/models/layers";
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
import { entry, type Fixture, loadFixture } from "./parity-fixture";
import { fiveSteps, forwardPass, lossAndGradients, stepInputs } from "./parity-run";

/** The peer's options of a variational fixture: AtomAI's of VAE and rVAE. */
export interface VariationalConfig {
  readonly in_dim: readonly number[];
  readonly latent_dim: number;
  readonly translation: boolean | null;
  readonly numlayers: number;
  readonly numhidden: number;
  readonly translation_prior: number;
  readonly rotation_prior: number;
}

/** The loss of a batch and its terms, read; means over the samples. */
export interface LossRead {
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly samples: number;
}

/** How a scalar of a fixture comes out of our loss. */
export interface TermOf<M, Config> {
  /** The scalar, from our loss. */
  of(read: LossRead): number;
  /** A model with other options, where the scalar is of another loss (another likelihood, a capacity). */
  readonly make?: (config: Config) => M;
  /** The step that the schedule is at. Default 0. */
  readonly step?: number;
}

/** A kind of variational model, and how its fixtures describe one. */
export interface VariationalPeer<M extends ModelBase, Config> {
  /** Its `noise` is one array, fed with the fixture's eps; `data` are the fixture's x and, of a VED, y. */
  readonly architecture: Architecture<M>;
  readonly floors: Floors;
  /** The package whose numbers these are, for the titles. */
  readonly name: string;
  /** True where the peer's loss is the sum over the samples of the batch: our mean is multiplied by their number. */
  readonly summed?: boolean;
  /** Makes the model with the loss that the fixture was trained with. */
  make(config: Config): M;
  /** Shapes of one sample of x and, where there is one, y; channels last. */
  shapes(model: M): readonly (readonly number[])[];
  /** Every array of the forward pass that the fixtures hold, under their names (z_mean, z_logsd, z, recon, ...). */
  forward(scope: Scope, model: M, data: readonly Tensor[], noise: Tensor): Record<string, Tensor>;
  /** Every scalar beside the loss that the fixtures hold, under their names (reconstruction, kl_content, info_...). */
  readonly terms: Readonly<Record<string, TermOf<M, Config>>>;
}

/**
 * Tests that a kind of variational model is its peer's network with its peer's loss, the noise fed in. `small` fixtures
 * hold every number; of `real` ones' gradients and steps the sums of squares and the first 8 values are compared.
 */
export function describeVariationalParity<M extends ModelBase, Config = VariationalConfig>(
  peer: VariationalPeer<M, Config>,
  names: { readonly small: readonly string[]; readonly real: readonly string[] },
): void {
  const { floors } = peer;
  const architecture = peer.summed ? summedLoss(peer.architecture) : peer.architecture;
  let engine: Engine;
  let tensorsBefore = 0;
  beforeAll(async () => {
    engine = await loadEngine();
    tensorsBefore = engine.tf.memory().numTensors;
  });
  afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

  const fixture = (name: string, make = peer.make) => loadFixture<M, Config>(name, make);

  /** Runs `work` on the inputs of a step, and disposes of them. */
  function withInputs<T>(f: Fixture<M>, step: number, work: (inputs: ReturnType<typeof stepInputs>) => T): T {
    const inputs = stepInputs(engine, architecture, f, peer.shapes(f.model), step);
    try {
      return work(inputs);
    } finally {
      engine.tf.dispose([...inputs.data, ...inputs.noise, ...inputs.schedule]);
    }
  }

  const gradientsOf = (f: Fixture<M>, step = 0) =>
    withInputs(f, step, (inputs) => lossAndGradients(engine, architecture, f.model, inputs));

  const train = (f: Fixture<M>, traced: boolean) =>
    withInputs(f, 0, ({ data, noise, schedule }) =>
      fiveSteps(engine, architecture, f, [...data, ...noise, ...schedule], traced),
    );

  describe.each([...names.small, ...(smallOnly ? [] : names.real)])(
    `%s agrees with ${peer.name} on PyTorch`,
    (name) => {
      const real = names.real.includes(name);

      testShared("in the number of parameters and the shape of each", async () => {
        expectParameters(name, (await fixture(name)).model);
      });

      testShared.each([false, true])("in every array of the forward pass, training mode %s", async (training) => {
        const f = await fixture(name);
        const mode = training ? "train" : "eval";
        const got = withInputs(f, 0, ({ data, noise }) =>
          forwardPass(engine, architecture, f.model, training, (scope) => peer.forward(scope, f.model, data, noise[0])),
        );
        expect(Object.keys(got).sort()).toEqual(namesIn(name, `${mode}/`, (shape) => shape.length > 0));
        for (const [key, values] of Object.entries(got)) {
          expect(values, key).toMatchArray(f.arrays.get(`${mode}/${key}`)!, { relative: RELATIVE });
        }
      });

      testShared("in every term of the loss", async () => {
        const scalars = namesIn(name, "train/", (shape) => shape.length === 0).filter((key) => key !== "loss");
        expect(scalars.filter((key) => peer.terms[key] === undefined)).toEqual([]);
        for (const key of scalars) {
          const { of, make, step = 0 } = peer.terms[key];
          const f = await fixture(name, make);
          const read = withInputs(f, step, (inputs) => lossAndGradients(engine, peer.architecture, f.model, inputs));
          expect([of({ ...read, samples: f.batch })], key).toMatchArray(f.arrays.get(`train/${key}`)!, {
            relative: RELATIVE,
          });
        }
      });

      testShared("in the loss and every gradient", async () => {
        const f = await fixture(name);
        const { loss, gradients } = gradientsOf(f);
        expect([loss]).toMatchArray(f.arrays.get("train/loss")!, { relative: RELATIVE });
        expectGradients(f, gradients, floors, real);
      });

      testShared.each([false, true])("in the losses and weights of 5 Adam steps, traced %s", async (traced) => {
        const f = await fixture(name);
        if (real) expectRealSteps(f, train(f, traced), floors, [1, 5]);
        else expectSteps(f, train(f, traced), floors);
      });
    },
  );
}

/** The names in a group of a fixture's arrays, sorted. */
function namesIn(fixture: string, group: string, wanted: (shape: readonly number[]) => boolean): string[] {
  return Object.entries(entry(fixture).keys)
    .filter(([key, [shape]]) => key.startsWith(group) && wanted(shape))
    .map(([key]) => key.slice(group.length))
    .sort();
}

/** The same architecture with the sum over the batch as its loss. */
function summedLoss<M extends ModelBase>(architecture: Architecture<M>): Architecture<M> {
  return {
    ...architecture,
    loss: (scope, model, inputs, extras) => {
      const { total, terms } = architecture.loss(scope, model, inputs, extras);
      return { total: affine(scope.engine, total, inputs[0].shape[0] as number), terms };
    },
  };
}
