import type { Tensor } from "@tensorflow/tfjs-core";
import type { FloatArray, Pairs } from "../data";
import type { Scope } from "./layers";
import type { ModelBase } from "./model";
import type { ParameterSpec } from "./parameter-spec";

/**
 * What makes a model of one kind: the functions behind its plain data. `fit`, `encode`, `decode` and `predict` work on
 * any kind through these. Tensors are channels-last; `inputs` are one batch of `data`, in the same order.
 */
export interface Architecture<M extends ModelBase = ModelBase> {
  /** All parameters, trainable and not, in a fixed order. */
  specs(model: M): readonly ParameterSpec[];
  /** The arrays of a set of pairs that a step reads, checked against the model; the first axis is the sample. */
  data(model: M, pairs: Pairs): readonly FloatArray[];
  /** The input of the encoder, checked against the model. */
  encoderInput(model: M, samples: Pairs | FloatArray): FloatArray;
  /** Shape of one latent point. */
  latentShape(model: M): readonly number[];
  /** Shape of one decoded sample. */
  outputShape(model: M): readonly number[];
  encode(scope: Scope, model: M, input: Tensor): Tensor;
  decode(scope: Scope, model: M, latent: Tensor): Tensor;
  /** Scalar loss of one batch, mean over its samples. */
  loss(scope: Scope, model: M, inputs: readonly Tensor[]): Tensor;
  /** Largest number of values that one sample takes in a layer: sets how many samples are predicted at once. */
  width(model: M): number;
}
