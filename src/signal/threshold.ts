import { refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import type { Image } from "../data";
import { checkSignal } from "./check-signal";
import { finiteValues } from "./order-statistics";
import { remade, withoutUnits } from "./signal-value";

/** Options of `threshold`: one limit or both, or a method that finds the level. */
export interface ThresholdOptions {
  /** Pixels of at least this value are inside. */
  readonly above?: number;
  /** Pixels of at most this value are inside; with `above` both must hold. */
  readonly below?: number;
  /**
   * `"otsu"`: the level between dark and bright that leaves the least variance within the two (Otsu, IEEE Trans. SMC 9
   * (1979) 62, doi 10.1109/TSMC.1979.4310076), on a histogram of 256 bins.
   */
  readonly method?: "otsu";
  /** The side of Otsu's level that is inside. Default "above". */
  readonly side?: "above" | "below";
}

/**
 * A mask from the values of an image: 1 inside, 0 outside and where the image has no number. It goes into `mask` of
 * `nmf`, `pca` and `regionSpectrum` as it is; the history holds the level.
 *
 * @throws OptionError without a limit, DataError for an image of one value under "otsu"
 * @example
 * const particles = threshold(image, { method: "otsu" });
 * const parts = await nmf(spectra, { components: 4, mask: particles });
 */
export function threshold(image: Image, options: ThresholdOptions): Image {
  checkSignal("threshold", image, ["image"]);
  const { above, below } = limits(image, options);
  const data = image.data.map((value) => (value >= above && value <= below ? 1 : 0)); // NaN fails both
  return asMask(
    remade(image, data, {}, "threshold", { ...options, level: options.method && levelOf(options, above, below) }),
  );
}

/** A mask named so that its plot and its text do not call it after the image it came from. */
export function asMask(mask: Image): Image {
  return Object.freeze({
    ...mask,
    metadata: Object.freeze({ ...withoutUnits(mask.metadata), signal: "mask", title: "mask" }),
  });
}

function levelOf({ side = "above" }: ThresholdOptions, above: number, below: number): number {
  return side === "above" ? above : below;
}

function limits(image: Image, options: ThresholdOptions): { above: number; below: number } {
  const { above, below, method, side } = options;
  if (method === undefined) {
    if (side !== undefined) throw refusedOption("threshold", "side", side, 'nothing without method: "otsu"');
    return given(above, below);
  }
  wordOption("threshold", "method", method, ["otsu"]);
  wordOption("threshold", "side", side ?? "above", ["above", "below"]);
  if (above !== undefined || below !== undefined) {
    throw refusedOption("threshold", "method", method, "a method, or above and below, not both");
  }
  const level = otsuLevel(image);
  // The level is the middle of the last dark bin: values on it are dark, as in scikit-image's `image > level`.
  return side === "below"
    ? { above: Number.NEGATIVE_INFINITY, below: level }
    : { above: nextUp(level), below: Number.POSITIVE_INFINITY };
}

function given(above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY): { above: number; below: number } {
  const hasOne = Number.isFinite(above) || Number.isFinite(below);
  if (hasOne && above <= below) return { above, below };
  throw new SpecbookError("OptionError", "threshold needs a level", {
    got: `above: ${above}, below: ${below}`,
    needed: "a number for above or below (above <= below where both are given), or a method",
    remedy: 'for example { above: 0.5 } or { method: "otsu" }',
  });
}

/** The next float64 above a number, so that `>=` of it says `>` of the number. */
function nextUp(value: number): number {
  return value + Math.max(Number.MIN_VALUE, Math.abs(value) * Number.EPSILON);
}

const BINS = 256;

function otsuLevel({ data }: Image): number {
  const finite = finiteValues(data);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of finite) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low < high)) {
    throw new SpecbookError("DataError", "Otsu's method finds no level in this image", {
      got: finite.length === 0 ? "no finite pixel" : `only the value ${low}`,
      needed: "dark and bright pixels",
      remedy: "check that the right signal was loaded, or give the level: { above }",
    });
  }
  const counts = new Float64Array(BINS);
  const width = (high - low) / BINS;
  for (const value of finite) counts[Math.min(BINS - 1, Math.floor((value - low) / width))]++;
  return low + (bestSplit(counts) + 0.5) * width;
}

/** The last bin of the dark side at which the variance between the two sides is largest. */
function bestSplit(counts: Float64Array): number {
  const total = counts.reduce((a, b) => a + b, 0);
  const moment = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [dark, darkMoment, best, at] = [0, 0, -1, 0];
  for (let bin = 0; bin < counts.length - 1; bin++) {
    dark += counts[bin];
    darkMoment += counts[bin] * bin;
    const bright = total - dark;
    if (dark === 0 || bright === 0) continue;
    const between = dark * bright * (darkMoment / dark - (moment - darkMoment) / bright) ** 2;
    if (between <= best) continue;
    best = between;
    at = bin;
  }
  return at;
}
