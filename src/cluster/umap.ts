import { countOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions } from "../core/pace";
import { createRandom } from "../core/random";
import { addHistory } from "../data";
import { notNegative } from "./check-clusters";
import { type ObservationsInput, observations } from "./observations";
import type { Embedding } from "./results";

/** Options of `umap`. */
export interface UmapOptions extends LongWorkOptions {
  /** Dimensions of the result. Default 2. */
  readonly dimensions?: number;
  /** Neighbours whose distances are kept: few show detail, many the whole. Default 15. */
  readonly neighbours?: number;
  /** How close points may lie in the result. Default 0.1. */
  readonly minDistance?: number;
  /** Passes over the neighbours. Default 200 above 10,000 points, more below. */
  readonly epochs?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Called after each pass, at most every tenth of a second. */
  readonly onProgress?: (progress: { readonly epoch: number; readonly epochs: number }) => void;
}

/**
 * UMAP: points of many dimensions laid out in few so that neighbours stay neighbours (L. McInnes, J. Healy and J. Melville,
 * arXiv:1802.03426), by Google PAIR's umap-js. Distances between groups and the density of points mean nothing in it:
 * cluster the points themselves, and use this to look at them.
 *
 * @throws ShapeError, DataError, OptionError, CancelledError
 * @example
 * plot.embedding(await umap(await pca(spectra, { components: 10 })))
 */
export async function umap(input: ObservationsInput, options: UmapOptions = {}): Promise<Embedding> {
  const { dimensions = 2, neighbours = 15, minDistance = 0.1, epochs, seed = 0, onProgress } = options;
  const points = observations(input, 3);
  countOption("umap", "dimensions", dimensions);
  countOption("umap", "neighbours", neighbours, 2);
  notNegative("umap", "minDistance", minDistance);
  if (epochs !== undefined) countOption("umap", "epochs", epochs);
  if (neighbours >= points.n) {
    throw new SpecbookError("OptionError", "there are fewer points than neighbours", {
      got: `neighbours: ${neighbours} of ${points.n} points`,
      needed: `at most ${points.n - 1}`,
      remedy: `for example { neighbours: ${Math.max(2, Math.min(15, points.n - 1))} }`,
    });
  }
  const pace = createPace("UMAP", options);
  const { UMAP } = await import("umap-js");
  const random = createRandom(seed).fork("umap");
  const work = new UMAP({
    nComponents: dimensions,
    nNeighbors: neighbours,
    minDist: minDistance,
    ...(epochs === undefined ? {} : { nEpochs: epochs }),
    random: random.uniform,
  });
  const rows = Array.from({ length: points.n }, (_, i) => [...points.data.subarray(i * points.d, (i + 1) * points.d)]);
  await pace.step();
  const total = work.initializeFit(rows);
  let told = 0;
  for (let epoch = 1; epoch <= total; epoch++) {
    work.step();
    await pace.step();
    if (onProgress !== undefined && (performance.now() - told > 100 || epoch === total)) {
      told = performance.now();
      onProgress({ epoch, epochs: total });
    }
  }
  const values = new Float32Array(points.given * dimensions).fill(Number.NaN);
  for (const [i, place] of work.getEmbedding().entries()) values.set(place, points.rows[i] * dimensions);
  const used = { dimensions, neighbours, minDistance, epochs: total, seed };
  const { place } = points;
  return Object.freeze({
    kind: "embedding",
    method: "umap",
    values: Object.freeze({ data: values, shape: Object.freeze([points.given, dimensions]) }),
    positions: place === undefined ? new Int32Array(0) : positionsOf(points.given, points.rows, place),
    ...(place === undefined ? {} : { scan: place.scan, axes: place.axes }),
    options: Object.freeze(used),
    history: addHistory(points.history, "umap", used),
  });
}

/** Row and column of each point given; -1 where it was left out. */
function positionsOf(
  given: number,
  rows: Int32Array,
  { scan, pixels }: { readonly scan: readonly [number, number]; readonly pixels: Int32Array },
): Int32Array {
  const positions = new Int32Array(2 * given).fill(-1);
  for (const [i, row] of rows.entries()) {
    positions[2 * row] = Math.floor(pixels[i] / scan[1]);
    positions[2 * row + 1] = pixels[i] % scan[1];
  }
  return positions;
}
