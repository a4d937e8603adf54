import { countOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions } from "../core/pace";
import { createRandom } from "../core/random";
import { squaredDistance } from "./k-means";
import { type ObservationsInput, observations } from "./observations";
import type { Clustering, Silhouette } from "./results";

/** Options of `silhouette`. */
export interface SilhouetteOptions extends LongWorkOptions {
  /** Points looked at, drawn with the seed: the work grows with its square. Default 4000. */
  readonly sample?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * How well each point lies in its cluster: with a its mean distance from the others of its own cluster and b that from
 * the nearest other cluster, (b - a) / max(a, b) (P. J. Rousseeuw, J. Comput. Appl. Math. 20, 53 (1987),
 * doi:10.1016/0377-0427(87)90125-7). 1: far from all others; 0: between two; below 0: nearer to another. A point alone in
 * its cluster has 0. Noise and points left out have none.
 *
 * @param input the points that were clustered
 * @throws ShapeError (other points), DataError (one cluster alone), OptionError, CancelledError
 * @example
 * const { mean } = await silhouette(latents, await kMeans(latents, { clusters: 3 }));
 */
export async function silhouette(
  input: ObservationsInput,
  clustering: Pick<Clustering, "labels" | "clusters">,
  options: SilhouetteOptions = {},
): Promise<Silhouette> {
  const { sample = 4000, seed = 0 } = options;
  const points = observations(input);
  const { labels, clusters } = clustering;
  countOption("silhouette", "sample", sample, 2);
  if (labels.length !== points.given) {
    throw new SpecbookError("ShapeError", "the clusters are not those of these points", {
      got: `${labels.length} labels for ${points.given} points`,
      needed: "one label for each point",
      remedy: "give the same input as to the clustering",
    });
  }
  if (clusters < 2) {
    throw new SpecbookError("DataError", "a silhouette compares clusters", {
      got: `${clusters} cluster`,
      needed: "at least 2",
      remedy: "ask for more clusters",
    });
  }
  const members = Array.from(points.rows.keys()).filter((i) => labels[points.rows[i]] >= 0);
  const order = createRandom(seed).fork("silhouette").permutation(members.length);
  const chosen = Array.from(order.subarray(0, Math.min(sample, members.length)), (at) => members[at]);
  const own = Int32Array.from(chosen, (i) => labels[points.rows[i]]);
  const counts = new Int32Array(clusters);
  for (const label of own) counts[label]++;
  const pace = createPace("the silhouette", options);
  const values = new Float32Array(points.given).fill(Number.NaN);
  const sums = new Float64Array(clusters);
  for (const [at, i] of chosen.entries()) {
    const distances = new Float64Array(clusters);
    for (const [other, j] of chosen.entries()) {
      distances[own[other]] += Math.sqrt(
        squaredDistance(points.data, i * points.d, points.data, j * points.d, points.d),
      );
    }
    const value = widthOf(distances, counts, own[at]);
    values[points.rows[i]] = value;
    sums[own[at]] += value;
    await pace.step();
  }
  return Object.freeze({
    kind: "silhouette",
    values,
    labels,
    mean: sums.reduce((a, b) => a + b, 0) / chosen.length,
    clusterMeans: sums.map((sum, c) => sum / counts[c]),
    sampled: chosen.length,
    options: Object.freeze({ sample, seed }),
  });
}

/** The silhouette of a point from the sums of its distances to the points of each cluster. */
function widthOf(distances: Float64Array, counts: Int32Array, own: number): number {
  if (counts[own] < 2) return 0;
  const a = distances[own] / (counts[own] - 1); // itself is not among the others
  let b = Number.POSITIVE_INFINITY;
  for (const [c, sum] of distances.entries()) if (c !== own && counts[c] > 0) b = Math.min(b, sum / counts[c]);
  const larger = Math.max(a, b);
  return larger > 0 && Number.isFinite(b) ? (b - a) / larger : 0;
}
