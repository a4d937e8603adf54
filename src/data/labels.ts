import type { Samples } from "./samples";

/** What samples show: one class for each sample, or one for each pixel of each window. */
export interface Labels {
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Places in `classes`. */
  readonly values: Int32Array;
  /** [n], or [n, height, width] for windows labelled pixel by pixel. */
  readonly shape: readonly number[];
}

/** Samples with the classes that they show: what a classifier and a segmenter train on. */
export type Labelled<S extends Samples = Samples> = S & { readonly labels: Labels };
