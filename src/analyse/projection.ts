import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { createPace } from "../core/pace";
import type { ImageWindows, Pairs, Samples } from "../data";
import { decode, type Model } from "../models";
import { unscale } from "../signal";
import { energyOf, fittedTo, scalingOfSide } from "./fitted";
import { latent } from "./latent";
import { type LatentGridOptions, latentGrid } from "./latent-grid";
import { needsSpectra } from "./output";
import type { BackProjection, ForwardProjection, LatentCoordinates } from "./results";

/**
 * The spectra that a trained model decodes on a regular grid of two latents, in the units of the data; further latents
 * stay at the mean of the samples.
 *
 * @param samples pairs or spectra, or their latents if they are at hand: they give range and mean
 * @param options `grid` defaults to 8 x 8
 * @throws NotFittedError, OptionError (also for spec2im, which decodes images), CancelledError
 * @example
 * plot.forwardProjection(await forwardProjection(model, pairs, { grid: [6, 6] }))
 */
export async function forwardProjection(
  model: Model,
  samples: Samples | LatentCoordinates,
  options: LatentGridOptions = {},
): Promise<ForwardProjection> {
  needsSpectra(model, "forwardProjection");
  const fitted = fittedTo(model);
  const energy = energyOf(model, fitted);
  const coordinates = samples.kind === "latent" ? samples : await latent(model, samples, options);
  const { grid, latents, points } = latentGrid(coordinates, options, 8);
  const decoded = await decode(model, points, options);
  return Object.freeze({
    kind: "forward-projection",
    grid,
    latents,
    spectra: Object.freeze({
      data: unscale(decoded.data, scalingOfSide(model, fitted, "spectra")),
      shape: Object.freeze([grid.y.length, grid.x.length, ...decoded.shape.slice(1)]),
    }),
    energy,
  });
}

/** Options of `backProjection`. */
export interface BackProjectionOptions extends LatentGridOptions {
  /** Samples averaged per grid point. Default 3. */
  readonly nearest?: number;
  /** The latents of the pairs, if they are at hand. */
  readonly coordinates?: LatentCoordinates;
}

/**
 * What the real image windows look like across the latent plane: at each point of a grid the mean of the images whose
 * latents lie nearest to it (Euclidean, in all latents), in the units of the image. `dispersion` says how alike the
 * averaged images are and `distance` how far they lie from the point: far from all samples the mean shows the border
 * of the data, not the point.
 *
 * @param options `grid` defaults to 16 x 16
 * @throws NotFittedError, OptionError, ShapeError, MemoryError, CancelledError
 * @example
 * plot.backProjection(await backProjection(model, pairs, { grid: [16, 16], nearest: 3 }))
 */
export async function backProjection(
  model: Model,
  pairs: Pairs | ImageWindows,
  options: BackProjectionOptions = {},
): Promise<BackProjection> {
  const { nearest = 3 } = options;
  const count = pairs.images.shape[0];
  checkNearest(nearest, count);
  fittedTo(model);
  const coordinates = options.coordinates ?? (await latent(model, pairs, options));
  checkCount(coordinates, count);
  const { grid, latents, points } = latentGrid(coordinates, options, 16);
  const [cells] = points.shape;
  const sample = pairs.images.shape.slice(1);
  const length = sample.reduce((a, b) => a * b, 1);
  checkMemory(4 * cells * length, `${cells} mean images of ${sample.join(" x ")}`, "use a coarser grid");
  const pace = createPace("the back-projection", options);
  const images = new Float32Array(cells * length);
  const dispersion = new Float32Array(cells);
  const distance = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const near = nearestSamples(coordinates, points.data, cell, nearest);
    distance[cell] = near.reduce((sum, { squared }) => sum + Math.sqrt(squared), 0) / nearest;
    const chosen = near.map(({ index }) => pairs.images.data.subarray(index * length, (index + 1) * length));
    dispersion[cell] =
      average(chosen, images.subarray(cell * length, (cell + 1) * length)) * pairs.scaling.images.range;
    await pace.step();
  }
  const side = [grid.y.length, grid.x.length];
  return Object.freeze({
    kind: "back-projection",
    grid,
    latents,
    images: Object.freeze({
      data: unscale(images, pairs.scaling.images),
      shape: Object.freeze([...side, ...sample]),
    }),
    dispersion: Object.freeze({ data: dispersion, shape: Object.freeze(side) }),
    distance: Object.freeze({ data: distance, shape: Object.freeze(side) }),
    nearest,
  });
}

/** The samples nearest to a grid point, nearest first; equal distances in the order of the samples. */
function nearestSamples({ values }: LatentCoordinates, points: Float32Array, cell: number, nearest: number) {
  const [count, size] = values.shape;
  const near: { index: number; squared: number }[] = [];
  for (let index = 0; index < count; index++) {
    let squared = 0;
    for (let j = 0; j < size; j++) squared += (values.data[index * size + j] - points[cell * size + j]) ** 2;
    if (near.length === nearest && squared >= near[nearest - 1].squared) continue;
    const place = near.findIndex((other) => squared < other.squared);
    near.splice(place < 0 ? near.length : place, 0, { index, squared });
    near.length = Math.min(near.length, nearest);
  }
  return near;
}

/** Writes the mean of arrays into `mean`; returns their rms distance from it, per value. */
function average(arrays: readonly Float32Array[], mean: Float32Array): number {
  for (let i = 0; i < mean.length; i++) mean[i] = arrays.reduce((sum, array) => sum + array[i], 0) / arrays.length;
  let squares = 0;
  for (const array of arrays) for (let i = 0; i < mean.length; i++) squares += (array[i] - mean[i]) ** 2;
  return Math.sqrt(squares / (arrays.length * mean.length));
}

function checkNearest(nearest: number, count: number): void {
  if (Number.isInteger(nearest) && nearest >= 1 && nearest <= count) return;
  throw new SpecbookError("OptionError", "the number of images to average is not usable", {
    got: `nearest: ${nearest} of ${count} pairs`,
    needed: `a whole number from 1 to ${count}`,
    remedy: "leave it out for 3",
  });
}

function checkCount({ values }: LatentCoordinates, count: number): void {
  if (values.shape[0] === count) return;
  throw new SpecbookError("ShapeError", "the latents given are not those of the pairs", {
    got: `${values.shape[0]} latent points and ${count} pairs`,
    needed: "one latent point for each pair",
    remedy: "leave coordinates out, or make them with latent(model, pairs) of the same pairs",
  });
}
