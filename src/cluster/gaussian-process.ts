import { countOption, positiveOption, wordOption } from "../core/check-option";
import { choleskyFactor, logDeterminant, solveLower, solveUpper } from "../core/cholesky";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import type { FloatArray } from "../data";
import { KERNELS, type KernelName } from "./kernels";
import { minimise } from "./minimise";

/** Options of `gaussianProcess`. */
export interface GaussianProcessOptions extends LongWorkOptions {
  /** How smooth the function is: "rbf" (infinitely), "matern-5/2" (twice), "matern-3/2" (once). Default "rbf". */
  readonly kernel?: KernelName;
  /** Distance over which the function changes, in the units of the points, one for all directions or one for each. Default: found. */
  readonly lengthScale?: number | readonly number[];
  /** Standard deviation of the function about its mean, in the units of the values. Default: found. */
  readonly amplitude?: number;
  /** Standard deviation of the noise of the values. Default: found. */
  readonly noise?: number;
  /** One length for each direction, where lengths are found. Default false. */
  readonly perDirection?: boolean;
  /** Most steps of the search for what is not given. Default 60. */
  readonly iterations?: number;
}

/** A function known through noisy values at some points; `predictAt` says what it is elsewhere. */
export interface GaussianProcess {
  readonly kind: "gaussian-process";
  /** The points [n, d]. */
  readonly points: FloatArray;
  /** The same to the digits that they were given with: numbers that differ little from one another need them. */
  readonly places: Float64Array;
  /** The weight of each point in a prediction. */
  readonly weights: Float64Array;
  /** Triangle of the covariance of the values, [n, n] row-major. */
  readonly lower: Float64Array;
  /** Mean of the values: what is predicted far from all points. */
  readonly mean: number;
  readonly kernel: KernelName;
  /** As used: given, or of the largest marginal likelihood. */
  readonly lengthScale: readonly number[];
  readonly amplitude: number;
  readonly noise: number;
  /** Logarithm of the marginal likelihood of the values. */
  readonly logLikelihood: number;
  readonly converged: boolean;
}

/** What a Gaussian process predicts. */
export interface ProcessPrediction {
  readonly mean: Float64Array;
  /** Standard deviation of the function, without the noise of a measurement. */
  readonly deviation: Float64Array;
}

/**
 * Gaussian-process regression: the smooth function behind noisy values at scattered points, with its uncertainty (C. E.
 * Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, algorithm 2.1). Length scale,
 * amplitude and noise that are not given are those of the largest marginal likelihood (eq. 5.8), by its gradient (eq. 5.9).
 * The work grows with the third power of the number of points.
 *
 * @param points [n, d], or [n] numbers
 * @param values one for each point
 * @throws ShapeError, DataError (values that are not finite), MemoryError, OptionError, CancelledError
 * @example
 * const process = await gaussianProcess({ data: positions, shape: [200, 2] }, measured);
 * const { mean, deviation } = predictAt(process, everywhere);
 */
export async function gaussianProcess(
  points: FloatArray | ArrayLike<number>,
  values: ArrayLike<number>,
  options: GaussianProcessOptions = {},
): Promise<GaussianProcess> {
  const { kernel = "rbf", iterations = 60, perDirection = false } = options;
  const { data, n, d } = checkPoints(points, values);
  wordOption("gaussianProcess", "kernel", kernel, ["rbf", "matern-3/2", "matern-5/2"]);
  countOption("gaussianProcess", "iterations", iterations);
  for (const name of ["amplitude", "noise"] as const) {
    const value = options[name];
    if (value !== undefined && !(name === "noise" && value === 0)) positiveOption("gaussianProcess", name, value);
  }
  checkMemory(4 * 8 * n * n, `the covariances of ${n} points`, "take fewer points, e.g. every second");
  const mean = Array.from(values).reduce((a, b) => a + b, 0) / n;
  const y = Float64Array.from(values, (value) => value - mean);
  const problem: Problem = { data, n, d, y, kernel };
  const start = startOf(problem, options, perDirection);
  const pace = createPace("the Gaussian process", options);
  const found = await search(problem, start, iterations, pace);
  const solved = solve(problem, found.settings);
  if (solved === undefined) throw singular(n);
  return Object.freeze({
    kind: "gaussian-process",
    points: Object.freeze({ data: Float32Array.from(data), shape: Object.freeze([n, d]) }),
    places: data,
    weights: solved.weights,
    lower: solved.lower,
    mean,
    kernel,
    lengthScale: Object.freeze([...found.settings.lengths]),
    amplitude: found.settings.amplitude,
    noise: found.settings.noise,
    logLikelihood: solved.logLikelihood,
    converged: found.converged,
  });
}

/**
 * What a Gaussian process predicts at other points [m, d]: mean and standard deviation of the function.
 *
 * @throws ShapeError for points of another size
 */
export function predictAt(process: GaussianProcess, points: FloatArray | ArrayLike<number>): ProcessPrediction {
  const [n, d] = process.points.shape;
  const { data, n: count, d: size } = pointsOf(points);
  if (size !== d) throw otherSize(size, d);
  const mean = new Float64Array(count);
  const deviation = new Float64Array(count);
  const settings = { lengths: process.lengthScale, amplitude: process.amplitude };
  const row = new Float64Array(n);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < n; j++) {
      row[j] = covariance(data, i * d, process.places, j * d, d, process.kernel, settings);
      mean[i] += row[j] * process.weights[j];
    }
    mean[i] += process.mean;
    solveLower(process.lower, n, row);
    let known = 0;
    for (let j = 0; j < n; j++) known += row[j] * row[j];
    deviation[i] = Math.sqrt(Math.max(0, process.amplitude ** 2 - known));
  }
  return Object.freeze({ mean, deviation });
}

interface Problem {
  readonly data: Float64Array;
  readonly n: number;
  readonly d: number;
  /** Values less their mean. */
  readonly y: Float64Array;
  readonly kernel: KernelName;
}

interface Settings {
  /** One for each direction. */
  readonly lengths: readonly number[];
  readonly amplitude: number;
  readonly noise: number;
}

interface Start {
  readonly settings: Settings;
  /** Lengths to find: none, one for all directions, one for each. */
  readonly lengths: 0 | 1 | number;
  readonly amplitude: boolean;
  readonly noise: boolean;
}

/** Values in the middle of what the data could mean, and which of them are to be found. */
function startOf({ data, n, d, y }: Problem, options: GaussianProcessOptions, perDirection: boolean): Start {
  const spread = Array.from({ length: d }, (_, j) => {
    const along = Array.from({ length: n }, (_, i) => data[i * d + j]);
    return (Math.max(...along) - Math.min(...along)) / 4 || 1;
  });
  const usual = Math.sqrt(y.reduce((sum, v) => sum + v * v, 0) / n) || 1;
  const { lengthScale, amplitude, noise } = options;
  const given = typeof lengthScale === "number" ? spread.map(() => lengthScale) : lengthScale;
  if (given !== undefined && (given.length !== d || given.some((length) => !(Number.isFinite(length) && length > 0)))) {
    throw new SpecbookError("OptionError", "the length scale is not usable", {
      got: `lengthScale: ${JSON.stringify(lengthScale)} for points of ${d} numbers`,
      needed: "a finite number above 0, or one for each direction",
      remedy: "leave it out to have it found",
    });
  }
  const middle = spread.reduce((a, b) => a + b, 0) / d;
  return {
    settings: {
      lengths: given ?? (perDirection ? spread : spread.map(() => middle)),
      amplitude: amplitude ?? usual,
      noise: noise ?? 0.1 * usual,
    },
    lengths: given !== undefined ? 0 : perDirection ? d : 1,
    amplitude: amplitude === undefined,
    noise: noise === undefined,
  };
}

/** Finds what is not given, as logarithms, from the largest marginal likelihood. */
async function search(
  problem: Problem,
  start: Start,
  iterations: number,
  pace: Pace,
): Promise<{ settings: Settings; converged: boolean }> {
  const { settings, lengths, amplitude, noise } = start;
  const vector = Float64Array.from([
    ...settings.lengths.slice(0, lengths).map(Math.log),
    ...(amplitude ? [Math.log(settings.amplitude)] : []),
    ...(noise ? [Math.log(settings.noise)] : []),
  ]);
  if (vector.length === 0) return { settings, converged: true };
  const settingsAt = (at: Float64Array): Settings => {
    let next = lengths;
    return {
      lengths: settings.lengths.map((length, j) => (lengths === 0 ? length : Math.exp(at[lengths === 1 ? 0 : j]))),
      amplitude: amplitude ? Math.exp(at[next++]) : settings.amplitude,
      noise: noise ? Math.exp(at[next]) : settings.noise,
    };
  };
  const objective = async (at: Float64Array) => {
    await pace.step();
    const here = settingsAt(at);
    const solved = solve(problem, here);
    if (solved === undefined) return { value: Number.POSITIVE_INFINITY, gradient: at.map(() => 0) };
    const slopes = slopesOf(problem, here, solved);
    const ofLengths =
      lengths === 1 ? [slopes.lengths.reduce((a, b) => a + b, 0)] : [...slopes.lengths.subarray(0, lengths)];
    const gradient = [...ofLengths, ...(amplitude ? [slopes.amplitude] : []), ...(noise ? [slopes.noise] : [])];
    return { value: -solved.logLikelihood, gradient: Float64Array.from(gradient, (slope) => -slope) };
  };
  const { at, converged } = await minimise(objective, vector, iterations);
  return { settings: settingsAt(at), converged };
}

interface Solved {
  readonly lower: Float64Array;
  readonly weights: Float64Array;
  readonly logLikelihood: number;
}

/** Added to the variances so that points on one spot do not make the covariance singular, as a share of amplitude^2. */
const JITTER = 1e-10;

function solve(problem: Problem, settings: Settings): Solved | undefined {
  const { data, n, d, y, kernel } = problem;
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) lower[i * n + j] = covariance(data, i * d, data, j * d, d, kernel, settings);
    lower[i * n + i] = settings.amplitude ** 2 * (1 + JITTER) + settings.noise ** 2;
  }
  if (!choleskyFactor(lower, n, n)) return undefined;
  const weights = solveUpper(lower, n, solveLower(lower, n, y.slice()));
  let fit = 0;
  for (let i = 0; i < n; i++) fit += y[i] * weights[i];
  const logLikelihood = -0.5 * (fit + logDeterminant(lower, n) + n * Math.log(2 * Math.PI));
  return Number.isFinite(logLikelihood) ? { lower, weights, logLikelihood } : undefined;
}

/** Derivatives of the log marginal likelihood by the logarithm of each setting: half the trace of (w w^T - K^-1) dK. */
function slopesOf(
  { data, n, d, kernel }: Problem,
  { lengths, amplitude, noise }: Settings,
  { lower, weights }: Solved,
): { lengths: Float64Array; amplitude: number; noise: number } {
  const inverse = inverseOf(lower, n);
  const slopes = new Float64Array(d);
  const scaled = new Float64Array(d);
  let ofAmplitude = 0;
  let ofNoise = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const share = (i === j ? 0.5 : 1) * (weights[i] * weights[j] - inverse[i * n + j]);
      let r2 = 0;
      for (let k = 0; k < d; k++) {
        scaled[k] = ((data[i * d + k] - data[j * d + k]) / lengths[k]) ** 2;
        r2 += scaled[k];
      }
      const r = Math.sqrt(r2);
      ofAmplitude += share * 2 * amplitude ** 2 * KERNELS[kernel].value(r);
      if (i === j) ofNoise += share * 2 * noise ** 2;
      if (r2 === 0) continue;
      // d k / d log l_k = slope(r) * d log r / d log l_k, and r^2 = sum of scaled.
      const slope = amplitude ** 2 * KERNELS[kernel].slope(r);
      for (let k = 0; k < d; k++) slopes[k] -= (share * slope * scaled[k]) / r2;
    }
  }
  return { lengths: slopes, amplitude: ofAmplitude, noise: ofNoise };
}

/** The inverse of A from its triangle L, lower half. */
function inverseOf(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    column.fill(0);
    column[j] = 1;
    solveUpper(lower, n, solveLower(lower, n, column));
    for (let i = j; i < n; i++) inverse[i * n + j] = column[i];
  }
  return inverse;
}

function covariance(
  a: ArrayLike<number>,
  atA: number,
  b: ArrayLike<number>,
  atB: number,
  d: number,
  kernel: KernelName,
  { lengths, amplitude }: Pick<Settings, "lengths" | "amplitude">,
): number {
  let r2 = 0;
  for (let k = 0; k < d; k++) r2 += ((a[atA + k] - b[atB + k]) / lengths[k]) ** 2;
  return amplitude ** 2 * KERNELS[kernel].value(Math.sqrt(r2));
}

function pointsOf(points: FloatArray | ArrayLike<number>): { data: Float64Array; n: number; d: number } {
  if (!("shape" in points)) return { data: Float64Array.from(points), n: points.length, d: 1 };
  const [n, d = 1, ...more] = points.shape;
  if (more.length === 0 && n * d === points.data.length) return { data: Float64Array.from(points.data), n, d };
  throw new SpecbookError("ShapeError", "the points are no list of points", {
    got: `${points.data.length} values of shape [${points.shape.join(", ")}]`,
    needed: "[n, d], or n numbers",
    remedy: "give { data, shape: [n, d] }",
  });
}

function checkPoints(
  points: FloatArray | ArrayLike<number>,
  values: ArrayLike<number>,
): { data: Float64Array; n: number; d: number } {
  const found = pointsOf(points);
  if (values.length !== found.n || found.n < 2) {
    throw new SpecbookError("ShapeError", "points and values do not belong together", {
      got: `${found.n} points, ${values.length} values`,
      needed: "one value for each of at least 2 points",
      remedy: "give as many values as points",
    });
  }
  if (!found.data.every(Number.isFinite) || !Array.from(values).every(Number.isFinite)) {
    throw new SpecbookError("DataError", "a point or a value is not a finite number", {
      got: "NaN or infinity",
      needed: "finite numbers",
      remedy: "leave these points out: what is unknown is what predictAt is for",
    });
  }
  return found;
}

function otherSize(got: number, needed: number): SpecbookError {
  return new SpecbookError("ShapeError", "the points are not those of this process", {
    got: `points of ${got} numbers`,
    needed: `points of ${needed} numbers`,
    remedy: `give { data, shape: [m, ${needed}] }`,
  });
}

function singular(n: number): SpecbookError {
  return new SpecbookError("DataError", "the covariance of the values has no inverse", {
    got: `${n} points with these settings`,
    needed: "points apart from each other, or some noise",
    remedy: "give a larger noise, or a shorter lengthScale",
  });
}
