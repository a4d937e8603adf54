import { checkSpec2imSizes } from "./check";
import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { initialParameters } from "./parameter-spec";
import { spec2imSpecs } from "./spec2im-network";

/** Options of `spec2im`. */
export interface Spec2imOptions {
  /** [height, width, 1] of an image window; the network decodes one image channel. */
  readonly image: readonly [number, number, number];
  /** Number of spectral channels. */
  readonly spectrum: number;
  /** Size of the latent space. Default 2. */
  readonly latent?: number;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
  /** Convolutions of the encoder. Default 3. */
  readonly encoderLayers?: number;
  /** Convolutions of the decoder's dilated cascade, with dilations 1, 2, 3, ... Default 4. */
  readonly decoderLayers?: number;
  /** Filters of each encoder convolution. Default 64. */
  readonly encoderFilters?: number;
  /** Filters of each decoder convolution. Default 64. */
  readonly decoderFilters?: number;
  /** Batch norm after each activation. Default true. */
  readonly batchNorm?: boolean;
  /** Mean pooling of the spectrum by this factor before the encoder; left-over channels are dropped. Default 1, none. */
  readonly downsampling?: number;
  /** Decode at a quarter of the height and width and double both twice (nearest) before the cascade. Default true. */
  readonly upsampling?: boolean;
}

/** The network that predicts the image window around a pixel from the pixel's spectrum. */
export interface Spec2imModel extends ModelBase {
  readonly kind: "spec2im";
  readonly options: Readonly<Required<Spec2imOptions>>;
}

/**
 * Makes a spec2im network with seeded first weights: spectrum -> latent -> image window.
 *
 * The mirror of `im2spec`. Encoder: mean pooling of the spectrum, if asked for, then convolutions (3 taps) with leaky
 * ReLU (slope 0.1) and batch norm after it, and a linear layer to the latent space. Decoder: a linear layer to a map of
 * a quarter of the image's height and width, twice a convolution block and a doubling, the cascade of dilated
 * convolutions (3 x 3) whose every intermediate tensor is summed, one convolution to a single filter, and a linear
 * output. Trained on the mean squared error of the images. The network of Roccapriore, Ziatdinov, Cho, Hachtel &
 * Kalinin, "Predictability of localized plasmonic responses in nanoparticle assemblies", Small 17, 2100181 (2021),
 * doi:10.1002/smll.202100181. It was published in two forms: `{ downsampling: 16 }` with 2048 channels is AtomAI's
 * ImSpec, `{ encoderLayers: 4 }` is ziatdinovmax/im2spec. First weights as PyTorch's defaults.
 *
 * @throws OptionError for sizes that do not fit each other
 * @example
 * const model = spec2im({ ...shapes(pairs), latent: 2, seed: 1 });
 * await fit(model, train, { validation: test });
 * const images = await predict(model, test); // [n, height, width, 1] in the scaling of the pairs
 */
export function spec2im(options: Spec2imOptions): Spec2imModel {
  const resolved = Object.freeze({
    latent: 2,
    seed: 0,
    encoderLayers: 3,
    decoderLayers: 4,
    encoderFilters: 64,
    decoderFilters: 64,
    batchNorm: true,
    downsampling: 1,
    upsampling: true,
    ...givenOptions(options),
  });
  checkSpec2imSizes(resolved);
  return { kind: "spec2im", options: resolved, parameters: initialParameters(spec2imSpecs(resolved), resolved.seed) };
}
