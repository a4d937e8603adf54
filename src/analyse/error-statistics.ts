import { SpecbookError } from "../core/errors";
import type { Image } from "../data";
import { pearson, pixelsOfBoth } from "./correlation";
import type { ErrorAnalysis } from "./results";

/** How the errors of an analysis are distributed. */
export interface ErrorStatistics {
  readonly kind: "error-statistics";
  readonly mean: number;
  readonly median: number;
  /** 95 % of the samples lie below. */
  readonly percentile95: number;
  readonly largest: number;
  /** Counts of the samples between `edges[i]` and `edges[i + 1]`, the last edge included. */
  readonly histogram: { readonly edges: Float64Array; readonly counts: Int32Array };
  /** Pearson correlation of the error map with the image given, over the pixels that have an error. */
  readonly correlation?: number;
}

/**
 * Distribution of a prediction's errors, and how they go with an image such as the HAADF.
 *
 * @param options `image`: on the scan grid of the pairs; `bins`: of the histogram from 0 to the largest error,
 *   default 40
 * @throws ShapeError, OptionError
 */
export function errorStatistics(
  errors: ErrorAnalysis,
  options: { readonly image?: Image; readonly bins?: number } = {},
): ErrorStatistics {
  const { image, bins = 40 } = options;
  if (!Number.isInteger(bins) || bins < 1) {
    throw new SpecbookError("OptionError", "the histogram has no usable number of bins", {
      got: `bins: ${bins}`,
      needed: "a whole number of at least 1",
      remedy: "leave it out for 40",
    });
  }
  const sorted = errors.perSample.slice().sort();
  const largest = sorted[sorted.length - 1];
  const counts = new Int32Array(bins);
  for (const value of sorted) counts[Math.min(bins - 1, largest > 0 ? Math.floor((value / largest) * bins) : 0)]++;
  return Object.freeze({
    kind: "error-statistics",
    mean: errors.mean,
    median: quantile(sorted, 0.5),
    percentile95: quantile(sorted, 0.95),
    largest,
    histogram: Object.freeze({
      edges: Float64Array.from({ length: bins + 1 }, (_, i) => (i * largest) / bins),
      counts,
    }),
    ...(image === undefined
      ? {}
      : { correlation: pearson(errors.map.data, image.data, pixelsOfBoth(errors.map, image)) }),
  });
}

/** Linear interpolation between the sorted values, as numpy's default. */
function quantile(sorted: Float32Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
