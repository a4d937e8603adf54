import { SpecbookError } from "../core";
import { autoencoderSpecs } from "./autoencoder-network";
import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { checkCounts, chosenSide, type OneSideOptions } from "./one-side";
import { initialParameters } from "./parameter-spec";

/** Options of `autoencoder`. */
export interface AutoencoderOptions extends OneSideOptions {
  /** Size of the latent space. Default 2. */
  readonly latent?: number;
  /** Hidden layers of the encoder and of the decoder. Default 2. */
  readonly layers?: number;
  /** Units of a hidden layer. Default 128. */
  readonly hidden?: number;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
  /** A logistic function on the output, for data from 0 to 1. Default false. */
  readonly sigmoid?: boolean;
  /** What is done to each input of a training step, and is to be undone by the network. Default nothing. */
  readonly corruption?: Corruption;
}

/** Damage to the inputs of a denoising autoencoder, drawn anew in every step. */
export interface Corruption {
  /** Standard deviation of normal noise that is added, in the units of the data the model is given. Default 0. */
  readonly deviation?: number;
  /** Share of the values that is set to 0, from 0 to below 1; noise is added before. Default 0. */
  readonly masked?: number;
}

/** The options of an autoencoder with their defaults. */
export type ResolvedAutoencoderOptions = Readonly<
  Required<Omit<AutoencoderOptions, "image" | "spectrum" | "corruption">> &
    Pick<AutoencoderOptions, "image" | "spectrum"> & { readonly corruption: Required<Corruption> }
>;

/** A plain or denoising autoencoder of spectra or image windows. */
export interface AutoencoderModel extends ModelBase {
  readonly kind: "autoencoder";
  readonly options: ResolvedAutoencoderOptions;
}

/**
 * Makes an autoencoder with seeded first weights: a spectrum (or an image window) -> a few latents -> the same spectrum,
 * trained on the mean squared error (Hinton & Salakhutdinov, Science 313, 504 (2006), doi:10.1126/science.1127647). It is
 * PCA with curved components, and a VAE without a prior: its latents have no scale and no spread.
 *
 * With `corruption` it is a denoising autoencoder (Vincent et al., ICML 2008, doi:10.1145/1390156.1390294): the input
 * of each training step is damaged, the target is not, so that it learns what a spectrum without the damage looks like.
 * `predict` then takes the noise out of the spectra it is given, undamaged by itself.
 *
 * Encoder and decoder are fully connected, tanh after each hidden layer, as those of `vae`: a feature of a spectrum is
 * known by its energy, and windows are cut around their pixel, so that nothing is gained by filters that look alike at
 * every place; they would cost many times the time.
 *
 * @throws OptionError for sizes and options that do not fit each other
 * @example
 * const model = autoencoder({ spectrum: 1496, latent: 4, corruption: { deviation: 0.05 } });
 * await fit(model, train, { epochs: 60 });
 * const denoised = await predict(model, test);
 */
export function autoencoder(options: AutoencoderOptions): AutoencoderModel {
  const resolved: ResolvedAutoencoderOptions = Object.freeze({
    latent: 2,
    layers: 2,
    hidden: 128,
    seed: 0,
    sigmoid: false,
    ...givenOptions(options),
    corruption: Object.freeze({ deviation: 0, masked: 0, ...givenOptions(options.corruption ?? {}) }),
    side: chosenSide("autoencoder", options),
  });
  const { latent, layers, hidden } = resolved;
  checkCounts("autoencoder", resolved, { latent, layers, hidden });
  checkCorruption(resolved.corruption);
  const parameters = initialParameters(autoencoderSpecs(resolved), resolved.seed);
  return { kind: "autoencoder", options: resolved, parameters };
}

function checkCorruption(corruption: Required<Corruption>): void {
  const { deviation, masked } = corruption;
  if (Number.isFinite(deviation) && deviation >= 0 && masked >= 0 && masked < 1) return;
  throw new SpecbookError("OptionError", "autoencoder cannot use this corruption", {
    got: `corruption: ${JSON.stringify(corruption)}`,
    needed: "a deviation of at least 0, and a masked share of at least 0 and below 1",
    remedy: "try corruption: { deviation: 0.05 } for data scaled to 0-1, or leave it out",
  });
}
