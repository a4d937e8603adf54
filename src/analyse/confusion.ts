import { SpecbookError } from "../core";
import type { Samples } from "../data";
import type { Classification } from "../models";
import { labelsOf } from "../models/class-options";

/** How a classification agrees with what is known. */
export interface Confusion {
  readonly kind: "confusion";
  readonly classes: readonly string[];
  /** [classes x classes], row by row: `counts[truth * classes.length + found]`. */
  readonly counts: Int32Array;
  /** What was counted. */
  readonly of: "samples" | "pixels";
  /** Share that was found right. */
  readonly accuracy: number;
  /** Accuracy of always saying the most frequent class: what a classifier must beat. */
  readonly majority: number;
  /** Intersection over union of each class: right, over all that are or were called so. NaN for a class of neither. */
  readonly intersectionOverUnion: Float64Array;
  /** Its mean over the classes that have one. */
  readonly meanIntersectionOverUnion: number;
  /** Share of each class that was found (recall); NaN for a class that is not there. */
  readonly recall: Float64Array;
  /** Share of what was called each class that is it (precision); NaN for a class that was never found. */
  readonly precision: Float64Array;
}

/**
 * Which classes were taken for which: counts, accuracy, and intersection over union, against labelled samples.
 *
 * @throws ShapeError where the samples have no labels, other classes, or another number of them
 * @example
 * const found = confusion(await classify(model, test), test);
 * plot.confusion(found)
 */
export function confusion(classification: Classification, truth: Samples): Confusion {
  const { classes, values: found, shape } = classification;
  const labels = labelsOf("confusion", truth);
  if (labels.classes.length !== classes.length || labels.classes.some((name, k) => name !== classes[k])) {
    throw unlike(`${labels.classes.join(", ")} in the samples`, `${classes.join(", ")}, as the model has them`);
  }
  if (labels.shape.length !== shape.length || labels.shape.some((size, i) => size !== shape[i])) {
    throw unlike(`labels of shape [${labels.shape.join(", ")}]`, `[${shape.join(", ")}], as what was classified`);
  }
  const k = classes.length;
  const counts = new Int32Array(k * k);
  for (let i = 0; i < found.length; i++) counts[labels.values[i] * k + found[i]]++;
  const each = Array.from({ length: k }, (_, i) => i);
  const right = each.map((i) => counts[i * k + i]);
  const are = each.map((i) => each.reduce((sum, j) => sum + counts[i * k + j], 0));
  const called = each.map((j) => each.reduce((sum, i) => sum + counts[i * k + j], 0));
  const unions = Float64Array.from(each, (i) => right[i] / (are[i] + called[i] - right[i]));
  const known = unions.filter((value) => !Number.isNaN(value));
  return Object.freeze({
    kind: "confusion",
    classes,
    counts,
    of: shape.length === 1 ? "samples" : "pixels",
    accuracy: right.reduce((a, b) => a + b, 0) / found.length,
    majority: Math.max(...are) / found.length,
    intersectionOverUnion: unions,
    meanIntersectionOverUnion: known.reduce((a, b) => a + b, 0) / known.length,
    recall: Float64Array.from(each, (i) => right[i] / are[i]),
    precision: Float64Array.from(each, (i) => right[i] / called[i]),
  });
}

function unlike(got: string, needed: string): SpecbookError {
  return new SpecbookError("ShapeError", "the classification and the labels do not belong together", {
    got,
    needed,
    remedy: "confusion(await classify(model, samples), samples) with the same samples twice",
  });
}
