import { SpecbookError } from "../core/errors";
import type { LongWorkOptions } from "../core/pace";
import type { FloatArray } from "../data";
import type { LatentCoordinates } from "./results";

/** A regular grid in the plane of two latents. */
export interface LatentGridOptions extends LongWorkOptions {
  /** Points along x and along y; one number for both. */
  readonly grid?: number | readonly [number, number];
  /** Which latents run along x and y. Default [0, 1]. */
  readonly latents?: readonly [number, number];
  /** First and last value along x and y. Default: from the smallest to the largest of the samples. */
  readonly range?: { readonly x?: readonly [number, number]; readonly y?: readonly [number, number] };
}

/** The grid's values along both sides, and all its points in the whole latent space. */
export interface LatentGrid {
  readonly grid: { readonly x: Float64Array; readonly y: Float64Array };
  readonly latents: readonly [number, number];
  /** [grid y * grid x, latent], x fastest; latents that do not run along a side are at the samples' mean. */
  readonly points: FloatArray;
}

/** Lays a grid over the latents of samples. */
export function latentGrid({ values }: LatentCoordinates, options: LatentGridOptions, fallback: number): LatentGrid {
  const { grid = fallback, latents = [0, 1], range = {} } = options;
  const [count, size] = values.shape;
  const [alongX, alongY] = typeof grid === "number" ? [grid, grid] : grid;
  checkGrid(alongX, alongY, latents, size);
  const column = (j: number) => Float64Array.from({ length: count }, (_, i) => values.data[i * size + j]);
  const side = (j: number, points: number, given?: readonly [number, number]) => {
    const [low, high] = given ?? extent(column(j));
    return Float64Array.from({ length: points }, (_, i) => low + ((high - low) * i) / Math.max(1, points - 1));
  };
  const x = side(latents[0], alongX, range.x);
  const y = side(latents[1], alongY, range.y);
  const mean = Array.from({ length: size }, (_, j) => column(j).reduce((a, b) => a + b, 0) / count);
  const points = new Float32Array(x.length * y.length * size);
  for (let row = 0; row < y.length; row++) {
    for (let at = 0; at < x.length; at++) {
      const point = points.subarray((row * x.length + at) * size, (row * x.length + at + 1) * size);
      point.set(mean);
      point[latents[0]] = x[at];
      point[latents[1]] = y[row];
    }
  }
  return { grid: Object.freeze({ x, y }), latents, points: { data: points, shape: [x.length * y.length, size] } };
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
