import type { Tensor } from "@tensorflow/tfjs-core";
import { addMany, averagePool, meanSquaredError, reshape, upsampleTwice } from "../engine/ops";
import type { Architecture } from "./architecture";
import { checkInput, checkPairs, checkSizes } from "./check";
import {
  convolutionBlock,
  convolutionBlockSpecs,
  convolutionSpecs,
  convolve,
  linear,
  linearFromMapSpecs,
  linearToMapSpecs,
  type Scope,
} from "./layers";
import type { ModelBase } from "./model";
import { initialParameters, type ParameterSpec } from "./parameter-spec";

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
    ...options,
  });
  checkSizes(resolved);
  return { kind: "im2spec", options: resolved, parameters: initialParameters(specs(resolved), resolved.seed) };
}

/** How `fit`, `encode`, `decode` and `predict` run an im2spec model. @internal */
export const im2specArchitecture: Architecture<Im2specModel> = {
  specs: (model) => specs(model.options),
  data: (model, pairs) => {
    checkPairs(model, pairs);
    return [pairs.images, pairs.spectra];
  },
  encoderInput: (model, samples) =>
    checkInput("images", "kind" in samples ? samples.images : samples, model.options.image),
  latentShape: ({ options }) => [options.latent],
  outputShape: ({ options }) => [options.spectrum],
  encode,
  decode,
  loss: (scope, model, [images, spectra]) =>
    meanSquaredError(scope.engine, decode(scope, model, encode(scope, model, images)), spectra),
  width: ({ options: o }) => Math.max(o.decoderFilters * o.spectrum, o.encoderFilters * o.image[0] * o.image[1]),
};

function specs(o: Readonly<Required<Im2specOptions>>): ParameterSpec[] {
  const stride = o.batchNorm ? 3 : 2;
  const pixels = Math.floor(o.image[0] / o.downsampling) * Math.floor(o.image[1] / o.downsampling);
  const blocks = (prefix: string, layers: number, filters: number, input: number, taps: readonly number[]) =>
    Array.from({ length: layers }, (_, layer) =>
      convolutionBlockSpecs(
        prefix,
        layer * stride,
        { out: filters, input: layer === 0 ? input : filters, taps },
        o.batchNorm,
      ),
    ).flat();
  const up = (name: string) => blocks(`decoder.${name}.block`, 1, o.decoderFilters, o.decoderFilters, [3]);
  return [
    ...blocks("encoder.conv.block", o.encoderLayers, o.encoderFilters, o.image[2], [3, 3]),
    ...linearFromMapSpecs("encoder.fc", o.latent, o.encoderFilters, pixels),
    ...linearToMapSpecs("decoder.fc", o.decoderFilters, decodedChannels(o), o.latent),
    ...(o.upsampling ? [...up("deconv1"), ...up("deconv2")] : []),
    ...blocks("decoder.dilblock.atrous_module", o.decoderLayers, o.decoderFilters, o.decoderFilters, [3]),
    ...convolutionBlockSpecs("decoder.conv.block", 0, { out: 1, input: o.decoderFilters, taps: [3] }, o.batchNorm),
    ...convolutionSpecs("decoder.out", 1, 1, [1]),
  ];
}

function decodedChannels(o: Readonly<Required<Im2specOptions>>): number {
  return o.upsampling ? o.spectrum / 4 : o.spectrum;
}

/** [n, height, width, channels] -> [n, latent] */
function encode(scope: Scope, { options: o }: Im2specModel, images: Tensor): Tensor {
  let x = o.downsampling > 1 ? averagePool(scope.engine, images, o.downsampling) : images;
  for (let layer = 0; layer < o.encoderLayers; layer++) {
    x = last(convolutionBlock(scope, "encoder.conv.block", layer * (o.batchNorm ? 3 : 2), x, o));
  }
  return linear(scope, "encoder.fc", reshape(scope.engine, x, [x.shape[0], -1]));
}

/** [n, latent] -> [n, spectral channels] */
function decode(scope: Scope, { options: o }: Im2specModel, latent: Tensor): Tensor {
  const { engine } = scope;
  const n = latent.shape[0];
  let x = reshape(engine, linear(scope, "decoder.fc", latent), [n, 1, decodedChannels(o), o.decoderFilters]);
  if (o.upsampling) {
    for (const name of ["deconv1", "deconv2"]) {
      x = upsampleTwice(engine, last(convolutionBlock(scope, `decoder.${name}.block`, 0, x, o)));
    }
  }
  const all: Tensor[] = [];
  for (let layer = 0; layer < o.decoderLayers; layer++) {
    const first = layer * (o.batchNorm ? 3 : 2);
    const dilation = [1, layer + 1] as const;
    const block = convolutionBlock(scope, "decoder.dilblock.atrous_module", first, x, { ...o, dilation });
    all.push(...block);
    x = last(block);
  }
  const merged = last(convolutionBlock(scope, "decoder.conv.block", 0, addMany(engine, all), o));
  return reshape(engine, convolve(scope, "decoder.out", merged, [1, 1]), [n, o.spectrum]);
}

function last(tensors: readonly Tensor[]): Tensor {
  return tensors[tensors.length - 1];
}
