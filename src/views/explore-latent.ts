import { latent } from "../analyse";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions } from "../core/pace";
import type { Samples } from "../data";
import { latentLayout, type Model } from "../models";
import { checkExplorable } from "./decoded-sides";
import { latentAbout } from "./latent-about";
import { latentAnswers } from "./latent-answers";
import { colourChoices, type GivenColour, modelClasses } from "./latent-colours";
import { LatentExplorer } from "./latent-explorer";
import { latentPicture } from "./latent-picture";
import { latentPlane } from "./latent-plane";
import { answerQuestions } from "./questions";
import { scanPicture } from "./scan-picture";
import { viewModule } from "./view-module";

/** Options of `exploreLatent`. */
export interface ExploreLatentOptions extends LongWorkOptions, GivenColour {
  /** The two latents along x and y, counted from 0. Default [0, 1]; a model with one latent has its density along y. */
  readonly latents?: readonly [number, number];
}

/**
 * A latent space to move in: the samples in the plane of two latents, and beside it what the model decodes at the
 * pointer, live. A sample under the pointer shows its window, its measured and decoded spectrum and its place on the
 * scan; a lasso shows the mean spectrum of the samples inside and where they are, and gives their indices to the next
 * cell as `view.selection`.
 *
 * Decoded windows of models with a pose stand at angle 0 and shift 0; a sample's own decoded window has its own pose.
 * Latents beyond the two of the plane are those of the sample nearest to the pointer, or stand at sliders.
 *
 * @throws OptionError (a classifier or segmenter; pairs scaled otherwise; latents the model does not have),
 *   NotFittedError, ShapeError (samples of other sizes than the model's), CancelledError
 * @example
 * const view = await exploreLatent(model, pairs);
 * view                                            // in the next cell: select(pairs, view.selection)
 */
export async function exploreLatent(
  model: Model,
  samples: Samples,
  options: ExploreLatentOptions = {},
): Promise<LatentExplorer> {
  checkExplorable(model, samples);
  const { signal } = options;
  const latents = planeOf(options.latents, latentLayout(model).latent);
  const pace = createPace("exploreLatent", options);
  const coordinates = await latent(model, samples, options);
  const classes = await modelClasses(model, samples, signal);
  const choices = colourChoices(model, samples, coordinates, classes, options);
  const given = choices.find(({ name }) => name === "given" || name === "class");
  await pace.step();
  const colours = await (given ?? choices[0]).find();
  const picture = await latentPicture(model, coordinates, latentPlane(coordinates, latents), { colours, signal });
  const about = latentAbout(
    model,
    samples,
    coordinates,
    choices.map(({ name, title }) => ({ name, title })),
  );
  const state = {
    about,
    positions: samples.positions,
    map: scanPicture(samples),
    latents,
    colour: given?.name ?? "position",
    selection: new Int32Array(0),
  };
  const view = new LatentExplorer({ esm: viewModule("explore-latent"), picture: () => picture, state }, coordinates);
  answerQuestions(view, latentAnswers({ model, samples, coordinates, classes, choices }, view));
  return view;
}

function planeOf(given: readonly [number, number] | undefined, size: number): readonly [number, number] {
  const latents = given ?? (size > 1 ? ([0, 1] as const) : ([0, 0] as const));
  const known = latents.length === 2 && latents.every((j) => Number.isInteger(j) && j >= 0 && j < size);
  if (known && (latents[0] !== latents[1] || size === 1)) return latents;
  throw new SpecbookError("OptionError", "these latents do not span a plane of the model's latent space", {
    got: `latents: [${latents.join(", ")}], counted from 0, of a model with ${size}`,
    needed: size > 1 ? `two different ones from 0 to ${size - 1}` : "none: a single latent is drawn over its density",
    remedy: "leave latents out",
  });
}
