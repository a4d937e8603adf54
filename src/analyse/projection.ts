import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { createPace } from "../core/pace";
import type { ImageWindows, Pairs, PixelSpectra, Samples } from "../data";
import { decode, type Model } from "../models";
import { unscale } from "../signal";
import { energyOf, fittedTo, scalingOfSide } from "./fitted";
import { latent } from "./latent";
import { type LatentGridOptions, latentGrid } from "./latent-grid";
import { nearestRows } from "./nearest-rows";
import { needsSpectra } from "./output";
import type { BackProjection, ForwardProjection, LatentCoordinates, SpectrumBackProjection } from "./results";
import { sideOf, sideScaling } from "./sides";

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
  /** The latents of the samples, if they are at hand. */
  readonly coordinates?: LatentCoordinates;
}

/**
 * What the real image windows, or the real spectra, look like across the latent plane: at each point of a grid the mean
 * of those whose latents lie nearest to it (Euclidean, in all latents), in the units of the data. `dispersion` says how
 * alike the averaged samples are and `distance` how far they lie from the point: far from all samples the mean shows the
 * border of the data, not the point.
 *
 * @param options `grid` defaults to 16 x 16; `side`: what is averaged, default images where the samples have them
 * @throws NotFittedError, OptionError, ShapeError, MemoryError, CancelledError
 * @example
 * plot.backProjection(await backProjection(model, pairs, { grid: [16, 16], nearest: 3 }))
 * plot.backProjection(await backProjection(spec2imModel, pairs, { grid: 8, side: "spectra" }))
 */
export function backProjection(
  model: Model,
  samples: Pairs | ImageWindows,
  options?: BackProjectionOptions & { readonly side?: "images" },
): Promise<BackProjection>;
export function backProjection(
  model: Model,
  samples: Pairs | PixelSpectra,
  options: BackProjectionOptions & { readonly side: "spectra" },
): Promise<SpectrumBackProjection>;
export function backProjection(
  model: Model,
  samples: PixelSpectra,
  options?: BackProjectionOptions,
): Promise<SpectrumBackProjection>;
export async function backProjection(
  model: Model,
  samples: Samples,
  options: BackProjectionOptions & { readonly side?: "images" | "spectra" } = {},
): Promise<BackProjection | SpectrumBackProjection> {
  const { nearest = 3, side = "images" in samples ? "images" : "spectra" } = options;
  const values = sideOf(samples, side);
  const scaling = sideScaling(samples, side);
  const [count, ...sample] = values.shape;
  checkNearest(nearest, count);
  fittedTo(model);
  const coordinates = options.coordinates ?? (await latent(model, samples, options));
  checkCount(coordinates, count);
  const { grid, latents, points } = latentGrid(coordinates, options, 16);
  const [cells] = points.shape;
  const length = sample.reduce((a, b) => a * b, 1);
  checkMemory(4 * cells * length, `${cells} means of ${sample.join(" x ")} values`, "use a coarser grid");
  const known = { data: coordinates.values.data, count, size: coordinates.values.shape[1] };
  const pace = createPace("the back-projection", options);
  const means = new Float32Array(cells * length);
  const dispersion = new Float32Array(cells);
  const distance = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const near = nearestRows(known, points.data.subarray(cell * known.size, (cell + 1) * known.size), nearest);
    distance[cell] = near.reduce((sum, { squared }) => sum + Math.sqrt(squared), 0) / nearest;
    const chosen = near.map(({ index }) => values.data.subarray(index * length, (index + 1) * length));
    dispersion[cell] = average(chosen, means.subarray(cell * length, (cell + 1) * length)) * Math.abs(scaling.range);
    await pace.step();
  }
  const shape = [grid.y.length, grid.x.length];
  const array = (data: Float32Array, ...rest: number[]) =>
    Object.freeze({ data, shape: Object.freeze([...shape, ...rest]) });
  const shared = {
    kind: "back-projection" as const,
    grid,
    latents,
    dispersion: array(dispersion),
    distance: array(distance),
    nearest,
  };
  const inUnits = array(unscale(means, scaling), ...sample);
  if (side === "images") return Object.freeze({ ...shared, side, images: inUnits });
  return Object.freeze({ ...shared, side, spectra: inUnits, energy: (samples as Pairs | PixelSpectra).axes.energy }); // sideOf found spectra
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
  throw new SpecbookError("OptionError", "the number of samples to average is not usable", {
    got: `nearest: ${nearest} of ${count} samples`,
    needed: `a whole number from 1 to ${count}`,
    remedy: "leave it out for 3",
  });
}

function checkCount({ values }: LatentCoordinates, count: number): void {
  if (values.shape[0] === count) return;
  throw new SpecbookError("ShapeError", "the latents given are not those of the samples", {
    got: `${values.shape[0]} latent points and ${count} samples`,
    needed: "one latent point for each sample",
    remedy: "leave coordinates out, or make them with latent(model, samples) of the same samples",
  });
}
