import { SpecbookError } from "../core/errors";
import { addHistory, type Image, image as makeImage } from "../data";
import { checkValues } from "../data/check-values";
import { withoutUnits } from "./signal-value";

/** Options of `rescale`. */
export interface RescaleOptions {
  /** The numbers that the smallest and the largest value become. Default [0, 1]. */
  readonly to?: readonly [number, number];
}

/**
 * The image with its values brought linearly to a range of their own, so that images of different units can be channels
 * of one window. The new values have no units. The history holds what it takes to go back: raw = value * range + offset.
 *
 * @throws DataError for values that are not finite or all the same, OptionError for an empty range
 * @example
 * const channels = [haadf, first, second].map((one) => rescale(one)); // each 0 to 1
 */
export function rescale(image: Image, options: RescaleOptions = {}): Image {
  const [low, high] = options.to ?? [0, 1];
  if (!Number.isFinite(low) || !Number.isFinite(high) || low === high) {
    throw new SpecbookError("OptionError", "the range to bring the image to is not usable", {
      got: `to: [${low}, ${high}]`,
      needed: "two different finite numbers",
      remedy: "leave it out for [0, 1]",
    });
  }
  checkValues(image.data, {
    what: "image pixels",
    shape: image.shape,
    dimensions: ["row", "column"],
    remedy: "crop the image to its valid part, or replace these values, before scaling",
  });
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of image.data) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  if (smallest === largest) {
    throw new SpecbookError("DataError", "the image cannot be scaled: all its values are the same", {
      got: `only the value ${smallest}`,
      needed: "at least two different values",
      remedy: "check that the right signal was loaded, or leave this image out",
    });
  }
  const range = (largest - smallest) / (high - low);
  const offset = smallest - low * range;
  return makeImage(
    image.data.map((value) => low + (value - smallest) / range),
    image.shape,
    {
      axes: image.axes,
      metadata: withoutUnits(image.metadata),
      history: addHistory(image.history, "rescale", { to: [low, high], offset, range }),
    },
  );
}
