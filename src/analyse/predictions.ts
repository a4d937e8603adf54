import { SpecbookError } from "../core/errors";
import type { LongWorkOptions } from "../core/pace";
import type { Pairs } from "../data";
import { type Model, predict } from "../models";
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

/**
 * Measured and predicted spectra at chosen scan pixels, in the units of the data.
 *
 * @throws NotFittedError, OptionError (no pair at a place, pairs scaled otherwise, spec2im), ShapeError, CancelledError
 * @example
 * plot.predictions(await predictions(model, pairs, { at: [{ label: "particle", row: 20, column: 30 }] }))
 */
export async function predictions(
  model: Model,
  pairs: Pairs,
  options: LongWorkOptions & { readonly at: readonly PredictionPlace[] },
): Promise<Predictions> {
  needsSpectra(model, "predictions");
  const fitted = fittedLike(model, pairs);
  const { at } = options;
  if (at.length === 0) {
    throw new SpecbookError("OptionError", "there is no place to compare at", {
      got: "an empty list",
      needed: "one scan pixel or more",
      remedy: 'for example { at: [{ label: "particle", row: 20, column: 30 }] }',
    });
  }
  const chosen = select(
    pairs,
    at.map((place) => indexOf(pairs, place)),
  );
  const predicted = await predict(model, chosen, options);
  const inUnits = (data: Float32Array) =>
    Object.freeze({
      data: unscale(data, scalingOfSide(model, fitted, "spectra")),
      shape: Object.freeze([...chosen.spectra.shape]),
    });
  return Object.freeze({
    kind: "predictions",
    labels: Object.freeze(at.map(({ label, row, column }) => label ?? `${row}, ${column}`)),
    positions: chosen.positions,
    measured: inUnits(chosen.spectra.data),
    predicted: inUnits(predicted.data),
    energy: energyOf(model, fitted),
  });
}

function indexOf(pairs: Pairs, { row, column }: PredictionPlace): number {
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
