import { addHistory, image } from "../data";
import type { Observations } from "./observations";
import type { Clustering } from "./results";

/** What a method finds: a cluster for each observation used (-1 for noise), in any numbering. */
export interface Found {
  readonly labels: Int32Array;
  readonly clusters: number;
  readonly score: Readonly<Record<string, number>>;
  readonly converged: boolean;
  /** [n, clusters] of the observations used. */
  readonly probabilities?: Float64Array;
}

/** Brings what a method found to its form: largest cluster first, back in the order of the input, with its map. */
export function assemble(
  points: Observations,
  method: Clustering["method"],
  found: Found,
  options: Readonly<Record<string, unknown>>,
): Clustering {
  const { clusters } = found;
  const order = bySize(found.labels, clusters);
  const rank = Int32Array.from(order, () => 0);
  for (const [place, cluster] of order.entries()) rank[cluster] = place;
  const labels = new Int32Array(points.given).fill(-1);
  for (const [i, label] of found.labels.entries()) labels[points.rows[i]] = label < 0 ? -1 : rank[label];
  const used = points.rows.map((row) => labels[row]);
  const sizes = new Int32Array(clusters);
  for (const label of used) if (label >= 0) sizes[label]++;
  return Object.freeze({
    kind: "clustering",
    method,
    clusters,
    labels,
    sizes,
    centres: centresOf(points, used, sizes),
    names: points.names,
    ...(points.place === undefined ? {} : { map: mapOf(points, used, method) }),
    score: Object.freeze({ ...found.score }),
    converged: found.converged,
    ...(found.probabilities === undefined ? {} : { probabilities: spread(points, found.probabilities, order) }),
    options: Object.freeze({ ...options }),
    history: addHistory(points.history, method, options),
  });
}

function bySize(labels: Int32Array, clusters: number): number[] {
  const sizes = new Int32Array(clusters);
  for (const label of labels) if (label >= 0) sizes[label]++;
  return Array.from(sizes.keys()).sort((a, b) => sizes[b] - sizes[a] || a - b);
}

function centresOf({ data, d }: Observations, labels: Int32Array, sizes: Int32Array): Clustering["centres"] {
  const sums = new Float64Array(sizes.length * d);
  for (const [i, label] of labels.entries()) {
    if (label < 0) continue;
    for (let j = 0; j < d; j++) sums[label * d + j] += data[i * d + j];
  }
  const means = Float32Array.from(sums, (sum, at) => sum / sizes[Math.floor(at / d)]);
  return Object.freeze({ data: means, shape: Object.freeze([sizes.length, d]) });
}

function mapOf({ place, history }: Observations, labels: Int32Array, method: string): Clustering["map"] {
  if (place === undefined) return undefined;
  const { scan, axes, pixels } = place;
  const data = new Float32Array(scan[0] * scan[1]).fill(Number.NaN);
  for (const [i, label] of labels.entries()) data[pixels[i]] = label + 1;
  return image(data, scan, { axes, metadata: { title: "Clusters" }, history: addHistory(history, method) });
}

/** Probabilities in the order of the clusters and of the input. */
function spread(points: Observations, found: Float64Array, order: readonly number[]): Clustering["probabilities"] {
  const k = order.length;
  const data = new Float32Array(points.given * k).fill(Number.NaN);
  for (const [i, row] of points.rows.entries()) for (let c = 0; c < k; c++) data[row * k + c] = found[i * k + order[c]];
  return Object.freeze({ data, shape: Object.freeze([points.given, k]) });
}
