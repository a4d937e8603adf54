import { countOption, positiveOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions } from "../core/pace";
import type { Axis, FloatArray, Pairs } from "../data";
import { type Model, outputSide } from "../models";
import { givenOptions } from "../models/given-options";
import { inputSide } from "../models/input-side";
import { channelWeights, type DesignTarget, designTarget } from "./design-target";
import { energyOf, fittedLike } from "./fitted";
import { designReport } from "./inverse-report";
import { encodedDesign, gradientDesign, nearestDesign } from "./inverse-search";

/** Options of `inverseDesign`. */
export interface InverseDesignOptions extends LongWorkOptions {
  /** The real images and spectra: starts of the search, examples, and the measure of what is far from the data. */
  readonly pairs: Pairs;
  /**
   * "gradient": follows the gradient of the model; "nearest": the best of the real images; "encode": the wanted
   * spectrum through a model that reads spectra (spec2im, and the spectrum side of a dual VAE). Default "gradient", and
   * "encode" for models that predict images.
   */
  readonly method?: "gradient" | "nearest" | "encode";
  /**
   * What the gradient moves: the "latent" point (default), whose image is the mean of the real ones nearest to it, or
   * the pixels of an "image", which may become one that no structure has.
   */
  readonly space?: "latent" | "image";
  /** Which spectra of the real images "nearest" compares: those "predicted" by the model (default) or "measured". */
  readonly by?: "predicted" | "measured";
  /** Energies that count, first and last; default all. */
  readonly range?: readonly [number, number];
  /** Searches, begun at the real images whose predicted spectra are nearest. Default 6. */
  readonly starts?: number;
  /** Steps of each search. Default 150. */
  readonly steps?: number;
  /** Length of the first steps as a share of the spread of the latents (or pixels). Default 0.1. */
  readonly learningRate?: number;
  /** Keep the latents (or pixels) within the range of the real samples. Default true. */
  readonly bounded?: boolean;
  /** In image space: weight of the mean squared change of the image against the misfit. Default 0.01. */
  readonly proximity?: number;
  /** Real images shown, and averaged for a latent point. Default 3. */
  readonly nearest?: number;
}

/** How far a design lies from the real samples. */
export interface DesignDistance {
  /** Where the distance is taken: among latents, scaled pixels or scaled spectra; the one in which the design is farthest out. */
  readonly space: "latent" | "pixels" | "spectra";
  /** From the nearest real sample. */
  readonly value: number;
  /** Median distance of a real sample from its own nearest neighbour. */
  readonly typical: number;
  /** 95 % of the real samples are nearer to another one. */
  readonly limit: number;
}

/** The structure whose spectrum comes nearest to a wanted one. */
export interface InverseDesign {
  readonly kind: "inverse-design";
  readonly method: "gradient" | "nearest" | "encode";
  readonly space?: "latent" | "image";
  readonly energy: Axis;
  /** The wanted spectrum, [channels], in the units of the data. */
  readonly target: Float32Array;
  /** The spectrum of the design: as the model predicts it; of a model that predicts images, the mean of the examples'. */
  readonly spectrum: Float32Array;
  /** sqrt(mean (p - t)^2 / mean (p + t)^2) of that spectrum and the target, over the range. */
  readonly error: number;
  /** The median of the same for the model's predictions of the real images: what is usual. */
  readonly modelError?: number;
  /** The designed image, [height, width, channels], in the units of the image. */
  readonly image: FloatArray;
  /** Axes of a window, from 0. */
  readonly axes: { readonly y: Axis; readonly x: Axis };
  /** The latent point of the design, where there is one. */
  readonly latent?: Float32Array;
  /** The real images nearest to the design, [n, height, width, channels], nearest first, with their spectra [n, channels]. */
  readonly examples: FloatArray;
  readonly exampleSpectra: FloatArray;
  /** (row, column) of each example. */
  readonly positions: Int32Array;
  /**
   * The same error of each example's measured spectrum and the target: what was found where the model points to, while
   * `error` is the model's own word.
   */
  readonly exampleErrors: Float64Array;
  /** The best that a search without a model finds: the real sample whose measured spectrum has the smallest such error. */
  readonly bestReal: { readonly row: number; readonly column: number; readonly error: number };
  readonly distance: DesignDistance;
  /** True where the design lies farther from the real samples than 95 % of these from each other. */
  readonly extrapolates: boolean;
  /** Smallest misfit after each step of the gradient, in scaled units. */
  readonly trace?: Float64Array;
  /** The range of energies that counted. */
  readonly range?: readonly [number, number];
  /** Of the pairs: source, quantity, units, ... */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly notices: readonly string[];
  readonly summary: string;
}

/**
 * The image whose predicted spectrum comes nearest to a wanted one: by the gradient of the model in its latent space or
 * in the image, or as the best of the real images; for a model from spectra to images, what it makes of the wanted
 * spectrum. The result says how far it lies from the real samples: a network extrapolates without a sign. It also says
 * what was measured there (`exampleErrors`), and what the best of all measured spectra is (`bestReal`): a design earns
 * its model only where the first comes near the second.
 *
 * @param target values in the units of the data on the model's axis, or a spectrum with its axis: `drawSpectrum`, or
 *   one measured elsewhere
 * @throws NotFittedError, OptionError (method and model that do not go together), AxisError, ShapeError, CancelledError
 * @example
 * const wanted = drawSpectrum(spectra.axes.energy, [{ energy: 0.75, width: 0.1, height: 300 }]);
 * plot.inverseDesign(await inverseDesign(model, wanted, { pairs }))
 */
export async function inverseDesign(
  model: Model,
  target: DesignTarget,
  options: InverseDesignOptions,
): Promise<InverseDesign> {
  const { pairs, range } = options;
  const fitted = fittedLike(model, pairs);
  const readsImages = inputSide(model) === "images" && outputSide(model) === "spectra";
  const method = options.method ?? (readsImages ? "gradient" : "encode");
  checkDirection(model, method);
  const settings = { space: "latent", by: "predicted", starts: 6, steps: 150, ...givenOptions(options) } as const;
  checkOptions(options, pairs);
  const energy = energyOf(model, fitted);
  const wanted = designTarget(target, energy);
  const { offset, range: scale } = pairs.scaling.spectra;
  const work = {
    model,
    pairs,
    scaled: wanted.map((value) => (value - offset) / scale),
    weights: channelWeights(energy, range),
    pace: createPace("the inverse design", options),
    options: { learningRate: 0.1, bounded: true, proximity: 0.01, nearest: 3, ...settings },
  };
  const search = { gradient: gradientDesign, nearest: nearestDesign, encode: encodedDesign }[method];
  const found = await search(work);
  const space = method === "gradient" ? { space: work.options.space } : {};
  const limits = range === undefined ? {} : { range: Object.freeze([range[0], range[1]] as const) };
  return designReport(work, found, { kind: "inverse-design", method, ...space, energy, target: wanted, ...limits });
}

function checkDirection(model: Model, method: string): void {
  wordOption("inverseDesign", "method", method, ["gradient", "nearest", "encode"]);
  const [inputs, outputs] = [inputSide(model), outputSide(model)];
  const possible = inputs === outputs ? [] : inputs === "images" ? ["gradient", "nearest"] : ["encode"];
  if (model.kind === "dual-vae") possible.push("encode");
  if (possible.includes(method)) return;
  throw new SpecbookError("OptionError", "this model cannot design in this way", {
    got: `method "${method}" with a model of kind ${model.kind} (${inputs} -> ${outputs})`,
    needed:
      possible.length === 0
        ? "a model that links images and spectra, such as im2spec, ved or spec2im"
        : `method ${possible.map((word) => `"${word}"`).join(" or ")}`,
    remedy: possible.length === 0 ? "fit such a model to pairs" : "leave method out",
  });
}

function checkOptions(options: InverseDesignOptions, pairs: Pairs): void {
  const { space = "latent", by = "predicted", starts = 6, steps = 150, nearest = 3 } = options;
  const { learningRate = 0.1, proximity = 0.01 } = options;
  wordOption("inverseDesign", "space", space, ["latent", "image"]);
  wordOption("inverseDesign", "by", by, ["predicted", "measured"]);
  countOption("inverseDesign", "starts", starts);
  countOption("inverseDesign", "steps", steps);
  countOption("inverseDesign", "nearest", nearest);
  positiveOption("inverseDesign", "learningRate", learningRate);
  if (proximity !== 0) positiveOption("inverseDesign", "proximity", proximity);
  const count = pairs.images.shape[0];
  if (count > Math.max(nearest, 1)) return;
  throw new SpecbookError("OptionError", "there are too few pairs to design from", {
    got: `${count} pairs, nearest: ${nearest}`,
    needed: "more pairs than images to show",
    remedy: "give all pairs, or a smaller nearest",
  });
}
