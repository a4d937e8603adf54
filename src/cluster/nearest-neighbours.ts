import { wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { kdTree, nearest } from "./kd-tree";
import { type Observations, type ObservationsInput, observations } from "./observations";
import type { Neighbours } from "./results";

/** Options of `nearestNeighbours`. */
export interface NeighbourOptions {
  /** How many for each query. Default 5. */
  readonly neighbours?: number;
  /** The points whose neighbours are wanted. Default: the points themselves, each without itself. */
  readonly queries?: ObservationsInput;
}

/**
 * The nearest points of each query by Euclidean distance, nearest first; of equal ones the first. Queries with a value
 * that is not finite have none: index -1, distance NaN.
 *
 * @throws ShapeError (queries of another size), DataError, OptionError
 * @example
 * const { distances } = nearestNeighbours(await latent(model, pairs), { neighbours: 1 });
 */
export function nearestNeighbours(input: ObservationsInput, options: NeighbourOptions = {}): Neighbours {
  const { neighbours = 5, queries } = options;
  const points = observations(input);
  const asked = queries === undefined ? points : observations(queries, 1);
  checkSameSize(points, asked);
  checkNeighbours(neighbours, queries === undefined ? points.n - 1 : points.n);
  const tree = kdTree(points.data, points.n, points.d);
  const indices = new Int32Array(asked.given * neighbours).fill(-1);
  const distances = new Float64Array(asked.given * neighbours).fill(Number.NaN);
  for (const [i, row] of asked.rows.entries()) {
    const query = asked.data.subarray(i * asked.d, (i + 1) * asked.d);
    const found = nearest(tree, query, queries === undefined ? neighbours + 1 : neighbours);
    const others = queries === undefined ? withoutSelf(found, i) : found;
    for (const [place, { point, squared }] of others.slice(0, neighbours).entries()) {
      indices[row * neighbours + place] = points.rows[point];
      distances[row * neighbours + place] = Math.sqrt(squared);
    }
  }
  return Object.freeze({ indices, distances, shape: Object.freeze([asked.given, neighbours] as const) });
}

/** Options of `classifyByNeighbours`. */
export interface NeighbourVoteOptions {
  /** How many neighbours vote. Default 5. */
  readonly neighbours?: number;
  /** Whether each vote counts the same or as the inverse of its distance. Default "uniform". */
  readonly weights?: "uniform" | "distance";
}

/**
 * The class of each query by a vote of its nearest labelled points (T. Cover and P. Hart, IEEE Trans. Inf. Theory 13, 21
 * (1967), doi:10.1109/TIT.1967.1053964). Points with a negative label do not vote; equal votes go to the smaller number.
 *
 * @returns one class for each query, -1 where it has a value that is not finite
 * @throws ShapeError, DataError, OptionError
 * @example
 * const classes = classifyByNeighbours(latents, clustering.labels, await latent(model, others));
 */
export function classifyByNeighbours(
  input: ObservationsInput,
  labels: ArrayLike<number>,
  queries: ObservationsInput,
  options: NeighbourVoteOptions = {},
): Int32Array {
  const { neighbours = 5, weights = "uniform" } = options;
  const points = observations(input);
  const asked = observations(queries, 1);
  wordOption("classifyByNeighbours", "weights", weights, ["uniform", "distance"]);
  checkSameSize(points, asked);
  if (labels.length !== points.given) {
    throw new SpecbookError("ShapeError", "the labels are not those of these points", {
      got: `${labels.length} labels for ${points.given} points`,
      needed: "one label for each point",
      remedy: "give the labels of the same points, e.g. clustering.labels",
    });
  }
  const voters = Array.from(points.rows.keys()).filter((i) => labels[points.rows[i]] >= 0);
  checkNeighbours(neighbours, voters.length);
  const { data, d } = points;
  const voting = new Float64Array(voters.length * d);
  for (const [at, i] of voters.entries()) voting.set(data.subarray(i * d, (i + 1) * d), at * d);
  const tree = kdTree(voting, voters.length, d);
  const classes = new Int32Array(asked.given).fill(-1);
  for (const [i, row] of asked.rows.entries()) {
    const votes = new Map<number, number>();
    for (const { point, squared } of nearest(tree, asked.data.subarray(i * asked.d, (i + 1) * asked.d), neighbours)) {
      const label = labels[points.rows[voters[point]]];
      const weight = weights === "uniform" ? 1 : 1 / Math.max(Math.sqrt(squared), Number.MIN_VALUE);
      votes.set(label, Math.min(Number.MAX_VALUE, (votes.get(label) ?? 0) + weight));
    }
    classes[row] = [...votes].reduce((best, one) =>
      one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best,
    )[0];
  }
  return classes;
}

function withoutSelf(found: { point: number; squared: number }[], self: number): { point: number; squared: number }[] {
  return found.filter(({ point }) => point !== self);
}

function checkSameSize(points: Observations, queries: Observations): void {
  if (points.d === queries.d) return;
  throw new SpecbookError("ShapeError", "queries and points are not of the same size", {
    got: `points of ${points.d} numbers, queries of ${queries.d}`,
    needed: "the same numbers in both",
    remedy: "encode both with the same model, or decompose them together",
  });
}

function checkNeighbours(neighbours: number, most: number): void {
  if (Number.isInteger(neighbours) && neighbours >= 1 && neighbours <= most) return;
  throw new SpecbookError("OptionError", "the number of neighbours is not usable", {
    got: `neighbours: ${neighbours} among ${most} points`,
    needed: `a whole number from 1 to ${most}`,
    remedy: `for example { neighbours: ${Math.max(1, Math.min(5, most))} }`,
  });
}
