import { SpecbookError } from "../core/errors";
import { type Model, outputSide } from "../models";

/** Throws an OptionError unless the model predicts spectra. */
export function needsSpectra(model: Model, analysis: "forwardProjection" | "predictions"): void {
  if (outputSide(model) === "spectra") return;
  throw new SpecbookError("OptionError", `${analysis} shows spectra, and this model predicts images`, {
    got: `a model of kind ${model.kind}`,
    needed: "a model that predicts spectra, such as im2spec",
    remedy:
      analysis === "predictions"
        ? "predict(model, pairs) gives the images, and errors(model, pairs) how far off they are"
        : "manifold(model, { samples }) decodes the images, and backProjection(model, samples) averages the real ones",
  });
}
