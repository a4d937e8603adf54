import { refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import type { SpectrumImage } from "../data";
import { checkValues } from "../data/check-values";
import { checkSignal } from "./check-signal";
import { checkSpectra } from "./check-spectra";
import { type ChannelRange, energyChannels } from "./energy-range";
import { remade, withoutUnits } from "./signal-value";
import type { SpectrumScaling } from "./spectrum-scaling";

/** Options of `normalise`. */
export interface NormaliseOptions {
  /**
   * `"global"`: one offset and range for all, smallest value to 0, largest to 1. `"spectrum"`: each spectrum by itself.
   * `"poisson"`: each value by the root of the counts expected there, so that counting noise becomes 1 everywhere
   * (Keenan & Kotula, Surf. Interface Anal. 36 (2004) 203, doi 10.1002/sia.1657): before PCA or NMF of counts.
   */
  readonly by: "global" | "spectrum" | "poisson";
  /**
   * For `"spectrum"`, what becomes 1: `"area"` the integral over energy (in eV), `"maximum"` the largest value;
   * `"z-score"`: mean 0, standard deviation 1. Default "area".
   */
  readonly to?: "area" | "maximum" | "z-score";
  /** For `"spectrum"`: measure within [from, to] eV only, e.g. the zero-loss peak. Default the whole axis. */
  readonly energy?: readonly [number, number];
}

/** Spectra after `normalise`, and what it takes to go back. */
export interface Normalised {
  readonly kind: "normalised";
  readonly spectra: SpectrumImage;
  /** For `unscale(spectra, scaling)`. */
  readonly scaling: SpectrumScaling;
}

/**
 * Spectra on a common scale, together with the numbers that undo it: `unscale(spectra, scaling)` gives the values and the
 * units of the data again.
 *
 * Poisson scaling divides by sqrt(S_p S_c / S), with the sums of pixel p, of channel c and of all: the counts expected
 * if all spectra had one shape. A pixel or channel without a count is left as it is.
 *
 * @throws DataError for NaN, for negative values under "poisson", and where the measure of a spectrum is 0; OptionError,
 * AxisError
 * @example
 * const { spectra: weighted, scaling } = normalise(spectra, { by: "poisson" });
 * const parts = await pca(weighted, { components: 6 });
 */
export function normalise(spectra: SpectrumImage, options: NormaliseOptions): Normalised {
  checkSignal("normalise", spectra, ["spectrum-image"]);
  const { by, to = "area", energy } = options;
  wordOption("normalise", "by", by, ["global", "spectrum", "poisson"]);
  if (by !== "spectrum") refuseUnused(options);
  wordOption("normalise", "to", to, ["area", "maximum", "z-score"]);
  checkSpectra(spectra, "normalising");
  const [rows, columns, channels] = spectra.shape;
  checkMemory(4 * spectra.data.length, `${rows * columns} spectra of ${channels} channels`, "crop or bin the spectra");
  const range =
    energy === undefined ? { first: 0, end: channels } : energyChannels("normalise", spectra.axes.energy, energy);
  const scaling =
    by === "global"
      ? globalScaling(spectra)
      : by === "poisson"
        ? poissonScaling(spectra)
        : ownScaling(spectra, to, range);
  const record = by === "spectrum" ? { by, to, energy } : by === "global" ? { by, ...firstOf(scaling) } : { by };
  const { quantity, units } = spectra.metadata;
  const metadata = { ...withoutUnits(spectra.metadata), ...meaning(options, spectra.axes.energy.units) };
  return Object.freeze({
    kind: "normalised",
    spectra: remade({ ...spectra, metadata }, scaled(spectra, scaling), {}, "normalise", record),
    scaling: Object.freeze({
      ...scaling,
      ...(typeof quantity === "string" ? { quantity } : {}),
      ...(typeof units === "string" ? { units } : {}),
    }),
  });
}

/** What the scaled values are, for the titles of axes. */
function meaning({ by, to = "area" }: NormaliseOptions, energyUnits: string): { quantity: string; units?: string } {
  if (by === "poisson") return { quantity: "Weighted intensity" };
  if (by === "spectrum" && to === "z-score") return { quantity: "Standard score" };
  if (by !== "spectrum" || to !== "area") return { quantity: "Normalised intensity" };
  return { quantity: "Normalised intensity", units: `1/${energyUnits}` };
}

function refuseUnused({ by, to, energy }: NormaliseOptions): void {
  if (to !== undefined)
    throw refusedOption("normalise", "to", to, `nothing with by: "${by}"; it belongs to "spectrum"`);
  if (energy === undefined) return;
  throw refusedOption("normalise", "energy", energy, `nothing with by: "${by}"; it belongs to "spectrum"`);
}

function firstOf({ offset, range }: SpectrumScaling): { offset: number; range: number } {
  return { offset: offset[0], range: range[0] };
}

function frozen(offset: Float64Array, range: Float64Array, channels: Float64Array): SpectrumScaling {
  return Object.freeze({ kind: "spectrum-scaling", offset, range, channels });
}

function globalScaling({ data, shape: [rows, columns, channels] }: SpectrumImage): SpectrumScaling {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) throw nothingToScale(`only the value ${low}`);
  const pixels = rows * columns;
  return frozen(
    new Float64Array(pixels).fill(low),
    new Float64Array(pixels).fill(high - low),
    new Float64Array(channels).fill(1),
  );
}

function ownScaling(spectra: SpectrumImage, to: "area" | "maximum" | "z-score", range: ChannelRange): SpectrumScaling {
  const [rows, columns, channels] = spectra.shape;
  const step = Math.abs(spectra.axes.energy.scale);
  const offset = new Float64Array(rows * columns);
  const factor = new Float64Array(rows * columns);
  for (let pixel = 0; pixel < factor.length; pixel++) {
    const values = spectra.data.subarray(pixel * channels + range.first, pixel * channels + range.end);
    const measured = measure(values, to, step);
    offset[pixel] = measured.offset;
    factor[pixel] = measured.range;
    if (measured.range > 0) continue; // a negative measure would turn the spectrum upside down
    throw nothingToScale(
      `${to} ${measured.range} of the spectrum at row ${Math.floor(pixel / columns)}, column ${pixel % columns}`,
    );
  }
  return frozen(offset, factor, new Float64Array(channels).fill(1));
}

function measure(
  values: Float32Array,
  to: "area" | "maximum" | "z-score",
  step: number,
): { offset: number; range: number } {
  let sum = 0;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    sum += value;
    if (value > largest) largest = value;
  }
  if (to === "area") return { offset: 0, range: sum * step };
  if (to === "maximum") return { offset: 0, range: largest };
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { offset: mean, range: Math.sqrt(squares / values.length) };
}

function poissonScaling(spectra: SpectrumImage): SpectrumScaling {
  const [rows, columns, channels] = spectra.shape;
  checkValues(spectra.data, {
    what: "spectra",
    shape: spectra.shape,
    dimensions: ["row", "column", "channel"],
    nonNegative: true,
    remedy: "scale the counts before a background is subtracted, or clip them with clipOutliers by your own choice",
  });
  const pixelSums = new Float64Array(rows * columns);
  const channelSums = new Float64Array(channels);
  let total = 0;
  for (let pixel = 0; pixel < pixelSums.length; pixel++) {
    for (let c = 0; c < channels; c++) {
      const value = spectra.data[pixel * channels + c];
      pixelSums[pixel] += value;
      channelSums[c] += value;
    }
    total += pixelSums[pixel];
  }
  if (total === 0) throw nothingToScale("spectra without a single count");
  const mean = total / pixelSums.length;
  return frozen(
    new Float64Array(pixelSums.length),
    pixelSums.map((sum) => (sum === 0 ? 1 : Math.sqrt(sum / mean))),
    channelSums.map((sum) => (sum === 0 ? 1 : Math.sqrt(sum / pixelSums.length))),
  );
}

function scaled({ data, shape: [, , channels] }: SpectrumImage, scaling: SpectrumScaling): Float32Array {
  const { offset, range, channels: weights } = scaling;
  const result = new Float32Array(data.length);
  for (let pixel = 0, i = 0; pixel < range.length; pixel++) {
    for (let c = 0; c < channels; c++, i++) result[i] = (data[i] - offset[pixel]) / (range[pixel] * weights[c]);
  }
  return result;
}

function nothingToScale(got: string): SpecbookError {
  return new SpecbookError("DataError", "the spectra cannot be normalised", {
    got,
    needed: "spectra with something to measure",
    remedy: "crop empty pixels away, widen the energy window, or take another kind of normalisation",
  });
}
