import type { Tensor } from "@tensorflow/tfjs-core";
import { addMany, averagePool, reshape, upsampleTwice } from "../engine/ops";
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

/** What im2spec and spec2im can be told about their encoder and decoder, all resolved. */
export interface ConvolutionalOptions {
  readonly latent: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly encoderFilters: number;
  readonly decoderFilters: number;
  readonly batchNorm: boolean;
  readonly downsampling: number;
  readonly upsampling: boolean;
}

/** What goes into or comes out of such a network: an image, or a spectrum as a map of height 1 with 1-D convolutions. */
export interface Side {
  readonly dimensions: 1 | 2;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** An image [height, width, channels] as a side of a network. */
export function imageSide([height, width, channels]: readonly [number, number, number]): Side {
  return { dimensions: 2, height, width, channels };
}

/** A spectrum as a side of a network. */
export function spectrumSide(width: number): Side {
  return { dimensions: 1, height: 1, width, channels: 1 };
}

/** All parameters of the network, in the order and under the names of AtomAI's state dictionary. */
export function convolutionalSpecs(o: ConvolutionalOptions, input: Side, output: Side): ParameterSpec[] {
  const stride = o.batchNorm ? 3 : 2;
  const taps = (side: Side, size: number) => Array.from({ length: side.dimensions }, () => size);
  const blocks = (prefix: string, layers: number, filters: number, first: number, side: Side) =>
    Array.from({ length: layers }, (_, layer) =>
      convolutionBlockSpecs(
        prefix,
        layer * stride,
        { out: filters, input: layer === 0 ? first : filters, taps: taps(side, 3) },
        o.batchNorm,
      ),
    ).flat();
  const up = (name: string) => blocks(`decoder.${name}.block`, 1, o.decoderFilters, o.decoderFilters, output);
  const small = decodedSize(o, output);
  const merge = { out: 1, input: o.decoderFilters, taps: taps(output, 3) };
  return [
    ...blocks("encoder.conv.block", o.encoderLayers, o.encoderFilters, input.channels, input),
    ...linearFromMapSpecs("encoder.fc", o.latent, o.encoderFilters, pooledPixels(o, input)),
    ...linearToMapSpecs("decoder.fc", o.decoderFilters, small.height * small.width, o.latent),
    ...(o.upsampling ? [...up("deconv1"), ...up("deconv2")] : []),
    ...blocks("decoder.dilblock.atrous_module", o.decoderLayers, o.decoderFilters, o.decoderFilters, output),
    ...convolutionBlockSpecs("decoder.conv.block", 0, merge, o.batchNorm),
    ...convolutionSpecs("decoder.out", 1, 1, taps(output, 1)),
  ];
}

/** Largest number of values that one sample takes in a layer. */
export function widestLayer(o: ConvolutionalOptions, input: Side, output: Side): number {
  const encoded = Math.max(o.encoderFilters * pooledPixels(o, input), input.height * input.width * input.channels);
  return Math.max(o.decoderFilters * output.height * output.width, encoded);
}

/** Values per filter after the mean pooling; what does not fill a block is dropped. */
function pooledPixels({ downsampling }: ConvolutionalOptions, { dimensions, height, width }: Side): number {
  return (dimensions === 1 ? 1 : Math.floor(height / downsampling)) * Math.floor(width / downsampling);
}

/** Where the decoder starts: a quarter of each length where it doubles twice. */
function decodedSize({ upsampling }: ConvolutionalOptions, { dimensions, height, width }: Side) {
  const divisor = upsampling ? 4 : 1;
  return { height: dimensions === 1 ? 1 : height / divisor, width: width / divisor };
}

/** [n, height, width, channels] -> [n, latent] */
export function encodeConvolutional(scope: Scope, o: ConvolutionalOptions, input: Tensor): Tensor {
  let x = o.downsampling > 1 ? averagePool(scope.engine, input, o.downsampling) : input;
  if (x !== input) scope.watch?.(`mean of ${o.downsampling}`, undefined, x);
  for (let layer = 0; layer < o.encoderLayers; layer++) {
    x = last(convolutionBlock(scope, "encoder.conv.block", layer * (o.batchNorm ? 3 : 2), x, o));
  }
  return linear(scope, "encoder.fc", reshape(scope.engine, x, [x.shape[0], -1]));
}

/** [n, latent] -> [n, height, width, 1] of the output */
export function decodeConvolutional(scope: Scope, o: ConvolutionalOptions, output: Side, latent: Tensor): Tensor {
  const { engine } = scope;
  const { height, width } = decodedSize(o, output);
  const isImage = output.dimensions === 2;
  let x = reshape(engine, linear(scope, "decoder.fc", latent), [latent.shape[0], height, width, o.decoderFilters]);
  if (o.upsampling) {
    for (const name of ["deconv1", "deconv2"]) {
      x = upsampleTwice(engine, last(convolutionBlock(scope, `decoder.${name}.block`, 0, x, o)), isImage);
      scope.watch?.("doubling", undefined, x);
    }
  }
  const all: Tensor[] = [];
  for (let layer = 0; layer < o.decoderLayers; layer++) {
    const first = layer * (o.batchNorm ? 3 : 2);
    const dilation = [isImage ? layer + 1 : 1, layer + 1] as const;
    const block = convolutionBlock(scope, "decoder.dilblock.atrous_module", first, x, { ...o, dilation });
    all.push(...block);
    x = last(block);
  }
  const sum = addMany(engine, all);
  scope.watch?.(`sum of the ${all.length} maps above`, undefined, sum);
  const merged = last(convolutionBlock(scope, "decoder.conv.block", 0, sum, o));
  return convolve(scope, "decoder.out", merged, [1, 1]);
}

function last(tensors: readonly Tensor[]): Tensor {
  return tensors[tensors.length - 1];
}
