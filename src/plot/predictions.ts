import type { Predictions } from "../analyse/results";
import { axisValues } from "../data";
import { checkFinite, checkKind } from "./check";
import { type Feature, featureGuides } from "./features";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { extent, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";
import { ERROR_FORMULA, energyTitle, intensityTitle, source } from "./words";

/** Options of `plot.predictions`. */
export interface PredictionsPlotOptions extends FigureOptions {
  /** Energies to mark; default: the three plasmon features where the axis lies within 0 to 2 eV. [] for none. */
  readonly features?: readonly Feature[];
}

/**
 * Measured and predicted spectra of chosen places, one panel each, with the error of each in its title.
 *
 * @throws OptionError for another value than the result of `predictions`
 */
export function predictions(result: Predictions, options: PredictionsPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.predictions", result, ["predictions"], "plot.predictions(await predictions(model, pairs, { at }))");
  checkFinite("plot.predictions", "a set of predictions", result.predicted.data);
  const { labels } = result;
  const columns = labels.length === 3 || labels.length > 4 ? 3 : Math.min(2, labels.length);
  const letter = letters(options.letter);
  const panels = labels.map((_, i) => placePanel(result, i, columns, letter(), options.features));
  const band =
    result.noise === undefined ? "band: ± 2 standard deviations" : "band: ± 2 standard deviations with noise";
  const spread = result.deviation === undefined ? [] : [band];
  const notes = [source(result.metadata ?? {}), ...spread, `error: ${ERROR_FORMULA} of predicted p and measured t`];
  return figure(options, "Predicted and measured spectra", notes, [panels], columns, 90);
}

function placePanel(
  { labels, positions, measured, predicted, deviation, noise, energy, metadata = {} }: Predictions,
  i: number,
  columns: number,
  letter: string,
  features?: readonly Feature[],
): Panel {
  const channels = energy.size;
  const pick = (data: Float32Array) => data.subarray(i * channels, (i + 1) * channels);
  const [truth, guess] = [pick(measured.data), pick(predicted.data)];
  const band = deviation === undefined ? undefined : bandAround(guess, pick(deviation.data), noise);
  const place = `${positions[2 * i]}, ${positions[2 * i + 1]}`;
  const name = labels[i] === place ? `pixel ${place}` : `${labels[i]} (${place})`;
  return linePanel({
    letter,
    title: `${name}: ${percent(relativeError(guess, truth))}`,
    x: axisValues(energy),
    xTitle: energyTitle(energy),
    yTitle: i % columns === 0 ? intensityTitle(metadata) : undefined,
    curves: [
      { name: "measured", values: truth, colour: MUTED },
      { name: "predicted", values: guess, colour: accent(3) },
    ],
    width: columns === 3 ? 204 : 300,
    height: 150,
    legend: i === 0 ? "right" : "none",
    domain: i === 0 ? withHeadroom(truth, guess, ...(band === undefined ? [] : [band.low, band.high])) : undefined,
    guides: featureGuides(energy, features),
    band,
  });
}

/** Two standard deviations to either side, of what is predicted and of the noise together. */
function bandAround(mean: Float32Array, deviation: Float32Array, noise = 0) {
  const edge = (sign: number) => mean.map((value, i) => value + sign * 2 * Math.hypot(deviation[i], noise));
  return { low: edge(-1), high: edge(1), colour: accent(3) };
}

/** Room above the curves for the legend: on a particle the spectrum is flat, and its bulk feature lies under the corner. */
function withHeadroom(...curves: readonly Float32Array[]): readonly [number, number] {
  const [low, high] = extent(curves.flatMap((values) => [...values])) ?? [0, 1];
  return [Math.min(0, 1.06 * low), 1.35 * Math.max(high, Number.EPSILON)];
}

/** The error of one sample, as in the error map. */
export function relativeError(p: Float32Array, t: Float32Array): number {
  let difference = 0;
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    difference += (p[i] - t[i]) ** 2;
    sum += (p[i] + t[i]) ** 2;
  }
  return Math.sqrt(difference / sum);
}
