import type { ImagePredictions } from "../analyse/image-predictions";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { extent, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { windowPanel } from "./window-panel";
import { ERROR_FORMULA, source } from "./words";

const WIDTH = 150;
/** Room for the titles between two rows. */
const ROWS = 34;

/**
 * Image windows, the ground truth, and below each what every model predicts from the spectrum of its centre, in one grey scale. The
 * places carry the letters; the title of a prediction is the model and its error.
 *
 * @throws OptionError for another value than the result of `imagePredictions`
 * @example
 * plot.imagePredictions(await imagePredictions({ "2 latents": two, "10 latents": ten }, pairs, { at }))
 */
export function imagePredictions(result: ImagePredictions, options: FigureOptions = {}): VegaLiteSpec {
  const remedy = 'plot.imagePredictions(await imagePredictions({ "2 latents": model }, pairs, { at }))';
  checkKind("plot.imagePredictions", result, ["image-predictions"], remedy);
  const { labels, measured, predicted, positions } = result;
  checkFinite("plot.imagePredictions", "a set of images", measured.data);
  const letter = letters(options.letter);
  const domain = extent(measured.data) ?? ([0, 1] as const);
  const width = Math.min(WIDTH, Math.floor(780 / labels.length) - 44);
  const truth = labels.map((label, index): Panel => {
    const shown = { letter: letter(), title: label, images: measured, index, domain, width, crosshair: true };
    return windowPanel(index === 0 ? { ...shown, row: "ground truth", scale: result.axes?.x } : shown);
  });
  const guesses = predicted.flatMap(({ name, images, errors }) =>
    labels.map((_, index) =>
      windowPanel({ title: `${name}: ${percent(errors[index])}`, images, index, domain, width }),
    ),
  );
  const places = labels.map((_, i) => `${positions[2 * i]}, ${positions[2 * i + 1]}`).join("; ");
  const notes = [
    source(result.metadata ?? {}),
    `ground truth: measured windows at (row, column) ${places}`,
    "below: predicted from the spectrum of the centre (cross)",
    `error: ${ERROR_FORMULA}`,
  ];
  return figure(options, "Predicted and measured structure", notes, [[...truth, ...guesses]], labels.length, ROWS);
}
