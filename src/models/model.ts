import type { SampleAxes, SampleScaling } from "../data";
import type { AutoencoderModel } from "./autoencoder";
import type { ClassifierModel } from "./classifier";
import type { DualVaeModel } from "./dual-vae";
import type { Im2specModel } from "./im2spec";
import type { JrvaeModel } from "./jrvae";
import type { RvaeModel } from "./rvae";
import type { SegmenterModel } from "./segmenter";
import type { Spec2imModel } from "./spec2im";
import type { TrainingResult } from "./training";
import type { VaeModel } from "./vae";
import type { VedModel } from "./ved";

/** One named parameter of a model, in PyTorch's layout (convolution [out, in, ...taps], linear [out, in]), row-major. */
export interface Parameter {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  /** False for the running statistics of batch norm. */
  readonly trainable: boolean;
}

/** What every model is: options and named parameters; `fit` writes into it. A plain object: it can be copied and saved. */
export interface ModelBase {
  /** Under PyTorch's names, e.g. "encoder.conv.block.0.weight". */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Scaling of the data the model was fitted to; undefined before `fit`, and where it was fitted to a bare array. */
  scaling?: SampleScaling;
  /** Axes of the data the model was fitted to; undefined before `fit`, and where it was fitted to a bare array. */
  axes?: SampleAxes;
  /** The record of the last training run, also of a stopped one; undefined before `fit`. */
  training?: TrainingResult;
}

/** A model of any kind. */
export type Model =
  | AutoencoderModel
  | ClassifierModel
  | DualVaeModel
  | Im2specModel
  | JrvaeModel
  | RvaeModel
  | SegmenterModel
  | Spec2imModel
  | VaeModel
  | VedModel;

/** Number of trainable values. */
export function parameterCount(model: ModelBase): number {
  return Object.values(model.parameters).reduce((sum, p) => sum + (p.trainable ? p.data.length : 0), 0);
}
