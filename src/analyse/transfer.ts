import { wordOption } from "../core/check-option";
import { createPace, type LongWorkOptions } from "../core/pace";
import { addHistory, type FloatArray, type Image, type SampleScaling, type Samples, type SpectrumImage } from "../data";
import { encode, type Model, outputSide, predict } from "../models";
import { inputSide } from "../models/input-side";
import { windows } from "../signal";
import { errors, errorsOf } from "./error-analysis";
import { type Fitted, fittedTo } from "./fitted";
import { neighbourDistances } from "./neighbour-distances";
import type { ErrorAnalysis, LatentCoordinates } from "./results";
import { axisDifferences, checkTransfer, scalingDifferences } from "./transfer-checks";

/** Options of `transfer`. */
export interface TransferOptions extends LongWorkOptions {
  /**
   * "model": the other data are scaled with the numbers of the model's training, so that intensities mean the same;
   * "own": they keep their own scaling, for data whose counts are not comparable. Default "model".
   */
  readonly scale?: "model" | "own";
  /** The model's own test set: its errors stand beside those of the other data. */
  readonly test?: Samples;
  /** Standard deviation of the noise of one value of the other data, in their units; gives `errors.noiseFloor`. */
  readonly noise?: number;
}

/** What a model makes of another data set. */
export interface Transfer {
  readonly kind: "transfer";
  /** Which scaling was used. */
  readonly scale: "model" | "own";
  /** The other samples in that scaling. */
  readonly samples: Samples;
  /** Errors on the other data. */
  readonly errors: ErrorAnalysis;
  /** Errors on the model's own test set, where it was given. */
  readonly own?: ErrorAnalysis;
  /** Where the model places the other samples. */
  readonly latent: LatentCoordinates;
  /** Share of the other samples whose latents lie farther from the own ones than 95 % of these from each other. */
  readonly outside?: number;
  /** How the other data differ from those the model was trained on: scaling, energy axis, pixel size. */
  readonly differences: readonly string[];
  readonly summary: string;
}

/**
 * Encodes and predicts another data set with a trained model: errors beside those on the model's own test set, where
 * the samples lie in its latent space, and in which ways the data are not those of the training.
 *
 * @param other samples of the same window size and number of channels, or a scan, which is cut into such windows
 * @throws NotFittedError, ShapeError (window size, channels), AxisError (units, axes that do not meet), OptionError,
 *   CancelledError
 * @example
 * const moved = await transfer(model, { image: image2, spectra: spectra2 }, { test });
 * plot.transfer(moved)
 */
export async function transfer(
  model: Model,
  other: Samples | { readonly image: Image; readonly spectra: SpectrumImage },
  options: TransferOptions = {},
): Promise<Transfer> {
  const { scale = "model", test, noise } = options;
  wordOption("transfer", "scale", scale, ["model", "own"]);
  const fitted = fittedTo(model);
  const given = "kind" in other ? other : cut(model, other);
  const sides = [...new Set([inputSide(model), outputSide(model)])];
  checkTransfer(model, fitted, given, sides);
  const samples = scale === "model" ? rescaled(given, fitted) : given;
  const own = test === undefined ? undefined : await errors(model, test, { signal: options.signal });
  const predicted = await predict(model, samples, options);
  const values = await encode(model, samples, options);
  const { positions, scan, axes } = samples;
  const outside = test === undefined ? undefined : await shareOutside(model, test, values, options);
  const found = {
    kind: "transfer" as const,
    scale,
    samples,
    errors: errorsOf(predicted, samples, noise, outputSide(model)),
    ...(own === undefined ? {} : { own }),
    latent: Object.freeze({
      kind: "latent" as const,
      values,
      positions,
      scan,
      axes: { y: axes.y, x: axes.x },
      side: inputSide(model),
    }),
    ...(outside === undefined ? {} : { outside }),
    differences: Object.freeze([...scalingDifferences(fitted, given, sides), ...axisDifferences(fitted, given, sides)]),
  };
  return Object.freeze({ ...found, summary: summaryOf(found) });
}

/** Windows of a scan as the model reads them. */
function cut(model: Model, { image, spectra }: { readonly image: Image; readonly spectra: SpectrumImage }): Samples {
  const { image: size } = model.options as { image?: readonly number[] };
  return windows(image, spectra, { size: size === undefined ? 1 : [size[0], size[1]] });
}

/** The samples with the model's scaling. */
function rescaled(samples: Samples, { scaling }: Fitted): Samples {
  const change = (side: "images" | "spectra"): object => {
    const array = (samples as { readonly [key in typeof side]?: FloatArray })[side];
    const from = (samples.scaling as SampleScaling)[side];
    const to = scaling[side];
    if (array === undefined || from === undefined || to === undefined) return {};
    const data = array.data.map((value) => (value * from.range + from.offset - to.offset) / to.range);
    return { [side]: Object.freeze({ ...array, data }) };
  };
  return Object.freeze({
    ...samples,
    ...change("images"),
    ...change("spectra"),
    scaling: Object.freeze({ ...samples.scaling, ...scaling }),
    history: addHistory(samples.history, "transfer", { scale: "model" }),
  }) as Samples; // the same sides in another scaling
}

async function shareOutside(
  model: Model,
  test: Samples,
  values: FloatArray,
  options: LongWorkOptions,
): Promise<number> {
  const pace = createPace("the transfer", options);
  const rows = ({ data, shape }: FloatArray) => ({ data, count: shape[0], size: shape[1] });
  const own = rows(await encode(model, test, options));
  const limit = (await neighbourDistances(own, own, pace)).sort()[Math.round(0.95 * (own.count - 1))];
  const distances = await neighbourDistances(rows(values), own, pace);
  return distances.filter((distance) => distance > limit).length / distances.length;
}

function summaryOf({ errors: found, own, outside, scale, differences }: Omit<Transfer, "summary">): string {
  const percent = (share: number) => `${(100 * share).toPrecision(3)} %`;
  const beside =
    own === undefined
      ? ""
      : `, on the model's own test set ${percent(own.mean)} (${(found.mean / own.mean).toPrecision(3)} times)`;
  const far =
    outside === undefined ? [] : [`${percent(outside)} of the samples lie outside the model's own latent distribution`];
  return [
    `mean error on the other data ${percent(found.mean)}${beside}`,
    scale === "model" ? "scaled with the model's own numbers" : "with their own scaling",
    ...far,
    ...differences,
  ].join("\n");
}
