import { dualVaeSpecs } from "./dual-vae-network";
import { dualSideOptions } from "./dual-vae-sides";
import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { wrongModelOption } from "./option-errors";
import { initialParameters } from "./parameter-spec";
import type { PoseOptions } from "./pose-options";
import { checkRvae } from "./rvae";
import type { LikelihoodOptions } from "./variational-options";

/** Options of `dualVae`. */
export interface DualVaeOptions extends PoseOptions, LikelihoodOptions {
  /** [height, width, channels] of an image window. */
  readonly image: readonly [number, number, number];
  /** Number of spectral channels. */
  readonly spectrum: number;
  /** Size of each latent space, without the pose. Default 2. */
  readonly latent?: number;
  /** Hidden layers of each encoder and decoder. Default 2. */
  readonly layers?: number;
  /** Units of a hidden layer. Default 256. */
  readonly hidden?: number;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
  /** A logistic function on the outputs, for data from 0 to 1; a Bernoulli likelihood always has it. Default false. */
  readonly sigmoid?: boolean;
  /** Factor of the KL divergences. Default 1. */
  readonly beta?: number;
  /**
   * How the two latent spaces are held together. "linear": the spectra's mean latents go through a trained matrix A, and
   * the distance of both sides' latents is part of the loss; "cosine": no matrix, and one minus the cosine between them is;
   * "none": nothing, two separate VAEs trained side by side. Default "linear".
   */
  readonly link?: "linear" | "cosine" | "none";
  /** Factor of the link's term of the loss. Default 10. */
  readonly gamma?: number;
}

/** The options of a dual VAE with their defaults. */
export type ResolvedDualVaeOptions = Readonly<Required<DualVaeOptions>>;

/** A VAE of image windows and one of spectra, whose latent spaces are linked. */
export interface DualVaeModel extends ModelBase {
  readonly kind: "dual-vae";
  readonly options: ResolvedDualVaeOptions;
}

/**
 * Makes a dual variational autoencoder with seeded first weights: an rVAE of the image windows (angle and shift apart
 * from the content) and a VAE of their spectra, trained together so that both put a sample at the same latent point.
 *
 * The spectrum's mean latents m become A m, with A trained from the identity on, before its point is drawn, so that both
 * decoders live in the same space. Loss, mean over the samples: the negative log likelihoods of both sides + beta (KL of
 * the images + KL of the spectra) + gamma mean|z1 - z2| over samples and latents, with z1 and z2 the drawn points of the
 * two sides; with `link: "cosine"` the last is gamma (1 - mean cosine of z1 and z2). The defaults (Bernoulli, angle within
 * pi / 2 and shift within half of half the window of 0, gamma 10) are of the lecture notes this follows (Y. Liu & S. V.
 * Kalinin, structure-property lectures), there trained by Adam at 1e-4 with all samples in one batch.
 *
 * `encode` and `posterior` are those of the images; `predict` gives the spectra of images through the shared space.
 * `dualSides` gives each side as a model of its own, `predictAcross` both directions.
 *
 * @throws OptionError for sizes and options that do not fit each other
 * @example
 * const model = dualVae({ ...shapes(pairs), latent: 2, seed: 1 });
 * await fit(model, train, { epochs: 200, batch: 100, learningRate: 1e-4 });
 * const { image, spectrum } = dualSides(model);
 */
export function dualVae(options: DualVaeOptions): DualVaeModel {
  const resolved: ResolvedDualVaeOptions = Object.freeze({
    latent: 2,
    layers: 2,
    hidden: 256,
    seed: 0,
    likelihood: "bernoulli",
    deviation: "optimal",
    sigmoid: false,
    beta: 1,
    rotation: true,
    shift: true,
    anglePrior: Math.PI / 2,
    angleKl: "normal",
    shiftPrior: 0.5,
    link: "linear",
    gamma: 10,
    ...givenOptions(options),
  });
  check(resolved);
  return {
    kind: "dual-vae",
    options: resolved,
    parameters: initialParameters(dualVaeSpecs(resolved), resolved.seed),
  };
}

function check(o: ResolvedDualVaeOptions): void {
  checkRvae("dualVae", dualSideOptions(o).image);
  if (!Number.isInteger(o.spectrum) || o.spectrum < 1) {
    const remedy = "take the sizes from the data: dualVae({ ...shapes(pairs), latent: 2 })";
    throw wrongModelOption("dualVae", { spectrum: o.spectrum }, "a whole number of at least 1", remedy);
  }
  if (o.link !== "linear" && o.link !== "cosine" && o.link !== "none") {
    throw wrongModelOption("dualVae", { link: o.link }, '"linear", "cosine" or "none"', 'leave it out for "linear"');
  }
  if (!(Number.isFinite(o.gamma) && o.gamma >= 0)) {
    throw wrongModelOption("dualVae", { gamma: o.gamma }, "a number of at least 0", "leave it out for 10");
  }
}
