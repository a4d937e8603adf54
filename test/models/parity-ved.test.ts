import type { Tensor } from "@tensorflow/tfjs-core";
import { affine, log, square, subtract, sum } from "../../src/engine/ops";
import type { Architecture } from "../../src/models/architecture";
import type { Scope } from "../../src/models/layers";
import { drawLatent } from "../../src/models/variational";
import { type VedModel, ved } from "../../src/models/ved";
import { encodeImages, vedArchitecture } from "../../src/models/ved-network";
import { describeVariationalParity } from "./support/variational-parity";

/** pyroVED's options of a fixture's network. */
interface VedConfig {
  readonly input_dim: readonly [number, number];
  readonly output_dim: readonly [number];
  readonly latent_dim: number;
  readonly scale_factor: number;
  readonly hidden_dim_e: readonly (readonly number[])[];
  readonly hidden_dim_d: readonly (readonly number[])[];
}

const make = (c: VedConfig, kl: "sampled" | "analytic" = "sampled") =>
  ved({
    image: [...c.input_dim, 1],
    spectrum: c.output_dim[0],
    latent: c.latent_dim,
    encoderFilters: c.hidden_dim_e,
    decoderFilters: c.hidden_dim_d,
    likelihood: "bernoulli",
    beta: c.scale_factor,
    kl,
  });

/** Our architecture, with the two halves of the sampled KL as terms too. */
const withLogDensities: Architecture<VedModel> = {
  ...vedArchitecture,
  loss: (scope, model, data, extras) => {
    const { total, terms } = vedArchitecture.loss(scope, model, data, extras);
    return { total, terms: { ...terms, ...logDensities(scope, model, data[0], extras.noise[0]) } };
  },
};

function logDensities(scope: Scope, model: VedModel, images: Tensor, noise: Tensor): Record<string, Tensor> {
  const { engine } = scope;
  const found = encodeImages(scope, model.options, images);
  const constant = -0.5 * Math.log(2 * Math.PI) * noise.size;
  const ofNormal = (x: Tensor) => affine(engine, sum(engine, square(engine, x)), -0.5, constant);
  return {
    logQ: subtract(engine, ofNormal(noise), sum(engine, log(engine, found.deviation))),
    logP: ofNormal(drawLatent(engine, found, noise)),
  };
}

describeVariationalParity<VedModel, VedConfig>(
  {
    name: "pyroVED",
    architecture: withLogDensities,
    // dev_f64_abs: 1.9e-6 and 5.6e-6 for gradients; after Adam 9e-7, and 4.7e-5 of the real one where entries are ill.
    floors: { gradient: 5e-6, realGradient: 2e-5, realSquares: 1e-5, realLosses: 1e-5, adam: 2e-6 },
    summed: true,
    make,
    shapes: ({ options }) => [options.image, [options.spectrum]],
    forward: (scope, model, [images], noise) => {
      const found = encodeImages(scope, model.options, images);
      const z = drawLatent(scope.engine, found, noise);
      const decode = (latent: Tensor) => vedArchitecture.decode(scope, model, latent);
      return { z_mean: found.mean, z_scale: found.deviation, z, out: decode(z), out_at_mean: decode(found.mean) };
    },
    terms: {
      reconstruction_sum: { of: ({ terms, samples }) => terms.reconstruction * samples },
      log_q_sum: { of: ({ terms }) => terms.logQ },
      log_p_sum: { of: ({ terms }) => terms.logP },
      info_analytic_kl_sum: { of: ({ terms, samples }) => terms.kl * samples, make: (c) => make(c, "analytic") },
    },
  },
  { small: ["e_ved_8x8_24_small"], real: ["e_real_ved_16x16_64"] },
);
