import { wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import type { FloatArray } from "../data";
import { assign } from "./assignment";
import { checkDecomposition, componentSpectra, type Decomposition } from "./decomposition";

/** How alike two spectra are: the cosine between them, or that between them less their means. */
export type Similarity = "cosine" | "correlation";

export const SIMILARITIES: readonly Similarity[] = ["cosine", "correlation"];

/** Options of `matchComponents`. */
export interface MatchOptions {
  /**
   * `"cosine"`, or `"correlation"`, which sees shapes only and parts spectra better that are alike throughout.
   * Default "cosine".
   */
  readonly similarity?: Similarity;
}

/** A component of one result with the one of another that it is. */
export interface ComponentPair {
  /** Component of the first result, from 0. */
  readonly a: number;
  /** Component of the second result, from 0. */
  readonly b: number;
  /** From 0 to 1 (below 0 only for NMF with itself under "correlation"). */
  readonly similarity: number;
  /** -1 where one has to be turned over, which only PCA and ICA leave open. */
  readonly sign: 1 | -1;
}

/** Which components of two results are the same. */
export interface ComponentMatch {
  readonly kind: "component-match";
  /** In the order of the first result's components. */
  readonly pairs: readonly ComponentPair[];
  /** Components without a partner, where one result has more than the other. */
  readonly unmatched: { readonly a: readonly number[]; readonly b: readonly number[] };
  /** Mean similarity of the pairs. */
  readonly mean: number;
  /** All similarities, [components of a, components of b]. */
  readonly similarities: FloatArray;
  readonly similarity: Similarity;
  readonly a: Decomposition;
  readonly b: Decomposition;
}

/**
 * Pairs the components of two decompositions one to one so that the sum of the similarities of their spectra is largest
 * (Hungarian method). The sign is free where a result is not NMF. Channels that are NaN in one of them are left out.
 *
 * @throws OptionError, ShapeError where the energy axes differ in length, DataError where they share no channel
 * @example
 * const match = matchComponents(await nmf(spectra, { seed: 1 }), await nmf(spectra, { init: "random", seed: 2 }));
 * match.pairs.map(({ a, b, similarity }) => `${a + 1} is ${b + 1}: ${similarity}`)
 */
export function matchComponents(a: Decomposition, b: Decomposition, options: MatchOptions = {}): ComponentMatch {
  checkDecomposition("matchComponents", a);
  checkDecomposition("matchComponents", b);
  const { similarity = "cosine" } = options;
  wordOption("matchComponents", "similarity", similarity, SIMILARITIES);
  const signed = a.kind === "nmf" && b.kind === "nmf";
  const table = similarityTable(componentSpectra(a), componentSpectra(b), similarity);
  const [rows, columns] = table.shape;
  const partners = assign(signed ? table.data : table.data.map(Math.abs), rows, columns);
  const pairs: ComponentPair[] = [];
  for (const [i, j] of partners.entries()) {
    if (j < 0) continue;
    const value = table.data[i * columns + j];
    const sign = !signed && value < 0 ? -1 : 1;
    pairs.push(Object.freeze({ a: i, b: j, similarity: sign * value, sign }));
  }
  const without = (count: number, taken: readonly number[]) =>
    Object.freeze(Array.from({ length: count }, (_, i) => i).filter((i) => !taken.includes(i)));
  return Object.freeze({
    kind: "component-match",
    pairs: Object.freeze(pairs),
    unmatched: Object.freeze({
      a: without(
        rows,
        pairs.map((pair) => pair.a),
      ),
      b: without(
        columns,
        pairs.map((pair) => pair.b),
      ),
    }),
    mean: pairs.reduce((sum, pair) => sum + pair.similarity, 0) / pairs.length,
    similarities: table,
    similarity,
    a,
    b,
  });
}

/** Similarity of each spectrum of `a` with each of `b`; 0 for a spectrum without variation. */
export function similarityTable(a: FloatArray, b: FloatArray, similarity: Similarity): FloatArray {
  const [rows, channels] = a.shape;
  const columns = b.shape[0];
  if (channels !== b.shape[1]) {
    throw new SpecbookError("ShapeError", "the spectra of the two results differ in length", {
      got: `${channels} and ${b.shape[1]} channels`,
      needed: "the same energy axis",
      remedy: "crop, bin or resample one of the data sets to the other's axis before decomposing",
    });
  }
  const shared = Array.from({ length: channels }, (_, c) => c).filter(
    (c) => !Number.isNaN(a.data[c] + b.data[c]), // channels are left out for all components at once
  );
  if (shared.length === 0) {
    throw new SpecbookError("DataError", "the two results share no channel", {
      got: "NaN in one or the other at every channel",
      needed: "channels that both have",
      remedy: "decompose data that overlap along the energy axis",
    });
  }
  const left = unitRows(a, shared, similarity);
  const right = unitRows(b, shared, similarity);
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let dot = 0;
      for (let c = 0; c < shared.length; c++) dot += left[i][c] * right[j][c];
      data[i * columns + j] = Math.max(-1, Math.min(1, dot));
    }
  }
  return { data, shape: [rows, columns] };
}

function unitRows({ data, shape }: FloatArray, shared: readonly number[], similarity: Similarity): Float64Array[] {
  return Array.from({ length: shape[0] }, (_, i) => {
    const values = Float64Array.from(shared, (c) => data[i * shape[1] + c]);
    const mean = similarity === "correlation" ? values.reduce((sum, v) => sum + v, 0) / values.length : 0;
    const centred = values.map((v) => v - mean);
    const length = Math.sqrt(centred.reduce((sum, v) => sum + v * v, 0));
    return length > 0 ? centred.map((v) => v / length) : centred;
  });
}
