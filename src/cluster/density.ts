import type { LatentCoordinates } from "../analyse/results";
import { SpecbookError } from "../core/errors";
import type { FloatArray } from "../data";
import { densityOfPlane, type Kernel } from "./density-plane";
import { densityColumns, finiteRows } from "./density-values";
import { likeliestFactor } from "./likeliest-bandwidth";
import type { Density } from "./results";

/** Options of `density`. */
export interface DensityOptions {
  /**
   * Width of the Gaussian kernel as a share of the spread of the values: Scott's rule n^(-1/(d+4)), the default;
   * Silverman's rule (n (d+2) / 4)^(-1/(d+4)); "likelihood", the width under which each value is likeliest given the
   * others, which shows groups that both rules smooth over (R. P. W. Duin, IEEE Trans. Comput. 25, 1175 (1976),
   * doi:10.1109/TC.1976.1674577; of more than 1000 values evenly chosen ones decide); or a number.
   */
  readonly bandwidth?: "scott" | "silverman" | "likelihood" | number;
  /** Points along each side. Default 256 for one dimension, 96 for each of two. */
  readonly points?: number | readonly [number, number];
  /** First and last value of the sides. Default: three kernel widths beyond the smallest and the largest value. */
  readonly range?: { readonly x?: readonly [number, number]; readonly y?: readonly [number, number] };
  /** One or two latents, counted from 0, where latents are given. Default the first two. */
  readonly latents?: readonly [number] | readonly [number, number];
}

/**
 * How densely values lie: a Gaussian kernel density estimate in one dimension or in two, with the values' own
 * covariance as the shape of the kernel, evaluated on a regular grid (D. W. Scott, Multivariate Density Estimation, 2nd
 * edition, Wiley 2015; B. W. Silverman, Density Estimation, Chapman & Hall 1986). The numbers are those of SciPy's
 * gaussian_kde. Values that are not finite, such as pixels without a window, are left out.
 *
 * @param values numbers, an array [n, 1] or [n, 2], or latents
 * @throws ShapeError, OptionError, DataError (fewer than two different values; two dimensions that move as one)
 * @example
 * plot.density(density(await latent(model, pairs)))
 */
export function density(
  values: ArrayLike<number> | FloatArray | LatentCoordinates,
  options: DensityOptions = {},
): Density {
  const { columns, names } = densityColumns(values, options.latents);
  const kept = finiteRows(columns);
  const count = kept[0].length;
  const factor =
    options.bandwidth === "likelihood"
      ? likeliestFactor(kept, kernelOf(kept, 1))
      : bandwidthFactor(options.bandwidth ?? "scott", count, kept.length);
  const [alongX, alongY] = pointsOf(options.points ?? (kept.length === 1 ? 256 : 96));
  const kernel = kernelOf(kept, factor);
  const x = sideOf(kept[0], Math.sqrt(kernel.xx), alongX, options.range?.x);
  const shared = {
    kind: "density" as const,
    names,
    count,
    left: columns[0].length - count,
    bandwidth: factor,
    rule: typeof options.bandwidth === "number" ? ("given" as const) : (options.bandwidth ?? "scott"),
  };
  if (kept.length === 1) return Object.freeze({ ...shared, x, values: densityOfLine(kept[0], x, kernel.xx) });
  const y = sideOf(kept[1], Math.sqrt(kernel.yy), alongY, options.range?.y);
  return Object.freeze({ ...shared, x, y, values: densityOfPlane(kept[0], kept[1], x, y, kernel) });
}

function bandwidthFactor(bandwidth: "scott" | "silverman" | number, count: number, dimensions: number): number {
  const power = -1 / (dimensions + 4);
  if (bandwidth === "scott") return count ** power;
  if (bandwidth === "silverman") return ((count * (dimensions + 2)) / 4) ** power;
  if (typeof bandwidth === "number" && bandwidth > 0 && Number.isFinite(bandwidth)) return bandwidth;
  throw new SpecbookError("OptionError", "the density has no usable bandwidth", {
    got: `bandwidth: ${JSON.stringify(bandwidth)}`,
    needed: '"scott", "silverman", "likelihood" or a positive number',
    remedy: "leave it out for Scott's rule",
  });
}

/** Covariance of the values (n - 1 in the denominator) times the square of the bandwidth. */
function kernelOf(columns: readonly Float64Array[], factor: number): Kernel {
  const means = columns.map((values) => values.reduce((a, b) => a + b, 0) / values.length);
  const covariance = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < columns[i].length; k++) sum += (columns[i][k] - means[i]) * (columns[j][k] - means[j]);
    return (factor ** 2 * sum) / (columns[i].length - 1);
  };
  const xx = covariance(0, 0);
  if (!(xx > 0)) throw flat("the values do not vary");
  if (columns.length === 1) return { xx, xy: 0, yy: 1 };
  const [xy, yy] = [covariance(0, 1), covariance(1, 1)];
  if (!(yy > 0)) throw flat("the second of the two values does not vary");
  // A correlation of 1 to float32's precision: the plane has no width to spread over.
  if (!(xx * yy - xy * xy > 1e-12 * xx * yy)) throw flat("the two values move as one");
  return { xx, xy, yy };
}

function flat(why: string): SpecbookError {
  return new SpecbookError("DataError", "there is no density to estimate", {
    got: `values of which ${why}`,
    needed: "at least two different values in each dimension, not all on one line",
    remedy: "draw the values themselves; latents that do not vary have collapsed",
  });
}

function pointsOf(points: number | readonly [number, number]): readonly [number, number] {
  const both = typeof points === "number" ? ([points, points] as const) : points;
  if (both.every((n) => Number.isInteger(n) && n >= 2 && n <= 4096)) return both;
  throw new SpecbookError("OptionError", "the density has no usable number of points", {
    got: `points: ${both.join(" x ")}`,
    needed: "whole numbers from 2 to 4096",
    remedy: "leave it out for 256 points of a line or 96 x 96 of a plane",
  });
}

function sideOf(
  values: Float64Array,
  width: number,
  points: number,
  given: readonly [number, number] | undefined,
): Float64Array {
  if (given !== undefined && !(Number.isFinite(given[0]) && Number.isFinite(given[1]) && given[0] < given[1])) {
    throw new SpecbookError("OptionError", "the density has no usable range", {
      got: `[${given.join(", ")}]`,
      needed: "two finite numbers, the first below the second",
      remedy: "for example range: { x: [-3, 3] }",
    });
  }
  const low = given?.[0] ?? values.reduce((a, b) => Math.min(a, b)) - 3 * width;
  const high = given?.[1] ?? values.reduce((a, b) => Math.max(a, b)) + 3 * width;
  return Float64Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
}

function densityOfLine(values: Float64Array, x: Float64Array, variance: number): Float64Array {
  const scale = 1 / (values.length * Math.sqrt(2 * Math.PI * variance));
  return x.map((at) => {
    let sum = 0;
    for (const value of values) sum += Math.exp((-0.5 * (at - value) ** 2) / variance);
    return scale * sum;
  });
}
