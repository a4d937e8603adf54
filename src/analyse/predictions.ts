import { countOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import type { LongWorkOptions } from "../core/pace";
import type { FloatArray, Pairs, PixelSpectra, Scaling } from "../data";
import { type Model, type PredictedDistribution, predict, predictDistribution } from "../models";
import { select, unscale } from "../signal";
import { energyOf, fittedLike, scalingOfSide } from "./fitted";
import { needsSpectra } from "./output";
import type { Predictions } from "./results";

/** A scan pixel to compare at. */
export interface PredictionPlace {
  readonly row: number;
  readonly column: number;
  /** Default "row, column". */
  readonly label?: string;
}

/** Options of `predictions`. */
export interface PredictionsOptions extends LongWorkOptions {
  /** The scan pixels to compare at. */
  readonly at: readonly PredictionPlace[];
  /** Variational models: predict mean and standard deviation over so many draws. Default 0: the most likely spectrum. */
  readonly draws?: number;
  /** Seed of the draws. Default 0. */
  readonly seed?: number;
}

/**
 * Measured and predicted spectra at chosen scan pixels, in the units of the data; with `draws` of a variational model, and
 * of several models, with the standard deviation of what is predicted.
 *
 * @throws NotFittedError, OptionError (no pair at a place, pairs scaled otherwise, spec2im), ShapeError, CancelledError
 * @example
 * plot.predictions(await predictions(model, pairs, { at: [{ label: "particle", row: 20, column: 30 }] }))
 */
export async function predictions(
  models: Model | readonly Model[],
  pairs: Pairs | PixelSpectra,
  options: PredictionsOptions,
): Promise<Predictions> {
  const all = "kind" in models ? [models] : models;
  for (const each of all) needsSpectra(each, "predictions");
  const [model] = all;
  const [fitted] = all.map((each) => fittedLike(each, pairs));
  const { at, draws = 0 } = options;
  countOption("predictions", "draws", draws, 0);
  const chosen = select(pairs, pairsAt(pairs, at));
  const { mean, deviation, noise }: Pick<Partial<PredictedDistribution>, "deviation" | "noise"> & { mean: FloatArray } =
    all.length !== 1 || draws > 0
      ? await predictDistribution(all, chosen, draws > 0 ? { ...options, draws } : options)
      : { mean: await predict(model, chosen, options) };
  const scaling = scalingOfSide(model, fitted, "spectra");
  const shape = Object.freeze([...chosen.spectra.shape]);
  const inUnits = (data: Float32Array) => Object.freeze({ data: unscale(data, scaling), shape });
  return Object.freeze({
    kind: "predictions",
    labels: Object.freeze(at.map(({ label, row, column }) => label ?? `${row}, ${column}`)),
    positions: chosen.positions,
    measured: inUnits(chosen.spectra.data),
    predicted: inUnits(mean.data),
    ...(deviation === undefined ? {} : { deviation: widths(deviation.data, scaling, shape) }),
    ...(noise === undefined ? {} : { noise: noise * scaling.range }),
    energy: energyOf(model, fitted),
    metadata: pairs.metadata,
  });
}

/** Standard deviations in the units of the data. */
function widths(data: Float32Array, { range }: Scaling, shape: readonly number[]): FloatArray {
  return Object.freeze({ data: data.map((value) => value * range), shape });
}

/** The indices of the pairs at these places; throws an OptionError for none, or where there is no pair. */
export function pairsAt(pairs: Pairs | PixelSpectra, at: readonly PredictionPlace[]): number[] {
  if (at.length > 0) return at.map((place) => indexOf(pairs, place));
  throw new SpecbookError("OptionError", "there is no place to compare at", {
    got: "an empty list",
    needed: "one scan pixel or more",
    remedy: 'for example { at: [{ label: "particle", row: 20, column: 30 }] }',
  });
}

function indexOf(pairs: Pairs | PixelSpectra, { row, column }: PredictionPlace): number {
  const { positions } = pairs;
  let nearest = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < positions.length / 2; i++) {
    const distance = Math.hypot(positions[2 * i] - row, positions[2 * i + 1] - column);
    if (distance >= best) continue;
    best = distance;
    nearest = i;
  }
  if (best === 0) return nearest;
  throw new SpecbookError("OptionError", "there is no pair at this scan pixel", {
    got: `row ${row}, column ${column} of a scan of ${pairs.scan.join(" x ")} pixels`,
    needed: "the centre pixel of one of the windows (pairs.positions)",
    remedy: `the nearest is { row: ${positions[2 * nearest]}, column: ${positions[2 * nearest + 1]} }`,
  });
}
