import { countOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { assemble } from "./clustering";
import { type KdTree, kdTree, nearest, within } from "./kd-tree";
import { type Observations, type ObservationsInput, observations } from "./observations";
import type { Clustering } from "./results";

/** Options of `dbscan`. */
export interface DbscanOptions extends LongWorkOptions {
  /** Points at most this far apart are neighbours, in the units of the points. There is no default: data decide. */
  readonly radius: number;
  /** A point with at least this many neighbours, itself included, lies inside a cluster. Default 5. */
  readonly neighbours?: number;
}

/**
 * DBSCAN: clusters of any shape where points lie densely, the rest is noise (M. Ester, H.-P. Kriegel, J. Sander and X. Xu,
 * KDD 1996, 226). The number of clusters is found, not given; label -1 is noise. A point at the edge of two clusters
 * belongs to the one that was found first. `score.noise` is the share of points that are noise.
 *
 * @throws ShapeError, DataError (no cluster at all), OptionError (no radius: the message suggests one), CancelledError
 * @example
 * plot.clusters(await dbscan(latents, { radius: 0.3 }), { spectra })
 */
export async function dbscan(input: ObservationsInput, options: DbscanOptions): Promise<Clustering> {
  const { radius, neighbours = 5 } = options ?? {};
  const points = observations(input);
  countOption("dbscan", "neighbours", neighbours);
  const tree = kdTree(points.data, points.n, points.d);
  if (!(Number.isFinite(radius) && radius > 0)) throw noRadius(radius, tree, points, neighbours);
  const { labels, clusters } = await grow(tree, points, radius, neighbours, createPace("DBSCAN", options));
  if (clusters === 0) throw nothingFound(radius, tree, points, neighbours);
  const noise = labels.reduce((count, label) => count + (label < 0 ? 1 : 0), 0) / points.n;
  return assemble(points, "dbscan", { labels, clusters, score: { noise }, converged: true }, { radius, neighbours });
}

const UNSEEN = -2;
const NOISE = -1;

async function grow(
  tree: KdTree,
  { data, n, d }: Observations,
  radius: number,
  neighbours: number,
  pace: Pace,
): Promise<{ labels: Int32Array; clusters: number }> {
  const labels = new Int32Array(n).fill(UNSEEN);
  const around = (i: number) => within(tree, data.subarray(i * d, (i + 1) * d), radius);
  let clusters = 0;
  for (let i = 0; i < n; i++) {
    if (labels[i] !== UNSEEN) continue;
    await pace.step();
    const first = around(i);
    if (first.length < neighbours) {
      labels[i] = NOISE;
      continue;
    }
    const open: number[] = [];
    // A point gets its cluster when it is listed: it is on the list once, not once for each of its neighbours.
    const take = (points: readonly number[]) => {
      for (const point of points) {
        if (labels[point] === UNSEEN) open.push(point);
        if (labels[point] < 0) labels[point] = clusters;
      }
    };
    labels[i] = clusters;
    take(first);
    while (open.length > 0) {
      await pace.step();
      const more = around(open.pop() as number); // the list is not empty
      if (more.length >= neighbours) take(more);
    }
    clusters++;
  }
  return { labels, clusters };
}

/** The distance within which nine of ten points have enough neighbours: where most would lie inside a cluster. */
function usualDistance(tree: KdTree, { data, n, d }: Observations, neighbours: number): number {
  const step = Math.max(1, Math.floor(n / 500));
  const distances = Array.from({ length: Math.ceil(n / step) }, (_, at) => {
    const found = nearest(tree, data.subarray(at * step * d, (at * step + 1) * d), Math.min(n, neighbours));
    return Math.sqrt(found[found.length - 1].squared);
  }).sort((a, b) => a - b);
  return Number(distances[Math.floor(0.9 * (distances.length - 1))].toPrecision(2));
}

function noRadius(radius: unknown, tree: KdTree, points: Observations, neighbours: number): SpecbookError {
  return new SpecbookError("OptionError", "DBSCAN needs a distance", {
    got: `radius: ${radius}`,
    needed: "the largest distance of neighbours, in the units of the points",
    remedy: `nine of ten points have ${neighbours} within ${usualDistance(tree, points, neighbours)}: try that as { radius }`,
  });
}

function nothingFound(radius: number, tree: KdTree, points: Observations, neighbours: number): SpecbookError {
  return new SpecbookError("DataError", "DBSCAN finds no cluster", {
    got: `${points.n} points, none with ${neighbours} within ${radius}`,
    needed: "points that lie more densely than that",
    remedy: `nine of ten points have ${neighbours} within ${usualDistance(tree, points, neighbours)}: try that as { radius }`,
  });
}
