import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { checkClusters } from "./check-clusters";
import { assemble } from "./clustering";
import { squaredDistance } from "./k-means";
import { type ObservationsInput, observations } from "./observations";
import type { Clustering, Merges } from "./results";

/** Options of `ward`. */
export interface WardOptions extends LongWorkOptions {
  /** Number of clusters that the tree is cut into. Default 4. */
  readonly clusters?: number;
}

/** A clustering by Ward's method, with the tree it was cut from. */
export interface WardClustering extends Clustering {
  readonly method: "ward";
  /** Steps in the order of rising height; points left out are not in it, the others are numbered in their order. */
  readonly merges: Merges;
}

/**
 * Ward's method: starts with every point by itself and joins, step by step, the two clusters whose union raises the sum
 * of squared distances from the means least (J. H. Ward, J. Am. Stat. Assoc. 58, 236 (1963), doi:10.2307/2282967), found by
 * chains of nearest neighbours (F. Murtagh, Comput. J. 26, 354 (1983)) in n^2 d operations and without a matrix of
 * distances. No random numbers. `score.gap` is the height of the first join that was left undone over that of the last one
 * done: well above 1 where the number of clusters fits, NaN where no join was left undone or none done.
 *
 * @throws ShapeError, DataError, OptionError, CancelledError
 * @example
 * plot.clusters(await ward(await pca(spectra, { components: 4 }), { clusters: 3 }), { spectra })
 */
export async function ward(input: ObservationsInput, options: WardOptions = {}): Promise<WardClustering> {
  const { clusters = 4 } = options;
  const points = observations(input);
  checkClusters(clusters, points.n);
  const merges = await joinAll(points.data, points.n, points.d, createPace("Ward's clustering", options));
  const labels = cut(merges, points.n, clusters);
  const last = points.n - clusters; // joins done
  const score = { gap: merges.heights[last] / merges.heights[last - 1], height: merges.heights[last - 1] ?? 0 };
  const found = assemble(points, "ward", { labels, clusters, score, converged: true }, { clusters });
  return Object.freeze({ ...found, method: "ward", merges });
}

/** All n - 1 joins, in the order of rising height. */
async function joinAll(data: Float64Array, n: number, d: number, pace: Pace): Promise<Merges> {
  const centres = data.slice();
  const sizes = new Float64Array(n).fill(1); // 0: joined into another
  const steps: { a: number; b: number; height: number }[] = [];
  const chain: number[] = [];
  let first = 0;
  while (steps.length < n - 1) {
    if (chain.length === 0) {
      while (sizes[first] === 0) first++;
      chain.push(first);
    }
    const top = chain[chain.length - 1];
    const below = chain.length > 1 ? chain[chain.length - 2] : -1;
    const { index, squared } = nearestCluster(centres, sizes, n, d, top, below);
    await pace.step();
    if (index !== below) {
      chain.push(index);
      continue;
    }
    chain.length -= 2;
    steps.push({ a: top, b: below, height: Math.sqrt(squared) });
    // The joined cluster lives on in the place of the one with the larger number.
    const [gone, kept] = top < below ? [top, below] : [below, top];
    const size = sizes[gone] + sizes[kept];
    for (let j = 0; j < d; j++) {
      centres[kept * d + j] = (sizes[gone] * centres[gone * d + j] + sizes[kept] * centres[kept * d + j]) / size;
    }
    sizes[gone] = 0;
    sizes[kept] = size;
  }
  return inOrder(steps, n);
}

/** The cluster nearest to another by Ward's distance; equal ones: the one below it in the chain, else the first. */
function nearestCluster(
  centres: Float64Array,
  sizes: Float64Array,
  n: number,
  d: number,
  of: number,
  below: number,
): { index: number; squared: number } {
  const distance = (other: number) =>
    ((2 * sizes[of] * sizes[other]) / (sizes[of] + sizes[other])) *
    squaredDistance(centres, of * d, centres, other * d, d);
  let index = below;
  let squared = below < 0 ? Number.POSITIVE_INFINITY : distance(below);
  for (let other = 0; other < n; other++) {
    if (other === of || sizes[other] === 0) continue;
    const found = distance(other);
    if (found < squared) [index, squared] = [other, found];
  }
  return { index, squared };
}

/** Sorts the joins by height and numbers what each of them joins. */
function inOrder(steps: { a: number; b: number; height: number }[], n: number): Merges {
  steps.sort((x, y) => x.height - y.height);
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const number = Int32Array.from({ length: n }, (_, i) => i);
  const pairs = new Int32Array(2 * (n - 1));
  for (const [step, { a, b }] of steps.entries()) {
    const [rootA, rootB] = [root(parent, a), root(parent, b)];
    pairs[2 * step] = Math.min(number[rootA], number[rootB]);
    pairs[2 * step + 1] = Math.max(number[rootA], number[rootB]);
    parent[rootA] = rootB;
    number[rootB] = n + step;
  }
  return Object.freeze({ pairs, heights: Float64Array.from(steps, ({ height }) => height) });
}

function root(parent: Int32Array, of: number): number {
  let at = of;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]];
    at = parent[at];
  }
  return at;
}

/** The cluster of each point when all but the last `clusters` - 1 joins are done. */
function cut({ pairs }: Merges, n: number, clusters: number): Int32Array {
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i);
  for (let step = 0; step < n - clusters; step++) {
    parent[root(parent, pairs[2 * step])] = n + step;
    parent[root(parent, pairs[2 * step + 1])] = n + step;
  }
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: n }, (_, i) => {
    const own = root(parent, i);
    const known = numbers.get(own) ?? numbers.size;
    numbers.set(own, known);
    return known;
  });
}
