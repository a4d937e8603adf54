import { SpecbookError } from "../core/errors";
import type { LongWorkOptions } from "../core/pace";
import type { FloatArray } from "../data";
import { normalQuantile } from "./normal-quantile";
import type { LatentCoordinates } from "./results";

/** How the points of a latent grid are spaced along a side. */
export type GridSpacing = "range" | "quantiles";

/** A regular grid in the plane of two latents. */
export interface LatentGridOptions extends LongWorkOptions {
  /** Points along x and along y; one number for both. */
  readonly grid?: number | readonly [number, number];
  /** Which latents run along x and y. Default [0, 1]. */
  readonly latents?: readonly [number, number];
  /**
   * "range": even steps from the smallest to the largest of the samples, the default where there are samples.
   * "quantiles": the 5 to 95 % quantiles of the standard normal prior, in even steps of probability, so that each point
   * stands for an equal share of the prior (AtomAI's manifold2d).
   */
  readonly by?: GridSpacing;
  /** First and last value along x and y, in even steps: takes the place of `by` on that side. */
  readonly range?: { readonly x?: readonly [number, number]; readonly y?: readonly [number, number] };
  /**
   * The latent point that the plane goes through, a value for each latent of the model; those of the two latents of the
   * plane are not used. Default: the mean of the samples, zeros without samples.
   */
  readonly through?: ArrayLike<number>;
}

/** The grid's values along both sides, and all its points in the whole latent space. */
export interface LatentGrid {
  readonly grid: { readonly x: Float64Array; readonly y: Float64Array };
  readonly latents: readonly [number, number];
  readonly by: GridSpacing;
  /** [grid y * grid x, latent], x fastest; latents that do not run along a side are as `through`. */
  readonly points: FloatArray;
}

/** The share of the prior beyond the first and beyond the last quantile of a grid. */
const TAIL = 0.05;

/** Lays a grid over the latents of samples or, given the number of latents alone, over the prior. */
export function latentGrid(
  samples: LatentCoordinates | number,
  options: LatentGridOptions,
  fallback: number,
): LatentGrid {
  const {
    grid = fallback,
    latents = [0, 1],
    range = {},
    by = typeof samples === "number" ? "quantiles" : "range",
  } = options;
  const size = typeof samples === "number" ? samples : samples.values.shape[1];
  const [alongX, alongY] = typeof grid === "number" ? [grid, grid] : grid;
  checkGrid(alongX, alongY, latents, size);
  checkSpacing(by, samples, range);
  const side = (j: number, points: number, given?: readonly [number, number]) =>
    given === undefined && by === "quantiles"
      ? quantiles(points)
      : evenSteps(given ?? extent(column(samples as LatentCoordinates, j)), points); // checkSpacing saw the samples
  const x = side(latents[0], alongX, range.x);
  const y = side(latents[1], alongY, range.y);
  const through = options.through === undefined ? centre(samples) : checkedPoint(options.through, size);
  const points = new Float32Array(x.length * y.length * size);
  for (let row = 0; row < y.length; row++) {
    for (let at = 0; at < x.length; at++) {
      const point = points.subarray((row * x.length + at) * size, (row * x.length + at + 1) * size);
      point.set(through);
      point[latents[0]] = x[at];
      point[latents[1]] = y[row];
    }
  }
  return {
    grid: Object.freeze({ x, y }),
    latents: Object.freeze([...latents] as const),
    by,
    points: { data: points, shape: [x.length * y.length, size] },
  };
}

function evenSteps([low, high]: readonly [number, number], points: number): Float64Array {
  return Float64Array.from({ length: points }, (_, i) => low + ((high - low) * i) / Math.max(1, points - 1));
}

function quantiles(points: number): Float64Array {
  if (points === 1) return Float64Array.of(0);
  return evenSteps([TAIL, 1 - TAIL], points).map(normalQuantile);
}

function column({ values }: LatentCoordinates, j: number): Float64Array {
  const [count, size] = values.shape;
  return Float64Array.from({ length: count }, (_, i) => values.data[i * size + j]);
}

function centre(samples: LatentCoordinates | number): ArrayLike<number> {
  if (typeof samples === "number") return new Float64Array(samples);
  const [count, size] = samples.values.shape;
  return Array.from({ length: size }, (_, j) => column(samples, j).reduce((a, b) => a + b, 0) / count);
}

function extent(values: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function checkedPoint(point: ArrayLike<number>, size: number): ArrayLike<number> {
  if (point.length === size && Array.from(point).every(Number.isFinite)) return point;
  throw new SpecbookError("OptionError", "this is no point of the model's latent space", {
    got: `through: [${Array.from(point).join(", ")}]`,
    needed: `${size} finite numbers, one for each latent`,
    remedy: "leave through out for the mean of the samples",
  });
}

function checkSpacing(
  by: GridSpacing,
  samples: LatentCoordinates | number,
  range: NonNullable<LatentGridOptions["range"]>,
): void {
  if (by !== "range" && by !== "quantiles") {
    throw new SpecbookError("OptionError", "a latent grid cannot be spaced like this", {
      got: `by: ${JSON.stringify(by)}`,
      needed: '"range" or "quantiles"',
      remedy: 'leave it out, or take by: "quantiles" for equal shares of the prior',
    });
  }
  for (const [side, given] of Object.entries(range)) {
    if (given === undefined || (given.length === 2 && given.every(Number.isFinite))) continue;
    throw new SpecbookError("OptionError", "this range of a latent grid is not usable", {
      got: `range.${side}: [${given.join(", ")}]`,
      needed: "two finite numbers, the first and the last value",
      remedy: "for example range: { x: [-2, 2] }",
    });
  }
  if (by === "quantiles" || typeof samples !== "number" || (range.x !== undefined && range.y !== undefined)) return;
  throw new SpecbookError("OptionError", "the range of the samples is not known without samples", {
    got: 'by: "range" and no samples',
    needed: 'samples, range: { x, y }, or by: "quantiles"',
    remedy: "give the samples: manifold(model, { samples: windows })",
  });
}

function checkGrid(alongX: number, alongY: number, latents: readonly [number, number], size: number): void {
  if (![alongX, alongY].every((n) => Number.isInteger(n) && n >= 1)) {
    throw new SpecbookError("OptionError", "the latent grid has no usable size", {
      got: `grid: ${alongX} x ${alongY}`,
      needed: "whole numbers of points of at least 1",
      remedy: "for example { grid: [8, 8] }",
    });
  }
  const usable = latents.every((j) => Number.isInteger(j) && j >= 0 && j < size) && latents[0] !== latents[1];
  if (usable) return;
  throw new SpecbookError("OptionError", "these latents do not span a plane of the model's latent space", {
    got: `latents: [${latents.join(", ")}], counted from 0, of a model with ${size}`,
    needed: `two different ones from 0 to ${size - 1}`,
    remedy: size < 2 ? "train a model with latent: 2 or more" : "for example { latents: [0, 1] }",
  });
}
