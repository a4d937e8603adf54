import { type VaeOptions, vae } from "../../src/models/vae";
import { vaeArchitecture } from "../../src/models/vae-network";
import { drawLatent } from "../../src/models/variational";
import { describeVariationalParity, type VariationalConfig } from "./support/variational-parity";

/** AtomAI's VAE: its decoder has no sigmoid, its "mse" is a Gaussian likelihood of deviation 1. */
const make = (options: Partial<VaeOptions>) => (c: VariationalConfig) =>
  vae({
    spectrum: c.in_dim[0],
    latent: c.latent_dim,
    layers: c.numlayers,
    hidden: c.numhidden,
    deviation: 1,
    ...options,
  });
const crossEntropy = { make: make({ likelihood: "bernoulli" }), of: ({ terms }: Read) => terms.reconstruction };
type Read = { readonly loss: number; readonly terms: Readonly<Record<string, number>> };

describeVariationalParity(
  {
    name: "AtomAI",
    architecture: vaeArchitecture,
    floors: { gradient: 3e-7, realGradient: 1e-6, realSquares: 1e-4, realLosses: 1e-4, adam: 5e-7 },
    make: make({}),
    shapes: ({ options }) => [[options.spectrum as number]],
    forward: (scope, model, [x], noise) => {
      const { mean, deviation } = vaeArchitecture.posterior!(scope, model, x);
      const logDeviation = scope.engine.tf.log(deviation);
      const z = drawLatent(scope.engine, { mean, logDeviation }, noise);
      return { z_mean: mean, z_logsd: logDeviation, z, recon: vaeArchitecture.decode(scope, model, z) };
    },
    terms: {
      reconstruction: { of: ({ terms }) => terms.reconstruction },
      kl_content: { of: ({ terms }) => terms.kl },
      info_ce_sum_per_sample: crossEntropy,
      info_ce_atomai: crossEntropy, // the same thing for spectra
      info_loss_with_capacity_5_25000_30_at_iter1000: {
        make: make({ capacity: { largest: 5, steps: 25000, gamma: 30 } }),
        step: 1000,
        of: ({ loss }) => loss,
      },
    },
  },
  { small: ["c_vae1d_24"], real: ["c_real_vae1d_187_h128"] },
);
