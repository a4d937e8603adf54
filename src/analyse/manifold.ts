import { SpecbookError } from "../core/errors";
import { createPace } from "../core/pace";
import type { FloatArray, Samples } from "../data";
import { decode, type LatentLayout, latentLayout, type Model, outputSide } from "../models";
import { unscale } from "../signal";
import { decodedEnergy, decodedScaling } from "./fitted";
import { latent } from "./latent";
import { type LatentGridOptions, latentGrid } from "./latent-grid";
import type { LatentCoordinates, Manifold } from "./results";

/** Options of `manifold`. */
export interface ManifoldOptions extends LatentGridOptions {
  /** Samples, or their latents if they are at hand: they give range and mean. A variational model does without. */
  readonly samples?: Samples | LatentCoordinates;
  /**
   * The class to decode, counted from 0; models with discrete classes only (jrVAE). Default 0. Of several groups of
   * classes the combinations are counted, the last group fastest.
   */
  readonly class?: number;
}

/**
 * What a trained model decodes on a regular grid of two latents, in the units of the data: image windows (spec2im, VAE
 * of images, rVAE at angle 0 and shift 0) or spectra (im2spec, VAE of spectra, VED). Without samples the grid runs over
 * the quantiles of the prior, which variational models have.
 *
 * @param options `grid` defaults to 9 x 9, as AtomAI's manifold2d
 * @throws NotFittedError, OptionError (no samples for a model without prior; latents, class or range that do not fit),
 *   ShapeError, CancelledError
 * @example
 * plot.manifold(await manifold(model, { samples: windows }))
 */
export async function manifold(model: Model, options: ManifoldOptions = {}): Promise<Manifold> {
  const side = outputSide(model);
  const scaling = decodedScaling(model, side);
  const layout = latentLayout(model);
  const { class: chosen = 0 } = options;
  checkClass(model, layout, options.class);
  const { grid, latents, by, points } = latentGrid(await sourceOf(model, layout, options), options, 9);
  const decoded = await decode(model, withClass(points, layout, chosen), options);
  await createPace("the manifold", options).step();
  const through = points.data.slice(0, layout.latent);
  for (const j of latents) through[j] = Number.NaN;
  const values = Object.freeze({
    data: unscale(decoded.data, scaling),
    shape: Object.freeze([grid.y.length, grid.x.length, ...decoded.shape.slice(1)]),
  });
  const seed = model.training?.options.seed;
  const shared = {
    kind: "manifold" as const,
    model: model.kind,
    grid,
    latents,
    by,
    through,
    ...(layout.classes > 0 ? { class: chosen } : {}),
    ...(seed === undefined ? {} : { seed }),
  };
  return Object.freeze(
    side === "images"
      ? { ...shared, side, images: values }
      : { ...shared, side, spectra: values, energy: decodedEnergy(model, decoded.shape[1]) },
  );
}

/**
 * One manifold for each discrete class of a model (jrVAE); a single one where it has none.
 *
 * @example
 * plot.manifold(await classManifolds(model))
 */
export async function classManifolds(model: Model, options: Omit<ManifoldOptions, "class"> = {}): Promise<Manifold[]> {
  const { groups } = latentLayout(model);
  if (groups.length === 0) return [await manifold(model, options)];
  const found: Manifold[] = [];
  for (let i = 0; i < combinations(groups); i++) found.push(await manifold(model, { ...options, class: i }));
  return found;
}

async function sourceOf(
  model: Model,
  { latent: size, variational }: LatentLayout,
  options: ManifoldOptions,
): Promise<LatentCoordinates | number> {
  const { samples, by, range } = options;
  if (samples !== undefined) return samples.kind === "latent" ? samples : await latent(model, samples, options);
  if (variational || by !== undefined || (range?.x !== undefined && range.y !== undefined)) return size;
  throw new SpecbookError("OptionError", "a manifold of this model needs samples: its latents have no prior", {
    got: `a model of kind ${model.kind} and no samples`,
    needed: "the samples whose latents the grid runs over",
    remedy: "manifold(model, { samples: pairs })",
  });
}

/** Puts the classes behind each point: 1 for that of each group which is decoded, 0 for the others. */
function withClass(points: FloatArray, { latent: size, groups }: LatentLayout, chosen: number): FloatArray {
  if (groups.length === 0) return points;
  const [count] = points.shape;
  const behind = oneOfEach(groups, chosen);
  const width = size + behind.length;
  const data = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    data.set(points.data.subarray(i * size, (i + 1) * size), i * width);
    data.set(behind, i * width + size);
  }
  return { data, shape: [count, width] };
}

/** Groups of numbers that are 0 but for one 1 each: the digits of the combination, the last group fastest. */
export function oneOfEach(groups: readonly number[], combination: number): number[] {
  let rest = combination;
  return groups.reduceRight<number[]>((behind, group) => {
    const own = rest % group;
    rest = Math.floor(rest / group);
    return Array.from({ length: group }, (_, i) => Number(i === own)).concat(behind);
  }, []);
}

function combinations(groups: readonly number[]): number {
  return groups.length === 0 ? 0 : groups.reduce((a, b) => a * b);
}

function checkClass(model: Model, layout: LatentLayout, chosen: number | undefined): void {
  const classes = combinations(layout.groups);
  if (chosen === undefined || (Number.isInteger(chosen) && chosen >= 0 && chosen < classes)) return;
  throw new SpecbookError("OptionError", "the model has no such class", {
    got: `class: ${chosen} of a model of kind ${model.kind} with ${classes} classes`,
    needed: classes === 0 ? "a model with discrete classes, such as jrvae" : `a whole number from 0 to ${classes - 1}`,
    remedy: "leave class out",
  });
}
