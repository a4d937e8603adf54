import { SpecbookError } from "../core";
import { type ClassOptions, checkWholeNumbers, resolvedClasses } from "./class-options";
import { classifierSpecs, pooledMap } from "./classifier-network";
import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { checkCounts, chosenSide, type OneSideOptions } from "./one-side";
import { initialParameters } from "./parameter-spec";

/** Options of `classifier`. */
export interface ClassifierOptions extends OneSideOptions, ClassOptions {
  /** Convolutions, each followed by a halving. Default 3. */
  readonly layers?: number;
  /** Filters of the first convolution; each next one has twice as many. Default 16. */
  readonly filters?: number;
  /** Units of the hidden layer before the classes, which `encode` gives. Default 32. */
  readonly hidden?: number;
  /** Batch norm after each activation of a convolution. Default true. */
  readonly batchNorm?: boolean;
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
}

/** The options of a classifier with their defaults. */
export type ResolvedClassifierOptions = Readonly<
  Required<Omit<ClassifierOptions, "image" | "spectrum">> & Pick<ClassifierOptions, "image" | "spectrum">
>;

/** A network that says which class a spectrum (or an image window) belongs to. */
export interface ClassifierModel extends ModelBase {
  readonly kind: "classifier";
  readonly options: ResolvedClassifierOptions;
}

/**
 * Makes a small classifier with seeded first weights: a spectrum (or an image window) -> probabilities of classes.
 *
 * Convolutions (3 taps, or 3 x 3) with leaky ReLU (slope 0.01) and batch norm after it, each followed by max pooling by
 * 2 and with twice the filters of the one before; a linear layer with leaky ReLU; a linear layer to the classes and a
 * softmax. Trained on cross-entropy, weighted by class. `predict` gives the probabilities [n, classes], `classify` the
 * labels too, `encode` the hidden layer. First weights as PyTorch's defaults.
 *
 * Spectra of neighbouring pixels are much alike: split by columns or rows, or the test accuracy says little.
 *
 * @throws OptionError for sizes, classes and options that do not fit each other
 * @example
 * const spectra = labelled(pixelSpectra(spectrumImage), { masks: truth.regions });
 * const { train, test } = split(spectra, { by: "columns", test: 0.3 });
 * const model = classifier({ ...shapes(train), classes: train.labels.classes, seed: 1 });
 * await fit(model, train, { validation: test, epochs: 20 });
 * plot.confusion(confusion(await classify(model, test), test))
 */
export function classifier(options: ClassifierOptions): ClassifierModel {
  const resolved: ResolvedClassifierOptions = Object.freeze({
    layers: 3,
    filters: 16,
    hidden: 32,
    batchNorm: true,
    seed: 0,
    ...givenOptions(options),
    ...resolvedClasses("classifier", options),
    side: chosenSide("classifier", options),
  });
  const { layers, filters, hidden } = resolved;
  checkWholeNumbers("classifier", { layers, filters, hidden });
  checkCounts("classifier", resolved, {});
  checkDepth(resolved);
  return {
    kind: "classifier",
    options: resolved,
    parameters: initialParameters(classifierSpecs(resolved), resolved.seed),
  };
}

function checkDepth(o: ResolvedClassifierOptions): void {
  const { height, width } = pooledMap(o);
  if (height >= 1 && width >= 1) return;
  throw new SpecbookError("OptionError", "so many halvings leave nothing of a sample", {
    got: `layers: ${o.layers} for ${o.side === "images" ? `windows of ${o.image?.slice(0, 2).join(" x ")}` : `${o.spectrum} channels`}`,
    needed: "a shortest side of at least 2 to the power of the layers",
    remedy: "set fewer layers, or cut larger windows",
  });
}
