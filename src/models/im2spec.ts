import { checkIm2specSizes } from "./check";
import { givenOptions } from "./given-options";
import { im2specSpecs } from "./im2spec-network";
import type { ModelBase } from "./model";
import { initialParameters } from "./parameter-spec";

/** Options of `im2spec`. */
export interface Im2specOptions {
  /** [height, width, channels] of an image window. */
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
  /** Mean pooling of the window by this factor before the encoder. Default 1, none. */
  readonly downsampling?: number;
  /** Decode at a quarter of the channels and double them twice before the cascade. Default false. */
  readonly upsampling?: boolean;
}

/** The network that predicts a spectrum from the image window around its pixel. */
export interface Im2specModel extends ModelBase {
  readonly kind: "im2spec";
  readonly options: Readonly<Required<Im2specOptions>>;
}

/**
 * Makes an im2spec network with seeded first weights: image window -> latent -> spectrum.
 *
 * Encoder: convolutions (3 x 3) with leaky ReLU (slope 0.1) and batch norm after it, then a linear layer to the latent
 * space. Decoder: a linear layer to all spectral channels, a cascade of convolutions (3 taps) with growing dilation
 * whose every intermediate tensor (convolution, activation and batch norm of each layer) is summed, one convolution to
 * a single filter, and a linear output. The network of Roccapriore, Ziatdinov, Cho, Hachtel & Kalinin, "Predictability
 * of localized plasmonic responses in nanoparticle assemblies", Small 17, 2100181 (2021), doi:10.1002/smll.202100181,
 * in the form published with it (ziatdinovmax/im2spec, AtomAI's ImSpec). First weights as PyTorch's defaults.
 *
 * @example
 * const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
 * await fit(model, train, { validation: test });
 */
export function im2spec(options: Im2specOptions): Im2specModel {
  const resolved = Object.freeze({
    latent: 2,
    seed: 0,
    encoderLayers: 3,
    decoderLayers: 4,
    encoderFilters: 64,
    decoderFilters: 64,
    batchNorm: true,
    downsampling: 1,
    upsampling: false,
    ...givenOptions(options),
  });
  checkIm2specSizes(resolved);
  return { kind: "im2spec", options: resolved, parameters: initialParameters(im2specSpecs(resolved), resolved.seed) };
}
