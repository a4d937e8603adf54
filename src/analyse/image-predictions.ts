import { SpecbookError } from "../core/errors";
import type { LongWorkOptions } from "../core/pace";
import type { Axis, FloatArray, Pairs } from "../data";
import { type Model, outputSide, predict } from "../models";
import { select, unscale } from "../signal";
import { errorsOf } from "./error-analysis";
import { fittedLike, scalingOfSide } from "./fitted";
import { type PredictionPlace, pairsAt } from "./predictions";

/** What one model makes of the chosen places. */
export interface ImagesOfModel {
  readonly name: string;
  /** [n, height, width, channels] in the units of the image. */
  readonly images: FloatArray;
  /** sqrt(mean (p - t)^2 / mean (p + t)^2) of each, in the scaling of the pairs, as `errors` gives it. */
  readonly errors: Float32Array;
}

/** Image windows and what models predict for them from the spectra of their centres. */
export interface ImagePredictions {
  readonly kind: "image-predictions";
  readonly labels: readonly string[];
  /** (row, column) of each place. */
  readonly positions: Int32Array;
  /** [n, height, width, channels] in the units of the image. */
  readonly measured: FloatArray;
  readonly predicted: readonly ImagesOfModel[];
  /** Axes of the scan: the size of a pixel of the windows. */
  readonly axes?: { readonly y: Axis; readonly x: Axis };
  /** Of the pairs: source, ... */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * The image windows at chosen scan pixels beside what models predict for them (spec2im), in the units of the image.
 *
 * @param models by the names that a figure gives them, e.g. `{ "2 latents": two, "10 latents": ten }`
 * @throws NotFittedError, OptionError (no pair at a place, pairs scaled otherwise, a model that predicts spectra),
 *   ShapeError, CancelledError
 * @example
 * plot.imagePredictions(await imagePredictions({ "2 latents": two }, pairs, { at: [{ label: "hole", row: 27, column: 24 }] }))
 */
export async function imagePredictions(
  models: Readonly<Record<string, Model>>,
  pairs: Pairs,
  options: LongWorkOptions & { readonly at: readonly PredictionPlace[] },
): Promise<ImagePredictions> {
  const { at } = options;
  const chosen = select(pairs, pairsAt(pairs, at));
  const predicted: ImagesOfModel[] = [];
  let measured: FloatArray = chosen.images;
  for (const [name, model] of Object.entries(models)) {
    if (outputSide(model) !== "images") throw predictsSpectra(model);
    const scaling = scalingOfSide(model, fittedLike(model, pairs), "images");
    const found = await predict(model, chosen, options);
    const inUnits = ({ data, shape }: FloatArray) => Object.freeze({ data: unscale(data, scaling), shape });
    predicted.push(
      Object.freeze({ name, images: inUnits(found), errors: errorsOf(found, chosen, undefined, "images").perSample }),
    );
    measured = inUnits(chosen.images);
  }
  if (predicted.length === 0) throw noModel();
  return Object.freeze({
    kind: "image-predictions",
    labels: Object.freeze(at.map(({ label, row, column }) => label ?? `${row}, ${column}`)),
    positions: chosen.positions,
    measured,
    predicted: Object.freeze(predicted),
    axes: Object.freeze({ y: pairs.axes.y, x: pairs.axes.x }),
    metadata: pairs.metadata,
  });
}

function predictsSpectra(model: Model): SpecbookError {
  return new SpecbookError("OptionError", "imagePredictions shows images, and this model predicts spectra", {
    got: `a model of kind ${model.kind}`,
    needed: "a model that predicts images from spectra, such as spec2im",
    remedy: "predictions(model, pairs, { at }) shows its spectra",
  });
}

function noModel(): SpecbookError {
  return new SpecbookError("OptionError", "imagePredictions has no model", {
    got: "{}",
    needed: "at least one model with a name",
    remedy: 'imagePredictions({ "2 latents": model }, pairs, { at })',
  });
}
