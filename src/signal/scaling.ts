import { SpecbookError } from "../core/errors";
import type { Scaling, SpectrumImage } from "../data";
import { remade, withoutUnits } from "./signal-value";
import type { SpectrumScaling } from "./spectrum-scaling";

/**
 * How values are brought to the numbers that a network sees: `"min-max"` maps the smallest value to 0 and the largest
 * to 1, `"none"` keeps them, a `Scaling` is applied as it is (e.g. that of another set of pairs).
 */
export type ScaleOption = "min-max" | "none" | Scaling;

/** The scaling that an option asks for on given values. */
export function scalingOf(what: string, values: Float32Array, option: ScaleOption): Scaling {
  if (option === "none") return Object.freeze({ offset: 0, range: 1 });
  if (option !== "min-max") return checked(what, option);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) {
    throw new SpecbookError("DataError", `the ${what} cannot be scaled: all their values are the same`, {
      got: `only the value ${low}`,
      needed: "at least two different values for min-max scaling",
      remedy: `check that the right signal was loaded, or switch the scaling off with scale: { ${what}: "none" }`,
    });
  }
  return Object.freeze({ offset: low, range: high - low });
}

function checked(what: string, option: Scaling): Scaling {
  const { offset, range } = option;
  if (!Number.isFinite(offset) || !Number.isFinite(range) || range === 0) {
    throw new SpecbookError("OptionError", `the scaling of the ${what} is not usable`, {
      got: `scale.${what} = ${JSON.stringify(option)}`,
      needed: '"min-max", "none" or { offset, range } with finite numbers and a range other than 0',
      remedy: `leave scale.${what} out for min-max, or give the scaling of another set: otherPairs.scaling.${what}`,
    });
  }
  return Object.freeze({ offset, range });
}

/** Scales an array in place: `(value - offset) / range`, in float64. */
export function applyScaling(values: Float32Array, { offset, range }: Scaling): void {
  if (offset === 0 && range === 1) return;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] - offset) / range;
}

/**
 * Scaled values back in the units of the data: `value * range + offset`, or for the spectra of `normalise` with its
 * scaling of each pixel and channel. Returns a new array, or new spectra.
 *
 * @throws ShapeError where the scaling is that of other spectra
 * @example
 * const counts = unscale(pairs.spectra.data, pairs.scaling.spectra);
 * const { spectra: scaled, scaling } = normalise(spectra, { by: "poisson" });
 * const same = unscale(scaled, scaling);
 */
export function unscale(values: Float32Array, scaling: Scaling): Float32Array;
export function unscale(values: SpectrumImage, scaling: SpectrumScaling): SpectrumImage;
export function unscale(
  values: Float32Array | SpectrumImage,
  scaling: Scaling | SpectrumScaling,
): Float32Array | SpectrumImage {
  if ("kind" in values && "kind" in scaling) return unscaleSpectra(values, scaling);
  if (!("kind" in values) && !("kind" in scaling)) {
    return values.map((value) => value * scaling.range + scaling.offset);
  }
  throw new SpecbookError("OptionError", "this scaling does not fit these values", {
    got: "kind" in values ? "spectra with one offset and range" : "a bare array with the scaling of a spectrum image",
    needed: "an array with { offset, range }, or the spectra of normalise with its scaling",
    remedy: "unscale(pairs.spectra.data, pairs.scaling.spectra), or unscale(spectra, normalised.scaling)",
  });
}

function unscaleSpectra(spectra: SpectrumImage, scaling: SpectrumScaling): SpectrumImage {
  const { offset, range, channels, quantity, units } = scaling;
  const [rows, columns, depth] = spectra.shape;
  if (range.length !== rows * columns || channels.length !== depth) {
    throw new SpecbookError("ShapeError", "this scaling is that of other spectra", {
      got: `a scaling of ${range.length} pixels and ${channels.length} channels for ${spectra.shape.join(" x ")} values`,
      needed: `${rows * columns} pixels and ${depth} channels`,
      remedy: "undo the scaling before spectra are cropped or binned",
    });
  }
  const raw = new Float32Array(spectra.data.length);
  for (let pixel = 0, i = 0; pixel < range.length; pixel++) {
    for (let c = 0; c < depth; c++, i++) raw[i] = spectra.data[i] * range[pixel] * channels[c] + offset[pixel];
  }
  const metadata = {
    ...withoutUnits(spectra.metadata),
    ...(quantity === undefined ? {} : { quantity }),
    ...(units === undefined ? {} : { units }),
  };
  return remade({ ...spectra, metadata }, raw, {}, "unscale", {});
}
