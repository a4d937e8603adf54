import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { initialParameters } from "./parameter-spec";
import { checkKl, checkLikelihood, type KlOptions, type LikelihoodOptions } from "./variational-options";
import { checkVedSizes } from "./ved-check";
import { vedSpecs } from "./ved-network";

/** Options of `ved`. */
export interface VedOptions extends LikelihoodOptions, KlOptions {
  /** [height, width, channels] of an image window. */
  readonly image: readonly [number, number, number];
  /** Number of spectral channels. */
  readonly spectrum: number;
  /** Size of the latent space. Default 2. */
  readonly latent?: number;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
  /**
   * Filters of the encoder's convolutions, a list for each block; the image is halved by max pooling between blocks.
   * Default [[32], [64, 64], [128, 128]].
   */
  readonly encoderFilters?: readonly (readonly number[])[];
  /**
   * Filters of the decoder's convolutions, a list for each block; the spectrum is doubled after each block. Default
   * [[128, 128], [64, 64], [32]].
   */
  readonly decoderFilters?: readonly (readonly number[])[];
  /**
   * KL term of the loss: "analytic", or "sampled", log q - log p at the drawn point, which has more noise (pyroVED).
   * Default "analytic".
   */
  readonly kl?: "analytic" | "sampled";
  /** A logistic function on the output, for spectra from 0 to 1; a Bernoulli likelihood always has it. Default false. */
  readonly sigmoid?: boolean;
}

/** The options of a VED with their defaults. */
export type ResolvedVedOptions = Readonly<Required<Omit<VedOptions, "capacity">> & Pick<VedOptions, "capacity">>;

/** The variational network that predicts a distribution of spectra from the image window around a pixel. */
export interface VedModel extends ModelBase {
  readonly kind: "ved";
  readonly options: ResolvedVedOptions;
}

/**
 * Makes a variational encoder-decoder with seeded first weights: image window -> distribution of latents -> spectrum.
 *
 * Encoder: blocks of 3 x 3 convolutions with leaky ReLU (slope 0.01) and max pooling between them, a linear layer to mean
 * and (by softplus) standard deviation of the latents. Decoder: a linear layer to an eighth of the channels, blocks of
 * convolutions of 3 taps, each block followed by doubling (nearest) and a convolution of 1 tap, and a convolution of 1
 * tap to the spectrum. The network of pyroVED's `VED` (ziatdinovmax/pyroVED), which has `likelihood: "bernoulli"` and
 * `kl: "sampled"`; first weights as PyTorch's defaults. A spectrum of any length fits: the blocks start at its channels
 * over 8, 4 and 2 rounded up, and a doubling that gives one channel too many drops the last.
 *
 * The loss is the mean over the samples (pyroVED reports the sum over a batch) of the negative log likelihood plus
 * `beta` (scale_factor in pyroVED) times the KL divergence from the standard normal. `predict` decodes the mean latent;
 * `predictDistribution` gives mean and standard deviation over drawn latents.
 *
 * @throws OptionError for sizes and options that do not fit each other
 *
 * @example
 * const model = ved({ ...shapes(pairs), latent: 2, seed: 1 });
 * await fit(model, train, { validation: test, batch: 100 });
 * const { mean, deviation } = await predictDistribution(model, test);
 */
export function ved(options: VedOptions): VedModel {
  const resolved: ResolvedVedOptions = Object.freeze({
    latent: 2,
    seed: 0,
    encoderFilters: [[32], [64, 64], [128, 128]],
    decoderFilters: [[128, 128], [64, 64], [32]],
    likelihood: "gaussian",
    deviation: "optimal",
    beta: 1,
    kl: "analytic",
    sigmoid: false,
    ...givenOptions(options),
  });
  checkVedSizes(resolved);
  checkLikelihood("ved", resolved);
  checkKl("ved", resolved);
  return { kind: "ved", options: resolved, parameters: initialParameters(vedSpecs(resolved), resolved.seed) };
}
