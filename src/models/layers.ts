import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { batchNormInference, batchNormTraining, biasAdd, convolution, leakyRelu, product } from "../engine/ops";
import type { ParameterSpec } from "./parameter-spec";

/** One forward pass: the engine, the parameters by name, and where new running statistics go. */
export interface Scope {
  readonly engine: Engine;
  /** True: batch norm by the batch's statistics, new running statistics are collected. */
  readonly training: boolean;
  get(name: string): Tensor;
  /** Takes a new value of a parameter that is not trained. */
  update(name: string, value: Tensor): void;
  /** Told about each layer as it is computed: its kind in words, the name of its parameters if any, and what it gives. */
  readonly watch?: (kind: string, name: string | undefined, output: Tensor) => void;
}

/** Slope of the leaky ReLU below zero in im2spec and spec2im. */
export const LEAKY_SLOPE = 0.1;

/**
 * Weight [out, in, ...taps] and bias of a convolution, one- (one tap count) or two-dimensional, with PyTorch's
 * initial values: kaiming_uniform(a = sqrt 5) is uniform within 1 / sqrt(in * taps), and so is the bias.
 */
export function convolutionSpecs(name: string, out: number, input: number, taps: readonly number[]): ParameterSpec[] {
  const [height, width] = taps.length === 1 ? [1, taps[0]] : taps;
  const bound = 1 / Math.sqrt(input * height * width);
  return [
    {
      name: `${name}.weight`,
      shape: [out, input, ...taps],
      trainable: true,
      initial: { bound },
      view: [out, input, height, width],
      order: [2, 3, 1, 0],
      engineShape: [height, width, input, out],
    },
    plain(`${name}.bias`, out, true, { bound }),
  ];
}

/** Weight, bias and running statistics of a batch norm. */
export function batchNormSpecs(name: string, channels: number): ParameterSpec[] {
  return [
    plain(`${name}.weight`, channels, true, 1),
    plain(`${name}.bias`, channels, true, 0),
    plain(`${name}.running_mean`, channels, false, 0),
    plain(`${name}.running_var`, channels, false, 1),
  ];
}

/** A linear layer whose input is a feature map [channels, pixels] flattened as PyTorch does (channels slowest). */
export function linearFromMapSpecs(name: string, out: number, channels: number, pixels: number): ParameterSpec[] {
  const bound = 1 / Math.sqrt(channels * pixels);
  return [
    {
      name: `${name}.weight`,
      shape: [out, channels * pixels],
      trainable: true,
      initial: { bound },
      view: [out, channels, pixels],
      order: [2, 1, 0],
      engineShape: [pixels * channels, out],
    },
    plain(`${name}.bias`, out, true, { bound }),
  ];
}

/** A linear layer whose output is a feature map [channels, pixels] flattened as PyTorch does (channels slowest). */
export function linearToMapSpecs(name: string, channels: number, pixels: number, input: number): ParameterSpec[] {
  const bound = 1 / Math.sqrt(input);
  const size = channels * pixels;
  return [
    {
      name: `${name}.weight`,
      shape: [size, input],
      trainable: true,
      initial: { bound },
      view: [channels, pixels, input],
      order: [2, 1, 0],
      engineShape: [input, pixels * channels],
    },
    {
      ...plain(`${name}.bias`, size, true, { bound }),
      view: [channels, pixels],
      order: [1, 0],
    },
  ];
}

/** y = x W + b for x [n, in]. */
export function linear({ engine, get, watch }: Scope, name: string, x: Tensor): Tensor {
  const y = biasAdd(engine, product(engine, x, get(`${name}.weight`)), get(`${name}.bias`));
  watch?.("linear", name, y);
  return y;
}

/** A "same" convolution with bias. */
export function convolve(scope: Scope, name: string, x: Tensor, dilation: readonly [number, number]): Tensor {
  const { engine, get, watch } = scope;
  const weight = get(`${name}.weight`);
  const y = biasAdd(engine, convolution(engine, x, weight, dilation), get(`${name}.bias`));
  const [height, width] = weight.shape;
  const taps = x.shape[1] === 1 ? `${width}` : `${height} x ${width}`;
  watch?.(`convolution ${taps}${dilation[1] > 1 ? `, dilation ${dilation[1]}` : ""}`, name, y);
  return y;
}

/** Batch norm in the mode of the scope. */
export function batchNorm(scope: Scope, name: string, x: Tensor): Tensor {
  const { engine, get, training, update } = scope;
  scope.watch?.("batch norm", name, x); // it changes no shape
  const tensors = {
    weight: get(`${name}.weight`),
    bias: get(`${name}.bias`),
    runningMean: get(`${name}.running_mean`),
    runningVariance: get(`${name}.running_var`),
  };
  if (!training) return batchNormInference(engine, x, tensors);
  const { value, runningMean, runningVariance } = batchNormTraining(engine, x, tensors);
  update(`${name}.running_mean`, runningMean);
  update(`${name}.running_var`, runningVariance);
  return value;
}

/** Parameters of `convolutionBlock`: with batch norm, 4 more. */
export function convolutionBlockSpecs(
  prefix: string,
  first: number,
  filters: { readonly out: number; readonly input: number; readonly taps: readonly number[] },
  withBatchNorm: boolean,
): ParameterSpec[] {
  const { out, input, taps } = filters;
  return [
    ...convolutionSpecs(`${prefix}.${first}`, out, input, taps),
    ...(withBatchNorm ? batchNormSpecs(`${prefix}.${first + 2}`, out) : []),
  ];
}

/**
 * Convolution -> leaky ReLU -> batch norm (after the activation, as im2spec and spec2im have it), in a PyTorch
 * Sequential where the convolution is number `first`. Returns all tensors on the way; the last is the block's output.
 */
export function convolutionBlock(
  scope: Scope,
  prefix: string,
  first: number,
  x: Tensor,
  options: { readonly dilation?: readonly [number, number]; readonly batchNorm: boolean },
): Tensor[] {
  const { dilation = [1, 1] } = options;
  const convolved = convolve(scope, `${prefix}.${first}`, x, dilation);
  const activated = leakyRelu(scope.engine, convolved, LEAKY_SLOPE);
  scope.watch?.("leaky ReLU", undefined, activated);
  if (!options.batchNorm) return [convolved, activated];
  return [convolved, activated, batchNorm(scope, `${prefix}.${first + 2}`, activated)];
}

function plain(name: string, size: number, trainable: boolean, initial: ParameterSpec["initial"]): ParameterSpec {
  return { name, shape: [size], trainable, initial, view: [size], order: [0], engineShape: [size] };
}
