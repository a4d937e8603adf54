import { SpecbookError } from "../core/errors";
import { type Axis, axis, type SampleAxes, type SampleScaling, type Samples, type Scaling } from "../data";
import type { Model } from "../models";
import { differentScaling } from "../models/different-scaling";

/** What a model knows once it was fitted. */
export interface Fitted {
  readonly scaling: SampleScaling;
  readonly axes: SampleAxes;
}

/** The scaling and axes that a model was fitted to; throws a NotFittedError where there are none. */
export function fittedTo(model: Model): Fitted {
  const { scaling, axes, training } = model;
  if (scaling !== undefined && axes !== undefined) return { scaling, axes };
  if (training !== undefined) {
    throw new SpecbookError("NotFittedError", "the model does not know the scaling and the axes of its data", {
      got: `a model of kind ${model.kind} that was fitted to a bare array`,
      needed: "a model fitted to samples: pairs, windows or spectra",
      remedy:
        "fit it to windows(image, spectra, { size }), or set model.scaling and model.axes to those of the samples",
    });
  }
  throw new SpecbookError("NotFittedError", "the model has not been trained", {
    got: `a model of kind ${model.kind} with its first, random weights, or with weights of unknown samples`,
    needed: "a model that fit(...) has trained, or that knows the scaling and the axes behind its weights",
    remedy:
      "await fit(model, train); or importWeights(model, path, { samples }) with those the weights were trained on",
  });
}

/** `fittedTo`, and throws an OptionError where the pairs were scaled in another way than the model's training set. */
export function fittedLike(model: Model, samples: Samples): Fitted {
  const fitted = fittedTo(model);
  const found = differentScaling(fitted.scaling, samples.scaling);
  if (found === undefined) return fitted;
  const { side, own, other } = found;
  throw new SpecbookError("OptionError", `the ${side} are scaled in another way than those the model was trained on`, {
    got: `${side} of the pairs: ${other}`,
    needed: `${side} as in training: ${own}`,
    remedy: "cut these pairs with the model's scaling: windows(image, spectra, { size, scale: model.scaling })",
  });
}

/** The scaling of one side; throws a NotFittedError where the model has not seen that side. */
export function scalingOfSide(model: Model, { scaling }: Fitted, side: "images" | "spectra"): Scaling {
  const found = scaling[side];
  if (found !== undefined) return found;
  throw new SpecbookError("NotFittedError", `the model was not fitted to ${side}`, {
    got: `a model of kind ${model.kind}, fitted to ${Object.keys(scaling).join(" and ")}`,
    needed: `a model fitted to samples with ${side}`,
    remedy: "make pairs with windows(image, spectra, { size }) and fit a model that reads both sides",
  });
}

/** The energy axis; throws a NotFittedError where the model has not seen spectra. */
export function energyOf(model: Model, { axes }: Fitted): Axis {
  if (axes.energy !== undefined) return axes.energy;
  throw new SpecbookError("NotFittedError", "the model knows no energy axis", {
    got: `a model of kind ${model.kind}, fitted to samples without spectra`,
    needed: "a model fitted to spectra",
    remedy: "make pairs with windows(image, spectra, { size }) and fit a model that predicts spectra",
  });
}

/** How what a trained model decodes becomes data: as it is where the model was fitted to a bare array. */
export function decodedScaling(model: Model, side: "images" | "spectra"): Scaling {
  if (isFittedToArray(model)) return { offset: 0, range: 1 };
  return scalingOfSide(model, fittedTo(model), side);
}

/** The energy axis of decoded spectra; channels where the model was fitted to a bare array. */
export function decodedEnergy(model: Model, channels: number): Axis {
  if (isFittedToArray(model)) return axis("channel", channels, { units: "channel" });
  return energyOf(model, fittedTo(model));
}

function isFittedToArray({ training, scaling }: Model): boolean {
  return training !== undefined && scaling === undefined;
}
