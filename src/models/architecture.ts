import type { Tensor } from "@tensorflow/tfjs-core";
import type { FloatArray, Samples } from "../data";
import type { Scope } from "./layers";
import type { ModelBase } from "./model";
import type { ParameterSpec } from "./parameter-spec";

/**
 * What makes a model of one kind: the functions behind its plain data. `fit`, `encode`, `decode`, `predict` and
 * `posterior` work on any kind through these. Tensors are channels-last; `inputs` are one batch of `data`, in the same
 * order.
 */
export interface Architecture<M extends ModelBase = ModelBase> {
  /** All parameters, trainable and not, in a fixed order. */
  specs(model: M): readonly ParameterSpec[];
  /** The arrays of a set of samples that a step reads, checked against the model; the first axis is the sample. */
  data(model: M, samples: Samples | FloatArray): readonly FloatArray[];
  /** Random numbers that a step draws for each sample beside its data. Default none. */
  noise?(model: M): readonly NoiseSpec[];
  /** Numbers that change with the step (0 for the first), e.g. a capacity; always of the same count. Default none. */
  schedule?(model: M, step: number): readonly number[];
  /** The input of the encoder, checked against the model. */
  encoderInput(model: M, samples: Samples | FloatArray): FloatArray;
  /** Shape of one latent point. */
  latentShape(model: M): readonly number[];
  /** Shape of one decoded sample. */
  outputShape(model: M): readonly number[];
  /** Which side of the samples the output is compared with. */
  outputSide(model: M): "images" | "spectra";
  /** The latent point; of a variational model the mean of the content latents, without pose and classes. */
  encode(scope: Scope, model: M, input: Tensor): Tensor;
  /** The output at a latent point; at angle 0 and shift 0 where the model has a pose. */
  decode(scope: Scope, model: M, latent: Tensor): Tensor;
  /** The output for an input, with its own pose and class. Default: decode(encode(input)). */
  reconstruct?(scope: Scope, model: M, input: Tensor): Tensor;
  /** What a variational encoder says of an input, each [n, k], under the names of `Posterior`. */
  posterior?(scope: Scope, model: M, input: Tensor): PosteriorTensors;
  /** The output for an input at a point drawn from its posterior, by the noise of a step. Variational models only. */
  draw?(scope: Scope, model: M, input: Tensor, noise: readonly Tensor[]): Tensor;
  /** Loss of one batch, mean over its samples. */
  loss(scope: Scope, model: M, inputs: readonly Tensor[], extras: StepExtras): Loss;
  /** Why training must not flip or turn its images: a few words that follow "but". Default undefined: it may. */
  fixedOrientation?(model: M): string | undefined;
  /** Largest number of values that one sample takes in a layer: sets how many samples are predicted at once. */
  width(model: M): number;
}

/** One array of random numbers a step draws. Standard normal, uniform in [0, 1), or standard Gumbel. */
export interface NoiseSpec {
  readonly distribution: "normal" | "uniform" | "gumbel";
  /** Shape for one sample. */
  readonly shape: readonly number[];
}

/** What a step has beside its data. */
export interface StepExtras {
  /** One tensor [n, ...shape] for each NoiseSpec. */
  readonly noise: readonly Tensor[];
  /** One scalar for each number of the schedule. */
  readonly schedule: readonly Tensor[];
}

/** A scalar loss, and the scalars it is made of, by name (always the same names in the same order). */
export interface Loss {
  readonly total: Tensor;
  readonly terms?: Readonly<Record<string, Tensor>>;
}

/** Mean and standard deviation [n, latent] of the content; angle [n, 1] in radians, shift [n, 2], class probabilities. */
export interface PosteriorTensors {
  readonly mean: Tensor;
  readonly deviation: Tensor;
  readonly angle?: Tensor;
  readonly angleDeviation?: Tensor;
  readonly shift?: Tensor;
  readonly shiftDeviation?: Tensor;
  readonly classes?: Tensor;
}
