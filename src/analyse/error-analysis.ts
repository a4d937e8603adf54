import { positiveOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions } from "../core/pace";
import { addHistory, type FloatArray, type Image, image, type Samples } from "../data";
import { type Model, outputSide, predict } from "../models";
import { fittedLike } from "./fitted";
import type { ErrorAnalysis } from "./results";
import { sideOf, sideScaling } from "./sides";

/** Options of `errors`. */
export interface ErrorOptions extends LongWorkOptions {
  /** Standard deviation of the noise of one channel (spec2im: one pixel) of what is predicted, in the units of the data; gives `noiseFloor`. */
  readonly noise?: number;
}

/**
 * The error of a model's predictions: sqrt(mean (p - t)^2 / mean (p + t)^2) of predicted and measured spectrum (spec2im:
 * image window), in the scaling of the pairs, for each pair and as a map. It is about half the relative rms error. The
 * map covers training and test pixels alike when it is given all pairs: judge a model by `errors(model, test)`.
 *
 * @throws NotFittedError, OptionError (pairs scaled otherwise), ShapeError, CancelledError
 * @example
 * plot.errorMap(await errors(model, pairs))
 */
export async function errors(model: Model, samples: Samples, options: ErrorOptions = {}): Promise<ErrorAnalysis> {
  fittedLike(model, samples);
  const predicted = await predict(model, samples, options);
  await createPace("the error analysis", options).step();
  return errorsOf(predicted, samples, options.noise, outputSide(model));
}

/**
 * `errors` of predictions that are at hand, of the spectra or of the images, in their shape and the pairs' scaling.
 *
 * @throws ShapeError for predictions of another shape, OptionError for a noise that is no number from 0
 */
export function errorsOf(
  predicted: FloatArray,
  samples: Samples,
  noise?: number,
  side: "spectra" | "images" = "spectra",
): ErrorAnalysis {
  const target = sideOf(samples, side);
  checkShape(predicted, target, side);
  if (noise !== undefined && noise !== 0) positiveOption("errors", "noise", noise);
  const count = target.shape[0];
  const size = target.data.length / count;
  const perSample = new Float32Array(count);
  let differences = 0;
  let sums = 0;
  let power = 0;
  for (let i = 0; i < count; i++) {
    const one = compare(predicted.data, target.data, i * size, size);
    perSample[i] = ratio(one.difference, one.sum);
    differences += one.difference;
    sums += one.sum;
    power += one.power;
  }
  const scaled = noise === undefined ? undefined : noise / sideScaling(samples, side).range;
  return Object.freeze({
    kind: "errors",
    perSample,
    map: mapOf(perSample, samples),
    mean: perSample.reduce((a, b) => a + b, 0) / count,
    overall: ratio(differences, sums),
    mse: differences / (count * size),
    ...(scaled === undefined ? {} : { noiseFloor: noiseFloor(scaled, power / (count * size)) }),
    samples: samples.kind === "pixel-spectra" ? "spectra" : "windows",
  });
}

/** Squared difference, squared sum and squared target of one sample, added up over its values. */
function compare(p: Float32Array, t: Float32Array, start: number, size: number) {
  let difference = 0;
  let sum = 0;
  let power = 0;
  for (let i = start; i < start + size; i++) {
    difference += (p[i] - t[i]) ** 2;
    sum += (p[i] + t[i]) ** 2;
    power += t[i] ** 2;
  }
  return { difference, sum, power };
}

/** sqrt(difference / sum); 0 where both are 0, as for a perfect prediction of nothing. */
function ratio(difference: number, sum: number): number {
  return difference === 0 ? 0 : Math.sqrt(difference / sum);
}

/**
 * The ratio for p the noise-free truth s and t = s + noise: mean (p + t)^2 = 4 s^2 + noise^2, mean t^2 = s^2 + noise^2; 1
 * where the noise leaves no room for any s.
 */
function noiseFloor(noise: number, meanPower: number): number {
  return ratio(noise ** 2, Math.max(noise ** 2, 4 * meanPower - 3 * noise ** 2));
}

function checkShape(predicted: FloatArray, target: FloatArray, side: "spectra" | "images"): void {
  const [got, needed] = [predicted, target].map(({ shape }) => `[${shape.join(", ")}]`);
  if (got === needed && predicted.data.length === target.data.length) return;
  throw new SpecbookError("ShapeError", `these predictions are not of the ${side} of these samples`, {
    got: `predictions ${got} with ${predicted.data.length} values`,
    needed: `${needed}, the shape of the ${side}`,
    remedy: `predict these samples, and name the side: errorsOf(predicted, samples, undefined, "${side === "spectra" ? "images" : "spectra"}")`,
  });
}

function mapOf(perSample: Float32Array, samples: Samples): Image {
  const [rows, columns] = samples.scan;
  const data = new Float32Array(rows * columns).fill(Number.NaN);
  for (const [i, value] of perSample.entries())
    data[samples.positions[2 * i] * columns + samples.positions[2 * i + 1]] = value;
  return image(data, [rows, columns], {
    axes: { y: samples.axes.y, x: samples.axes.x },
    metadata: { ...samples.metadata, title: "Prediction error" },
    history: addHistory(samples.history, "errors"),
  });
}
