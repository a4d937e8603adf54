import type { Tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { type Pose, poseOf } from "../../src/models/pose";
import { placedContent } from "../../src/models/posed-decoder";
import { type ResolvedRvaeOptions, type RvaeModel, type RvaeOptions, rvae } from "../../src/models/rvae";
import { rvaeArchitecture, rvaeDecoder, rvaeEncoder } from "../../src/models/rvae-network";
import { drawLatent } from "../../src/models/variational";
import { testShared } from "../support/shared-data";
import { loadFixture } from "./support/parity-fixture";
import { describeVariationalParity, type LossRead, type VariationalConfig } from "./support/variational-parity";

/** AtomAI's rVAE: its decoder has no sigmoid, its "mse" is a Gaussian likelihood of deviation 1. */
const make = (options: Partial<RvaeOptions>) => (c: VariationalConfig) =>
  rvae({
    image: [c.in_dim[0], c.in_dim[1], c.in_dim[2]],
    latent: c.latent_dim,
    shift: c.translation === true,
    layers: c.numlayers,
    hidden: c.numhidden,
    anglePrior: c.rotation_prior,
    shiftPrior: c.translation_prior,
    deviation: 1,
    ...options,
  });
/** The posed coordinates [n, pixels, 2]: the decoder's first layer with the unit matrix as its weight. */
function coordinates({ tf, ...engine }: Engine, o: ResolvedRvaeOptions, pose: Pose, n: number): Tensor {
  return tf.transpose(placedContent({ tf, ...engine }, o.image, pose, tf.eye(2), tf.zeros([n, 2])), [1, 0, 2]);
}

const bernoulli = make({ likelihood: "bernoulli" });

describeVariationalParity(
  {
    name: "AtomAI",
    architecture: rvaeArchitecture,
    floors: { gradient: 2e-5, realGradient: 2e-5, realSquares: 1e-4, realLosses: 1e-4, adam: 5e-7 },
    make: make({}),
    shapes: ({ options }) => [options.image],
    forward: (scope, { options: o }, [x], noise) => {
      const { engine } = scope;
      const { mean, logDeviation } = rvaeEncoder(scope, o, x);
      const z = drawLatent(engine, { mean, logDeviation }, noise);
      const coords = coordinates(engine, o, poseOf(engine, o, z), x.shape[0]);
      return { z_mean: mean, z_logsd: logDeviation, z, recon: rvaeDecoder(scope, o, z), coords };
    },
    terms: {
      reconstruction: { of: ({ terms }) => terms.reconstruction },
      kl_angle: { of: ({ terms }) => terms.klAngle },
      kl_content_and_shift: { of: ({ terms }) => terms.klContent + (terms.klShift ?? 0) },
      info_ce_sum_per_sample: { make: bernoulli, of: ({ terms }) => terms.reconstruction },
      // AtomAI sums the cross-entropy over the channels of a pixel and means over pixels: less by their number.
      info_ce_atomai: { make: bernoulli, of: ({ terms }) => terms.reconstruction / 100 },
      info_loss_with_capacity_5_25000_30_at_iter1000: {
        make: make({ capacity: { largest: 5, steps: 25000, gamma: 30 } }),
        step: 1000,
        of: ({ loss }: LossRead) => loss,
      },
    },
  },
  { small: ["d_rvae_10x10x3_trans", "d_rvae_10x10x3_rotonly"], real: ["d_real_rvae_10x10x3_h128"] },
);

testShared("the coordinates without a pose are AtomAI's grid", async () => {
  const { tf, ...engine } = await loadEngine();
  const { arrays, model } = await loadFixture<RvaeModel, VariationalConfig>("d_rvae_10x10x3_trans", make({}));
  const grid = tf.tidy(() => coordinates({ tf, ...engine }, model.options, {}, 1));
  expect(grid.dataSync()).toMatchArray(arrays.get("in/x_coord")!, { relative: 1e-6 }); // float32
  grid.dispose();
});
