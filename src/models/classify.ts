import type { FloatArray, Samples } from "../data";
import type { ClassifierModel } from "./classifier";
import { type PredictOptions, predict } from "./predict";
import type { SegmenterModel } from "./segmenter";

/** Which class each sample, or each pixel of each window, most probably belongs to. */
export interface Classification {
  readonly kind: "classification";
  readonly classes: readonly string[];
  /** The most probable class as its place in `classes`: one for each sample, or for each pixel of each window. */
  readonly values: Int32Array;
  /** [n], or [n, height, width] */
  readonly shape: readonly number[];
  /** Probability of each class, [...shape, classes]; they add up to 1. */
  readonly probabilities: FloatArray;
}

/**
 * The classes of samples by a classifier, or of the pixels of windows by a segmenter, with their probabilities.
 *
 * @throws ShapeError, DataError, CancelledError
 * @example const { values, probabilities } = await classify(model, test);
 */
export async function classify(
  model: ClassifierModel | SegmenterModel,
  samples: Samples | FloatArray,
  options: PredictOptions = {},
): Promise<Classification> {
  const probabilities = await predict(model, samples, options);
  const { classes } = model.options;
  const shape = Object.freeze(probabilities.shape.slice(0, -1));
  const values = new Int32Array(probabilities.data.length / classes.length);
  for (let i = 0; i < values.length; i++) {
    const own = probabilities.data.subarray(i * classes.length, (i + 1) * classes.length);
    values[i] = own.reduce((best, value, k) => (value > own[best] ? k : best), 0);
  }
  return Object.freeze({ kind: "classification", classes, values, shape, probabilities });
}
