import { positiveOption, refusedOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import type { Image, SpectrumImage } from "../data";
import { checkSignal } from "./check-signal";
import { finiteValues, MEDIAN_TO_DEVIATION, median, percentile } from "./order-statistics";
import { requiredOption } from "./required-option";
import { remade, type SignalValue } from "./signal-value";

/** Options of `clipOutliers`: one of the two. */
export interface ClipOutliersOptions {
  /** Shares of the values in percent: values below the first percentile and above the second are set to them. */
  readonly percentiles?: readonly [number, number];
  /** Values farther than this many robust standard deviations (1.4826 times the median deviation) from the median. */
  readonly sigmas?: number;
}

/**
 * An image or spectra whose extreme values are set to a limit, found over all finite values. The history holds both
 * limits and how many values were changed. It is for looks and for outliers that carry nothing; for X-ray spikes in
 * spectra `despike` restores what lies under them.
 *
 * @throws OptionError unless exactly one option is given and in range; DataError without a finite value, and for `sigmas`
 * where half of the values are the same, which leaves no deviation to measure by
 * @example
 * const calm = clipOutliers(image, { percentiles: [0.1, 99.9] });
 */
export function clipOutliers(value: Image, options: ClipOutliersOptions): Image;
export function clipOutliers(value: SpectrumImage, options: ClipOutliersOptions): SpectrumImage;
export function clipOutliers<T extends SignalValue>(value: T, options: ClipOutliersOptions): T {
  checkSignal("clipOutliers", value);
  const [low, high] = limits(value.data, options);
  let clipped = 0;
  const data = value.data.map((v) => {
    if (v < low || v > high) clipped++;
    return v < low ? low : v > high ? high : v; // NaN stays NaN
  });
  return remade(value, data, {}, "clipOutliers", { ...options, limits: [low, high], clipped });
}

function limits(data: Float32Array, { percentiles, sigmas }: ClipOutliersOptions): readonly [number, number] {
  if ((percentiles === undefined) === (sigmas === undefined)) {
    throw requiredOption("clipOutliers", {
      name: "limit",
      value: { percentiles, sigmas },
      needed: "one of percentiles and sigmas",
      remedy: "for example { percentiles: [0.1, 99.9] }",
    });
  }
  const sorted = finiteValues(data).sort();
  if (sorted.length === 0) {
    throw new SpecbookError("DataError", "there is nothing to clip", {
      got: `${data.length} values, none of them finite`,
      needed: "at least one number",
      remedy: "look at the data before this step",
    });
  }
  if (percentiles === undefined) return robustLimits(sorted, sigmas ?? 0);
  const [first, second] = percentiles;
  if (first >= 0 && first < second && second <= 100) return [percentile(sorted, first), percentile(sorted, second)];
  throw refusedOption("clipOutliers", "percentiles", percentiles, "[low, high] with 0 <= low < high <= 100");
}

function robustLimits(sorted: Float32Array, sigmas: number): readonly [number, number] {
  positiveOption("clipOutliers", "sigmas", sigmas);
  const middle = percentile(sorted, 50);
  const sigma = median(sorted.map((v) => Math.abs(v - middle))) * MEDIAN_TO_DEVIATION;
  if (sigma === 0 && sorted[0] < sorted[sorted.length - 1]) {
    throw new SpecbookError("DataError", "clipOutliers has no deviation to measure by", {
      got: `values of which half or more are ${middle}: every other one would be set to it`,
      needed: "values whose median deviation is above 0",
      remedy: "give percentiles: clipOutliers(image, { percentiles: [0.1, 99.9] })",
    });
  }
  return [middle - sigmas * sigma, middle + sigmas * sigma];
}
