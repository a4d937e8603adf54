import { countOption } from "../core/check-option";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { createRandom, type Random } from "../core/random";
import { checkClusters, notNegative } from "./check-clusters";
import { assemble } from "./clustering";
import { type ObservationsInput, observations } from "./observations";
import type { Clustering } from "./results";

/** Options of `kMeans`. */
export interface KMeansOptions extends LongWorkOptions {
  /** Number of clusters. Default 4. */
  readonly clusters?: number;
  /** Seeded starts, of which the best is kept. Default 10. */
  readonly restarts?: number;
  /** Most iterations of a start. Default 300. */
  readonly iterations?: number;
  /** Converged when the squared shift of all centres is at most this share of the mean variance. Default 1e-4. */
  readonly tolerance?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * k-means: clusters whose points lie near their mean. Lloyd's iterations (IEEE Trans. Inf. Theory 28, 129 (1982),
 * doi:10.1109/TIT.1982.1056489) from k-means++ starts (D. Arthur and S. Vassilvitskii, SODA 2007). `score.inertia` is the
 * sum of squared distances from the centres, `score.explained` the share of the points' variance that the centres carry.
 * All numbers of a point count alike: scale them first where their units differ.
 *
 * @throws ShapeError, DataError, OptionError, CancelledError
 * @example
 * plot.clusters(await kMeans(await pca(spectra, { components: 4 }), { clusters: 3 }), { spectra })
 */
export async function kMeans(input: ObservationsInput, options: KMeansOptions = {}): Promise<Clustering> {
  const { clusters = 4, restarts = 10, iterations = 300, tolerance = 1e-4, seed = 0 } = options;
  const points = observations(input);
  checkClusters(clusters, points.n);
  countOption("kMeans", "restarts", restarts);
  countOption("kMeans", "iterations", iterations);
  notNegative("kMeans", "tolerance", tolerance);
  const pace = createPace("k-means", options);
  const partition = await bestPartition(points.data, points.n, points.d, {
    clusters,
    restarts,
    iterations,
    tolerance,
    random: createRandom(seed).fork("k-means"),
    pace,
  });
  const total = spreadOf(points.data, points.n, points.d);
  const { inertia, labels, converged } = partition;
  const score = { inertia, explained: total > 0 ? 1 - inertia / total : 1 };
  const used = { clusters, restarts, iterations, tolerance, seed };
  return assemble(points, "k-means", { labels, clusters, score, converged }, used);
}

/** How a search for a partition goes. */
export interface PartitionSearch {
  readonly clusters: number;
  readonly restarts: number;
  readonly iterations: number;
  readonly tolerance: number;
  readonly random: Random;
  readonly pace: Pace;
}

/** Points shared among centres. */
export interface Partition {
  readonly labels: Int32Array;
  /** [clusters, d] */
  readonly centres: Float64Array;
  /** Sum of squared distances from the centres. */
  readonly inertia: number;
  readonly converged: boolean;
}

/** The best of several k-means partitions of points [n, d]. */
export async function bestPartition(
  data: Float64Array,
  n: number,
  d: number,
  search: PartitionSearch,
): Promise<Partition> {
  const limit = (search.tolerance * spreadOf(data, n, d)) / (n * d);
  let best: Partition | undefined;
  for (let start = 0; start < search.restarts; start++) {
    const centres = await spreadStarts(data, n, d, search.clusters, search.random, search.pace);
    const found = await lloyd(data, n, d, centres, search.iterations, limit, search.pace);
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  return best as Partition; // there is at least one start
}

/** Sum of squared distances from the mean of all. */
function spreadOf(data: Float64Array, n: number, d: number): number {
  let sum = 0;
  for (let j = 0; j < d; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += data[i * d + j];
    mean /= n;
    for (let i = 0; i < n; i++) sum += (data[i * d + j] - mean) ** 2;
  }
  return sum;
}

/** k-means++: each further centre is a point drawn with a probability in proportion to its squared distance. */
async function spreadStarts(
  data: Float64Array,
  n: number,
  d: number,
  k: number,
  random: Random,
  pace: Pace,
): Promise<Float64Array> {
  const centres = new Float64Array(k * d);
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const trials = 2 + Math.floor(Math.log(k));
  let chosen = random.integer(n);
  for (let c = 0; c < k; c++) {
    centres.set(data.subarray(chosen * d, (chosen + 1) * d), c * d);
    for (let i = 0; i < n; i++) nearest[i] = Math.min(nearest[i], squaredDistance(data, i * d, centres, c * d, d));
    chosen = bestDraw(data, n, d, nearest, trials, random);
    await pace.step();
  }
  return centres;
}

/** Of several drawn points the one that brings the centres nearest to all points. */
function bestDraw(
  data: Float64Array,
  n: number,
  d: number,
  nearest: Float64Array,
  trials: number,
  random: Random,
): number {
  const total = nearest.reduce((a, b) => a + b, 0);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < trials; trial++) {
    let rest = random.uniform() * total;
    let at = 0;
    while (at < n - 1 && rest >= nearest[at]) rest -= nearest[at++];
    let potential = 0;
    for (let i = 0; i < n && potential < least; i++) {
      potential += Math.min(nearest[i], squaredDistance(data, i * d, data, at * d, d));
    }
    if (potential < least) [best, least] = [at, potential];
  }
  return best;
}

async function lloyd(
  data: Float64Array,
  n: number,
  d: number,
  centres: Float64Array,
  iterations: number,
  limit: number,
  pace: Pace,
): Promise<Partition> {
  const k = centres.length / d;
  const labels = new Int32Array(n);
  const distances = new Float64Array(n);
  let converged = false;
  for (let done = 0; done < iterations && !converged; done++) {
    await assign(data, n, d, centres, labels, distances, pace);
    const next = means(data, n, d, k, labels, distances);
    let shift = 0;
    for (let at = 0; at < next.length; at++) shift += (next[at] - centres[at]) ** 2;
    centres.set(next);
    converged = shift <= limit;
  }
  await assign(data, n, d, centres, labels, distances, pace);
  return { labels, centres, inertia: distances.reduce((a, b) => a + b, 0), converged };
}

/** Gives each point to its nearest centre, and says how far it is (squared). */
async function assign(
  data: Float64Array,
  n: number,
  d: number,
  centres: Float64Array,
  labels: Int32Array,
  distances: Float64Array,
  pace: Pace,
): Promise<void> {
  const k = centres.length / d;
  for (let i = 0; i < n; i++) {
    let best = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      const squared = squaredDistance(data, i * d, centres, c * d, d);
      if (squared < best) {
        best = squared;
        labels[i] = c;
      }
    }
    distances[i] = best;
    if (i % 256 === 255) await pace.step();
  }
}

/** Means of the points of each centre; a centre without points moves to the point that lies farthest from its own. */
function means(
  data: Float64Array,
  n: number,
  d: number,
  k: number,
  labels: Int32Array,
  distances: Float64Array,
): Float64Array {
  const sums = new Float64Array(k * d);
  const counts = new Int32Array(k);
  for (let i = 0; i < n; i++) {
    const to = labels[i] * d;
    counts[labels[i]]++;
    for (let j = 0; j < d; j++) sums[to + j] += data[i * d + j];
  }
  for (let c = 0; c < k; c++) {
    if (counts[c] > 0) {
      for (let j = 0; j < d; j++) sums[c * d + j] /= counts[c];
      continue;
    }
    const far = distances.indexOf(distances.reduce((a, b) => Math.max(a, b)));
    distances[far] = 0; // the next empty centre takes another point
    sums.set(data.subarray(far * d, (far + 1) * d), c * d);
  }
  return sums;
}

/** Squared Euclidean distance of two rows of arrays. */
export function squaredDistance(a: Float64Array, atA: number, b: Float64Array, atB: number, d: number): number {
  let sum = 0;
  for (let j = 0; j < d; j++) {
    const difference = a[atA + j] - b[atB + j];
    sum += difference * difference;
  }
  return sum;
}
