import { SpecbookError } from "../core";
import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { checkCounts, chosenSide, type OneSideOptions } from "./one-side";
import { initialParameters } from "./parameter-spec";
import { vaeSpecs } from "./vae-network";
import { checkKl, checkLikelihood, type KlOptions, type LikelihoodOptions } from "./variational-options";

/** Options of `vae`. */
export interface VaeOptions extends OneSideOptions, LikelihoodOptions, KlOptions {
  /** Size of the latent space, without the shift. Default 2. */
  readonly latent?: number;
  /** Hidden layers of the encoder and of the decoder. Default 2. */
  readonly layers?: number;
  /** Units of a hidden layer. Default 128. */
  readonly hidden?: number;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
  /** A logistic function on the output, for data from 0 to 1; a Bernoulli likelihood always has it. Default false. */
  readonly sigmoid?: boolean;
  /** Spectra only: one more latent that moves the decoded spectrum along its axis. Default false. */
  readonly shift?: boolean;
  /** Standard deviation of the shift before the data are seen, in units of half the spectrum's length. Default 0.1. */
  readonly shiftPrior?: number;
}

/** The options of a VAE with their defaults. */
export type ResolvedVaeOptions = Readonly<
  Required<Omit<VaeOptions, "image" | "spectrum" | "capacity">> & Pick<VaeOptions, "image" | "spectrum" | "capacity">
>;

/** A variational autoencoder of spectra or image windows. */
export interface VaeModel extends ModelBase {
  readonly kind: "vae";
  readonly options: ResolvedVaeOptions;
}

/**
 * Makes a variational autoencoder with seeded first weights: a spectrum (or an image window) -> a normal distribution
 * over a few latents -> the same spectrum.
 *
 * Encoder and decoder: fully connected layers with tanh; mean and log deviation by a linear layer each. Trained on
 * misfit + KL divergence (Kingma & Welling 2014, arXiv:1312.6114). With `deviation: 1` it is AtomAI's VAE with "mse",
 * with `likelihood: "bernoulli"` the one with "ce"; the default deviation is found from the data, because 1 makes spectra
 * scaled to 0-1 collapse: every latent is ignored, and every output is the mean.
 *
 * With `shift`, the decoder is asked channel by channel at coordinates from 1 (first channel) to -1 that one more
 * latent, times `shiftPrior`, moves; a positive shift is towards later channels. This is pyroVED's iVAE with
 * invariances ["t"], which has `likelihood: "bernoulli"`.
 *
 * @throws OptionError for sizes and options that do not fit each other
 * @example
 * const model = vae({ spectrum: 1496, latent: 2, seed: 1 });
 * await fit(model, pixelSpectra(spectrumImage), { epochs: 60, batch: 100 });
 * const { mean, deviation } = await posterior(model, pixelSpectra(spectrumImage));
 */
export function vae(options: VaeOptions): VaeModel {
  const resolved: ResolvedVaeOptions = Object.freeze({
    latent: 2,
    layers: 2,
    hidden: 128,
    seed: 0,
    likelihood: "gaussian",
    deviation: "optimal",
    beta: 1,
    sigmoid: false,
    shift: false,
    shiftPrior: 0.1,
    ...givenOptions(options),
    side: chosenSide("vae", options),
  });
  const { latent, layers, hidden } = resolved;
  checkCounts("vae", resolved, { latent, layers, hidden });
  checkLikelihood("vae", resolved);
  checkKl("vae", resolved);
  checkShift(resolved);
  return { kind: "vae", options: resolved, parameters: initialParameters(vaeSpecs(resolved), resolved.seed) };
}

function checkShift({ shift, shiftPrior, side, spectrum = 0 }: ResolvedVaeOptions): void {
  if (shift && (side === "images" || spectrum < 2)) {
    throw new SpecbookError("OptionError", "vae moves spectra only", {
      got: `shift: true for ${side === "images" ? side : "one channel"}`,
      needed: "spectra of at least 2 channels, or a model with a pose",
      remedy: "rvae({ image, shift: true }) rotates and moves images",
    });
  }
  if (Number.isFinite(shiftPrior) && shiftPrior > 0) return;
  throw new SpecbookError("OptionError", "vae cannot use this shiftPrior", {
    got: `shiftPrior: ${shiftPrior}`,
    needed: "a positive number, in units of half the spectrum's length",
    remedy: "leave it out for 0.1, a twentieth of the spectrum",
  });
}
