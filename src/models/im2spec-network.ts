import type { Tensor } from "@tensorflow/tfjs-core";
import { addMany, averagePool, meanSquaredError, reshape, upsampleTwice } from "../engine/ops";
import type { Architecture } from "./architecture";
import { checkInput, checkPairs } from "./check";
import type { Im2specModel, Im2specOptions } from "./im2spec";
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
import type { ParameterSpec } from "./parameter-spec";

/** How `fit`, `encode`, `decode` and `predict` run an im2spec model. @internal */
export const im2specArchitecture: Architecture<Im2specModel> = {
  specs: (model) => im2specSpecs(model.options),
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

/** All parameters of an im2spec network, in the order and under the names of AtomAI's state dictionary. */
export function im2specSpecs(o: Readonly<Required<Im2specOptions>>): ParameterSpec[] {
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
