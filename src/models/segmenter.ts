import { SpecbookError } from "../core";
import { type ClassOptions, checkWholeNumbers, resolvedClasses } from "./class-options";
import { givenOptions } from "./given-options";
import type { ModelBase } from "./model";
import { initialParameters } from "./parameter-spec";
import { segmenterSpecs } from "./segmenter-network";

/** Options of `segmenter`. */
export interface SegmenterOptions extends ClassOptions {
  /** [height, width, channels] of an image window; height and width multiples of 2 to the power of `layers.length - 1`. */
  readonly image: readonly [number, number, number];
  /** Convolutions of each block on the way down; the last is the bottleneck. Default [1, 2, 2, 3]. */
  readonly layers?: readonly number[];
  /** Filters of the first block; each next one has twice as many. Default 16. */
  readonly filters?: number;
  /** Batch norm after each activation. Default true. */
  readonly batchNorm?: boolean;
  /**
   * "softmax" (default): one score for each class. "sigmoid": one score for the second of two classes against the first,
   * as AtomAI has it for one class.
   */
  readonly output?: "softmax" | "sigmoid";
  /** What is minimised: "cross-entropy" (default), or "dice", which a rare class needs less weight in. */
  readonly loss?: "cross-entropy" | "dice";
  /** Seed of the first weights. Default 0. */
  readonly seed?: number;
}

/** A network that says which class each pixel of an image window belongs to. */
export interface SegmenterModel extends ModelBase {
  readonly kind: "segmenter";
  readonly options: Readonly<Required<SegmenterOptions>>;
}

/**
 * Makes a U-shaped segmenter of image windows with seeded first weights: window -> probabilities of classes per pixel.
 *
 * Way down: blocks of 3 x 3 convolutions with leaky ReLU (slope 0.01) and batch norm after it, max pooling by 2 between
 * them, filters doubled each time. Way up: doubling (nearest), a convolution of one tap to half the filters, the block
 * of the same size of the way down beside it as further channels, and a block of convolutions. Last a convolution of one
 * tap to the classes (Ronneberger, Fischer & Brox 2015, arXiv:1505.04597). With four blocks it is AtomAI's Unet
 * (ziatdinovmax/atomai) with `upsampling_mode="nearest"`. First weights as PyTorch's defaults.
 *
 * `predict` gives the probabilities [n, height, width, classes], `classify` the labels too.
 *
 * @throws OptionError for sizes, classes and options that do not fit each other
 * @example
 * const masks = labelled(imageWindows(image, { size: 16 }), { masks: truth.regions });
 * const { train, test } = split(masks, { by: "columns", test: 0.3, gap: "window" });
 * const model = segmenter({ ...shapes(train), classes: train.labels.classes, filters: 8, seed: 1 });
 * await fit(model, train, { validation: test, epochs: 20 });
 * plot.confusion(confusion(await classify(model, test), test))
 */
export function segmenter(options: SegmenterOptions): SegmenterModel {
  const resolved = Object.freeze({
    filters: 16,
    batchNorm: true,
    output: "softmax" as const,
    loss: "cross-entropy" as const,
    seed: 0,
    ...givenOptions(options),
    layers: Object.freeze([...(options.layers ?? [1, 2, 2, 3])]),
    ...resolvedClasses("segmenter", options),
  });
  checkSegmenter(resolved);
  return {
    kind: "segmenter",
    options: resolved,
    parameters: initialParameters(segmenterSpecs(resolved), resolved.seed),
  };
}

function checkSegmenter(o: Readonly<Required<SegmenterOptions>>): void {
  const [height, width, channels] = o.image ?? [];
  const sizes = { "image height": height, "image width": width, "image channels": channels };
  const layers = Object.fromEntries(o.layers.map((count, i) => [`layers[${i}]`, count]));
  checkWholeNumbers("segmenter", { ...sizes, filters: o.filters, ...layers });
  const factor = 2 ** (o.layers.length - 1);
  if (o.layers.length < 2 || height % factor !== 0 || width % factor !== 0) {
    throw new SpecbookError("OptionError", "the windows cannot be halved that often", {
      got: `windows of ${height} x ${width} and ${o.layers.length} blocks`,
      needed: o.layers.length < 2 ? "two blocks or more" : `height and width that are multiples of ${factor}`,
      remedy:
        o.layers.length < 2
          ? "for example layers: [1, 2]"
          : `cut windows of ${Math.max(1, Math.round(height / factor)) * factor} pixels, or set fewer layers`,
    });
  }
  const choices = [
    ["output", o.output, ["softmax", "sigmoid"]],
    ["loss", o.loss, ["cross-entropy", "dice"]],
  ] as const;
  for (const [name, got, known] of choices) {
    if ((known as readonly string[]).includes(got)) continue;
    throw new SpecbookError("OptionError", `segmenter does not know this ${name}`, {
      got: `${name}: ${JSON.stringify(got)}`,
      needed: known.join(" or "),
      remedy: `leave ${name} out for "${known[0]}"`,
    });
  }
  if (o.output === "sigmoid" && o.classes.length !== 2) {
    throw new SpecbookError("OptionError", "one score cannot tell these classes apart", {
      got: `output: "sigmoid" for ${o.classes.length} classes`,
      needed: "two classes",
      remedy: 'leave output out for "softmax"',
    });
  }
}
