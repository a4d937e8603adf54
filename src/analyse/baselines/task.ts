import type { Pace } from "../../core/pace";
import type { Engine } from "../../engine/engine";

/** Rows of equal length, one a sample. */
export interface Rows {
  readonly data: Float32Array;
  readonly count: number;
  readonly size: number;
}

/** One side of the samples that a baseline learns from, or predicts for. */
export interface BaselineSet {
  readonly inputs: Rows;
  /** n (row, column) pairs. */
  readonly positions: Int32Array;
}

/** What a baseline is given. */
export interface BaselineTask {
  readonly train: BaselineSet & { readonly targets: Rows };
  /** `targets` are seen by the linear autoencoder only, which encodes them. */
  readonly test: BaselineSet & { readonly targets: Rows };
  readonly engine: Engine;
  readonly pace: Pace;
}

/** What a baseline gives. */
export interface BaselinePrediction {
  /** In words, e.g. "5 nearest images". */
  readonly name: string;
  /** [test, target size] */
  readonly predicted: Float32Array;
  /** Numbers learnt; none for the nearest neighbours, which keep the training set. */
  readonly parameters?: number;
  /** The settings used, also those chosen on the training set. */
  readonly settings: Readonly<Record<string, number>>;
}
