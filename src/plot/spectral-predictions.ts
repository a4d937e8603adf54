import type { Predictions } from "../analyse/results";
import { SpecbookError } from "../core/errors";
import { axisValues, type Pairs } from "../data";
import { unscale } from "../signal/scaling";
import { checkFinite, checkKind } from "./check";
import { type Feature, featureGuides } from "./features";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { extent, percent } from "./numbers";
import { relativeError } from "./predictions";
import type { VegaLiteSpec } from "./spec";
import { accent, INK } from "./theme";
import { windowPanel, windowWords } from "./window-panel";
import { ERROR_FORMULA, energyTitle, intensityTitle, source } from "./words";

/** Options of `plot.spectralPredictions`. */
export interface SpectralPredictionsOptions extends FigureOptions {
  /** The pairs that the predictions were made for: their windows are drawn above the spectra. */
  readonly pairs: Pairs;
  /** Energies to mark; default: the three plasmon features where the axis lies within 0 to 2 eV. [] for none. */
  readonly features?: readonly Feature[];
}

const WIDTH = 150;

/**
 * What several models predict at chosen places: the image window that they saw, with a cross on the pixel, and below it
 * its measured spectrum with each model's prediction; the errors are under the names of the models.
 *
 * @param results by model, each from `predictions` at the same places
 * @throws OptionError for other values, for results at different places, and for pairs without a window at a place
 * @example
 * const at = [{ label: "particle", row: 20, column: 30 }];
 * const results = { "2 latents": await predictions(two, pairs, { at }), "10 latents": await predictions(ten, pairs, { at }) };
 * plot.spectralPredictions(results, { pairs })
 */
export function spectralPredictions(
  results: Readonly<Record<string, Predictions>>,
  options: SpectralPredictionsOptions,
): VegaLiteSpec {
  const entries = Object.entries(results);
  const { pairs, features } = options;
  const remedy = 'plot.spectralPredictions({ "2 latents": await predictions(model, pairs, { at }) }, { pairs })';
  for (const [, one] of entries) checkKind("plot.spectralPredictions", one, ["predictions"], remedy);
  checkKind("plot.spectralPredictions", pairs, ["pairs"], remedy);
  const [first] = entries.map(([, one]) => one);
  checkPlaces(entries.map(([, one]) => one));
  checkFinite("plot.spectralPredictions", "a set of spectra", first.measured.data);
  const letter = letters(options.letter);
  const images = { data: unscale(pairs.images.data, pairs.scaling.images), shape: pairs.images.shape };
  const domain = extent(images.data) ?? ([0, 1] as const);
  const { labels, positions, measured, energy } = first;
  const windows = labels.map((label, i): Panel => {
    const index = indexAt(pairs, positions[2 * i], positions[2 * i + 1]);
    const shown = { letter: letter(), title: label, images, index, domain, width: WIDTH * 0.8, crosshair: true };
    return windowPanel(i === 0 ? { ...shown, scale: pairs.axes.x } : shown);
  });
  const pick = ({ data }: { data: Float32Array }, i: number) => data.subarray(i * energy.size, (i + 1) * energy.size);
  // Without units, which the axis has: three names find room side by side in so narrow a panel.
  const guides = featureGuides(energy, features).map((one) => ({
    ...one,
    text: one.text.replace(` ${energy.units}`, ""),
  }));
  const spectra = labels.map((_, i): Panel => {
    const truth = pick(measured, i);
    const guesses = entries.map(([name, one], k) => ({
      name,
      values: pick(one.predicted, i),
      colour: accent([3, 0, 1, 2][k % 4]),
    }));
    const highest = extent([truth, ...guesses.map(({ values }) => values)].flatMap((values) => [...values]))?.[1] || 1;
    return linePanel({
      title: guesses.map(({ values }) => percent(relativeError(values, truth))).join(" / "),
      x: axisValues(energy),
      xTitle: energyTitle(energy),
      yTitle: i === 0 ? intensityTitle(pairs.metadata) : undefined,
      curves: [{ name: "measured", values: truth, colour: INK }, ...guesses],
      width: WIDTH,
      height: 165,
      legend: i === 0 ? "right" : "none",
      domain: [Math.min(0, extent(truth)?.[0] ?? 0), (i === 0 ? 1.5 : 1.2) * highest],
      guides,
    });
  });
  const notes = [
    source(pairs.metadata),
    windowWords(images, pairs.axes.x),
    `errors: ${entries.map(([name]) => name).join(" / ")}, ${ERROR_FORMULA}`,
  ];
  return figure(options, "Predicted and measured spectra", notes, [[...windows, ...spectra]], labels.length, 40);
}

function indexAt({ positions, scan }: Pairs, row: number, column: number): number {
  for (let i = 0; i < positions.length / 2; i++) {
    if (positions[2 * i] === row && positions[2 * i + 1] === column) return i;
  }
  throw new SpecbookError("OptionError", "the pairs have no window at a predicted place", {
    got: `row ${row}, column ${column} of a scan of ${scan.join(" x ")} pixels`,
    needed: "the pairs that the predictions were made for",
    remedy: "give the same pairs to predictions and to plot.spectralPredictions",
  });
}

function checkPlaces(all: readonly Predictions[]): void {
  const places = all.map(({ positions }) => positions.join(","));
  if (all.length > 0 && places.every((one) => one === places[0])) return;
  throw new SpecbookError("OptionError", "plot.spectralPredictions compares models at the same places", {
    got: all.length === 0 ? "no predictions" : "predictions at different places",
    needed: "at least one result of predictions, all made with the same { at }",
    remedy: "make one list of places and give it to each call of predictions",
  });
}
