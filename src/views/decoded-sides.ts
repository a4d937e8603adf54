import { decodedScaling, fittedLike } from "../analyse/fitted";
import { SpecbookError } from "../core/errors";
import type { Samples } from "../data";
import { decode, dualSides, latentLayout, type Model, outputSide, predict } from "../models";
import { unscale } from "../signal";

/** An image window, a spectrum, or both, in the units of the data. */
export interface Sides {
  readonly images?: Float32Array;
  readonly spectra?: Float32Array;
}

/** What is decoded while a pointer moves does not belong to the cell that runs: its stop button must not end it. */
const UNSTOPPED = { signal: new AbortController().signal };

/** What a model decodes at one point of its latent space (classes behind the latents), image windows unturned. */
export async function decodedAt(model: Model, point: Float32Array): Promise<Sides> {
  const found: { images?: Float32Array; spectra?: Float32Array } = {};
  for (const each of decodingModels(model)) {
    const side = outputSide(each);
    const { data } = await decode(each, { data: point, shape: [1, point.length] }, UNSTOPPED);
    found[side] = unscale(data, decodedScaling(each, side));
  }
  return found;
}

/** What a model makes of the first of the samples, with its own pose and class. */
export async function predictedOf(model: Model, samples: Samples): Promise<Sides> {
  const found: { images?: Float32Array; spectra?: Float32Array } = {};
  for (const each of decodingModels(model)) {
    const side = outputSide(each);
    const { data } = await predict(each, samples, UNSTOPPED);
    found[side] = unscale(data, decodedScaling(each, side));
  }
  return found;
}

/** The sides that a model decodes. */
export function decodedSides(model: Model): readonly ("images" | "spectra")[] {
  return model.kind === "dual-vae" ? ["images", "spectra"] : [outputSide(model)];
}

/** A dual VAE decodes both sides from one point: its windows by the rVAE in it, its spectra by itself. */
export function decodingModels(model: Model): readonly Model[] {
  return model.kind === "dual-vae" ? [dualSides(model).image, model] : [model];
}

/** Throws unless the model has latents to move in and was trained on samples such as these. */
export function checkExplorable(model: Model, samples: Samples): void {
  if (model.kind === "classifier" || model.kind === "segmenter") {
    throw new SpecbookError("OptionError", `a ${model.kind} has no latent space that decodes`, {
      got: `a model of kind ${model.kind}, which gives classes`,
      needed: "a model that decodes latents: im2spec, spec2im, autoencoder, vae, rvae, jrvae, ved or dualVae",
      remedy: "plot.confusion(confusion(await classify(model, samples), samples)) shows what it has learnt",
    });
  }
  if (model.kind === "dual-vae" && model.options.link === "none") {
    throw new SpecbookError("OptionError", "the two sides of this dual VAE share no latent space", {
      got: 'a dual VAE with link: "none"',
      needed: "one latent space",
      remedy: "explore its sides one by one: exploreLatent(dualSides(model).image, pairs)",
    });
  }
  latentLayout(model); // throws for what is no model
  fittedLike(model, samples);
}
