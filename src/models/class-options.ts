import { SpecbookError } from "../core";
import type { FloatArray, Labels, Samples } from "../data";

/** What a model of classes can be told about them. */
export interface ClassOptions {
  /** Names of the classes, in the order of the labels: `labels.classes` of the samples. */
  readonly classes: readonly string[];
  /**
   * How much a mistake in each class counts, e.g. more for a rare one: `balancedWeights(train)`. Default 1 for each.
   */
  readonly weights?: readonly number[];
}

/** Class options with their defaults, frozen. @internal */
export function resolvedClasses(kind: string, { classes, weights }: ClassOptions): Required<ClassOptions> {
  if (!Array.isArray(classes) || classes.length < 2 || new Set(classes).size < classes.length) {
    throw new SpecbookError("OptionError", `${kind} needs classes to tell apart`, {
      got: `classes: ${JSON.stringify(classes)}`,
      needed: "two or more different names",
      remedy: `${kind}({ ...shapes(samples), classes: samples.labels.classes })`,
    });
  }
  const all = weights ?? classes.map(() => 1);
  if (all.length !== classes.length || all.some((weight) => !(weight > 0) || !Number.isFinite(weight))) {
    throw new SpecbookError("OptionError", `${kind} cannot use these class weights`, {
      got: `weights: ${JSON.stringify(weights)}`,
      needed: `${classes.length} positive numbers, one for each of ${classes.join(", ")}`,
      remedy: "leave them out, or take balancedWeights(samples)",
    });
  }
  return { classes: Object.freeze([...classes]), weights: Object.freeze([...all]) };
}

/** Throws unless the named numbers are whole and at least 1. @internal */
export function checkWholeNumbers(kind: string, numbers: Readonly<Record<string, number>>): void {
  const wrong = Object.entries(numbers).find(([, value]) => !Number.isInteger(value) || value < 1);
  if (wrong === undefined) return;
  throw new SpecbookError("OptionError", `${kind} cannot be built with this ${wrong[0]}`, {
    got: `${wrong[0]}: ${wrong[1]}`,
    needed: "a whole number of at least 1",
    remedy: `leave ${wrong[0]} out for its default`,
  });
}

/**
 * The labels of samples as one-hot vectors [n, ...pixels, classes].
 *
 * @param sample - shape of what one sample's labels must be: [] for one class, [height, width] for one per pixel.
 * @throws ShapeError where samples have no labels or other ones; OptionError where they know other classes. @internal
 */
export function oneHot(
  kind: string,
  samples: Samples | FloatArray,
  classes: readonly string[],
  sample: readonly number[],
): FloatArray {
  const labels = labelsOf(kind, samples);
  if (labels.classes.length !== classes.length || labels.classes.some((name, k) => name !== classes[k])) {
    throw new SpecbookError("OptionError", `the samples have other classes than this ${kind}`, {
      got: labels.classes.join(", "),
      needed: classes.join(", "),
      remedy: `make the model from the data: ${kind}({ ...shapes(samples), classes: samples.labels.classes })`,
    });
  }
  const [n, ...got] = labels.shape;
  if (got.length !== sample.length || got.some((size, i) => size !== sample[i])) {
    throw new SpecbookError("ShapeError", `these labels are not what a ${kind} learns`, {
      got: got.length === 0 ? "one class for each sample" : `a class for each of ${got.join(" x ")} pixels`,
      needed: sample.length === 0 ? "one class for each sample" : `a class for each of ${sample.join(" x ")} pixels`,
      remedy: `labelled(samples, { masks, of: "${sample.length === 0 ? "samples" : "pixels"}" })`,
    });
  }
  const data = new Float32Array(labels.values.length * classes.length);
  for (let i = 0; i < labels.values.length; i++) data[i * classes.length + labels.values[i]] = 1;
  return { data, shape: [n, ...sample, classes.length] };
}

/** The labels of samples; throws where they have none. @internal */
export function labelsOf(what: string, samples: Samples | FloatArray): Labels {
  if ("labels" in samples) return samples.labels as Labels; // no other samples have this key
  throw new SpecbookError("ShapeError", `${what} needs to know what the samples show`, {
    got: "kind" in samples ? `samples of kind ${samples.kind} without labels` : "a bare array",
    needed: "samples with labels",
    remedy: "labelled(samples, { classes, values }), or labelled(samples, { masks: truth.regions })",
  });
}

/**
 * Weights that let each class count the same in all, however many samples (or pixels) show it: their number over the
 * number of classes and over the class's own number. A class that is not there has weight 1.
 *
 * @throws ShapeError for samples without labels
 * @example const model = classifier({ ...shapes(train), classes: train.labels.classes, weights: balancedWeights(train) });
 */
export function balancedWeights(samples: Samples): number[] {
  const { classes, values } = labelsOf("balancedWeights", samples);
  const counts = new Array<number>(classes.length).fill(0);
  for (const value of values) counts[value]++;
  return counts.map((count) => (count === 0 ? 1 : values.length / (classes.length * count)));
}
