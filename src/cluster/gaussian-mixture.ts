import { countOption, positiveOption, wordOption } from "../core/check-option";
import { choleskyFactor, logDeterminant, solveLower } from "../core/cholesky";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { createRandom } from "../core/random";
import { checkClusters, notNegative } from "./check-clusters";
import { assemble } from "./clustering";
import { bestPartition } from "./k-means";
import { type Observations, type ObservationsInput, observations } from "./observations";
import type { Clustering } from "./results";

/** Options of `gaussianMixture`. */
export interface GaussianMixtureOptions extends LongWorkOptions {
  /** Number of clusters. Default 4. */
  readonly clusters?: number;
  /**
   * The shape of a cluster: any ellipsoid ("full"), one along the axes ("diagonal"), a ball ("spherical"), or one
   * ellipsoid for all ("tied"). Default "full"; for more numbers than points of a cluster take a simpler one.
   */
  readonly covariance?: Covariance;
  /** Seeded starts, the first from a k-means partition, the others from drawn centres; the likeliest is kept. Default 5. */
  readonly restarts?: number;
  /** Most iterations of a start. Default 200. */
  readonly iterations?: number;
  /** Converged when the mean log-likelihood rises by less than this. Default 1e-4. */
  readonly tolerance?: number;
  /** Added to each variance, as a share of the points' mean variance: keeps a cluster from shrinking to a point. Default 1e-6. */
  readonly regularisation?: number;
  /** Default 0. */
  readonly seed?: number;
}

type Covariance = "full" | "diagonal" | "spherical" | "tied";

/**
 * Gaussian mixture: each point belongs to each cluster with a probability. Expectation and maximisation (A. P. Dempster,
 * N. M. Laird and D. B. Rubin, J. R. Stat. Soc. B 39, 1 (1977)). `score` holds the log-likelihood of all points
 * and the information criteria `bic` and `aic`, of which the smallest chooses among numbers of clusters.
 *
 * @throws ShapeError, DataError (points that a covariance cannot be taken of), OptionError, CancelledError
 * @example
 * const scores = [];
 * for (const clusters of [2, 3, 4, 5]) scores.push((await gaussianMixture(latents, { clusters })).score.bic);
 */
export async function gaussianMixture(
  input: ObservationsInput,
  options: GaussianMixtureOptions = {},
): Promise<Clustering> {
  const { clusters = 4, covariance = "full", restarts = 5, iterations = 200, tolerance = 1e-4 } = options;
  const { regularisation = 1e-6, seed = 0 } = options;
  const points = observations(input);
  checkClusters(clusters, points.n);
  wordOption("gaussianMixture", "covariance", covariance, ["full", "diagonal", "spherical", "tied"]);
  countOption("gaussianMixture", "restarts", restarts);
  countOption("gaussianMixture", "iterations", iterations);
  positiveOption("gaussianMixture", "tolerance", tolerance);
  notNegative("gaussianMixture", "regularisation", regularisation);
  const pace = createPace("the Gaussian mixture", options);
  const random = createRandom(seed).fork("gaussian mixture");
  const rule = { covariance, floor: regularisation * meanVariance(points) };
  let best: Fit | undefined;
  for (let start = 0; start < restarts; start++) {
    // k-means ends in the same partition from almost any start: the later ones are left as they were drawn.
    const search = { clusters, restarts: 1, iterations: start === 0 ? 100 : 1, tolerance: 1e-4, random, pace };
    const { labels } = await bestPartition(points.data, points.n, points.d, search);
    const hard = new Float64Array(points.n * clusters);
    for (const [i, label] of labels.entries()) hard[i * clusters + label] = 1;
    const fit = await maximise(points, hard, clusters, { ...rule, iterations, tolerance, pace });
    if (best === undefined || fit.logLikelihood > best.logLikelihood) best = fit;
  }
  const { responsibilities, logLikelihood, converged } = best as Fit; // there is at least one start
  const parameters = parameterCount(covariance, clusters, points.d);
  const score = {
    logLikelihood,
    bic: parameters * Math.log(points.n) - 2 * logLikelihood,
    aic: 2 * parameters - 2 * logLikelihood,
  };
  const labels = Int32Array.from({ length: points.n }, (_, i) => likeliest(responsibilities, i * clusters, clusters));
  const found = { labels, clusters, score, converged, probabilities: responsibilities };
  const used = { clusters, covariance, restarts, iterations, tolerance, regularisation, seed };
  return assemble(points, "gaussian-mixture", found, used);
}

interface Fit {
  /** [n, clusters] */
  readonly responsibilities: Float64Array;
  readonly logLikelihood: number;
  readonly converged: boolean;
}

interface Rule {
  readonly covariance: Covariance;
  /** Added to each variance. */
  readonly floor: number;
}

async function maximise(
  points: Observations,
  start: Float64Array,
  k: number,
  options: Rule & { readonly iterations: number; readonly tolerance: number; readonly pace: Pace },
): Promise<Fit> {
  const responsibilities = start;
  let logLikelihood = Number.NEGATIVE_INFINITY;
  let converged = false;
  for (let done = 0; done < options.iterations && !converged; done++) {
    const components = componentsOf(points, responsibilities, k, options);
    const next = await expect(points, components, responsibilities, options.pace);
    converged = (next - logLikelihood) / points.n < options.tolerance;
    logLikelihood = next;
  }
  return { responsibilities, logLikelihood, converged };
}

interface Component {
  readonly logWeight: number;
  readonly mean: Float64Array;
  /** Triangle of the covariance. */
  readonly lower: Float64Array;
  readonly logDeterminant: number;
}

/** The maximisation: weights, means and covariances under given responsibilities. */
function componentsOf(points: Observations, responsibilities: Float64Array, k: number, rule: Rule): Component[] {
  const { data, n, d } = points;
  const weights = new Float64Array(k);
  for (let at = 0; at < responsibilities.length; at++) weights[at % k] += responsibilities[at];
  const means = Array.from({ length: k }, (_, c) => {
    const mean = new Float64Array(d);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < d; j++) mean[j] += responsibilities[i * k + c] * data[i * d + j];
    }
    return mean.map((sum) => sum / Math.max(weights[c], Number.MIN_VALUE));
  });
  const scatters = means.map((mean, c) => scatterAbout(points, mean, (i) => responsibilities[i * k + c], rule));
  const pooled = rule.covariance === "tied" ? sumOf(scatters) : undefined;
  return means.map((mean, c) => {
    const lower = covarianceOf(pooled ?? scatters[c], pooled === undefined ? weights[c] : n, d, rule);
    if (!choleskyFactor(lower, d, d)) throw degenerate(rule);
    return { logWeight: Math.log(weights[c] / n), mean, lower, logDeterminant: logDeterminant(lower, d) };
  });
}

/** Weighted sum of (x - mean)(x - mean)^T; its diagonal alone where no more is asked for. */
function scatterAbout(
  { data, n, d }: Observations,
  mean: Float64Array,
  weight: (i: number) => number,
  { covariance }: Rule,
): Float64Array {
  const scatter = new Float64Array(d * d);
  const isWhole = covariance === "full" || covariance === "tied";
  const off = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const w = weight(i);
    if (w === 0) continue;
    for (let j = 0; j < d; j++) off[j] = data[i * d + j] - mean[j];
    for (let j = 0; j < d; j++) {
      for (let l = isWhole ? 0 : j; l <= j; l++) scatter[j * d + l] += w * off[j] * off[l];
    }
  }
  return scatter;
}

function covarianceOf(scatter: Float64Array, weight: number, d: number, { covariance, floor }: Rule): Float64Array {
  const matrix = scatter.map((value) => value / Math.max(weight, Number.MIN_VALUE));
  if (covariance === "spherical") {
    let trace = 0;
    for (let j = 0; j < d; j++) trace += matrix[j * d + j];
    for (let j = 0; j < d; j++) matrix[j * d + j] = trace / d;
  }
  for (let j = 0; j < d; j++) matrix[j * d + j] += floor;
  return matrix;
}

/** The expectation: fills in the responsibilities and returns the log-likelihood of all points. */
async function expect(
  { data, n, d }: Observations,
  components: readonly Component[],
  responsibilities: Float64Array,
  pace: Pace,
): Promise<number> {
  const k = components.length;
  const logs = new Float64Array(k);
  const off = new Float64Array(d);
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (const [c, { logWeight, mean, lower, logDeterminant }] of components.entries()) {
      for (let j = 0; j < d; j++) off[j] = data[i * d + j] - mean[j];
      solveLower(lower, d, off);
      let squares = 0;
      for (let j = 0; j < d; j++) squares += off[j] * off[j];
      logs[c] = logWeight - 0.5 * (d * Math.log(2 * Math.PI) + logDeterminant + squares);
    }
    const largest = logs.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (const log of logs) sum += Math.exp(log - largest);
    const whole = largest + Math.log(sum);
    for (let c = 0; c < k; c++) responsibilities[i * k + c] = Math.exp(logs[c] - whole);
    total += whole;
    if (i % 256 === 255) await pace.step();
  }
  return total;
}

function meanVariance({ data, n, d }: Observations): number {
  let sum = 0;
  for (let j = 0; j < d; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += data[i * d + j];
    mean /= n; // equal points have their own value as their mean, and no variance at all
    for (let i = 0; i < n; i++) sum += (data[i * d + j] - mean) ** 2 / (n * d);
  }
  return sum;
}

function sumOf(matrices: readonly Float64Array[]): Float64Array {
  return matrices[0].map((_, at) => matrices.reduce((sum, matrix) => sum + matrix[at], 0));
}

function parameterCount(covariance: Covariance, k: number, d: number): number {
  const shape = { full: (k * d * (d + 1)) / 2, diagonal: k * d, spherical: k, tied: (d * (d + 1)) / 2 }[covariance];
  return shape + k * d + k - 1;
}

function likeliest(values: Float64Array, from: number, k: number): number {
  let best = 0;
  for (let c = 1; c < k; c++) if (values[from + c] > values[from + best]) best = c;
  return best;
}

function degenerate({ covariance }: Rule): SpecbookError {
  return new SpecbookError("DataError", "a cluster of the mixture has no volume", {
    got: `a ${covariance} covariance that is not positive definite`,
    needed: "points that vary in every direction within each cluster",
    remedy: 'ask for fewer clusters, a simpler { covariance: "diagonal" }, or a larger regularisation such as 1e-3',
  });
}
