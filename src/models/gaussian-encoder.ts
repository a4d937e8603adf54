import type { Tensor } from "@tensorflow/tfjs-core";
import { denseSpecs, denseStack, denseStackSpecs } from "./dense";
import { linear, type Scope } from "./layers";
import type { ParameterSpec } from "./parameter-spec";

/** A normal distribution for each sample: mean and logarithm of the standard deviation, both [n, size]. */
export interface Gaussian {
  readonly mean: Tensor;
  readonly logDeviation: Tensor;
}

/** Sizes of a fully connected encoder. */
export interface DenseEncoderSizes {
  /** Values of a flattened sample. */
  readonly input: number;
  readonly layers: number;
  readonly hidden: number;
  /** Values of the distribution: latents, and pose where there is one. */
  readonly output: number;
}

/** Parameters of `gaussianEncoder`, under the names of AtomAI's encoder_net. */
export function gaussianEncoderSpecs(prefix: string, o: DenseEncoderSizes): ParameterSpec[] {
  return [
    ...denseStackSpecs(`${prefix}.dense`, o.layers, o.hidden, o.input),
    ...denseSpecs(`${prefix}.fc11`, o.output, o.hidden),
    ...denseSpecs(`${prefix}.fc12`, o.output, o.hidden),
  ];
}

/** Fully connected layers with tanh, then mean and log standard deviation by a linear layer each; x is [n, input]. */
export function gaussianEncoder(scope: Scope, prefix: string, layers: number, x: Tensor): Gaussian {
  const features = denseStack(scope, `${prefix}.dense`, layers, x);
  return { mean: linear(scope, `${prefix}.fc11`, features), logDeviation: linear(scope, `${prefix}.fc12`, features) };
}
