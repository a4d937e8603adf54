import { SpecbookError } from "../core/errors";
import { addHistory, type FloatArray, type HistoryEntry, type Pairs } from "../data";

/** Sizes that a model needs to know. */
export interface PairShapes {
  /** [height, width, channels] of an image window. */
  readonly image: readonly [number, number, number];
  /** Spectral channels. */
  readonly spectrum: number;
}

/**
 * The sizes of the two sides of the pairs, to be spread into a model's options.
 *
 * @example
 * const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
 */
export function shapes(pairs: Pairs): PairShapes {
  const [, height, width, channels] = pairs.images.shape;
  return { image: [height, width, channels], spectrum: pairs.spectra.shape[1] };
}

/**
 * The pairs of the given indices (0 .. n - 1, in the given order, repeats allowed) with the same scaling and axes.
 *
 * @throws ShapeError for an index outside the pairs
 */
export function select(pairs: Pairs, indices: ArrayLike<number>): Pairs {
  return selectWith(pairs, indices, addHistory(pairs.history, "select", { count: indices.length }));
}

/** `select` with a history of the caller's. */
export function selectWith(pairs: Pairs, indices: ArrayLike<number>, history: readonly HistoryEntry[]): Pairs {
  const count = pairs.images.shape[0];
  for (let i = 0; i < indices.length; i++) {
    if (Number.isInteger(indices[i]) && indices[i] >= 0 && indices[i] < count) continue;
    throw new SpecbookError("ShapeError", "an index lies outside the pairs", {
      got: `index ${indices[i]} (at place ${i} of the list)`,
      needed: `whole numbers from 0 to ${count - 1}`,
      remedy: "the index of a scan pixel is its place in pairs.positions, not row * columns + column",
    });
  }
  const positions = new Int32Array(2 * indices.length);
  for (let i = 0; i < indices.length; i++) {
    positions.set(pairs.positions.subarray(2 * indices[i], 2 * indices[i] + 2), 2 * i);
  }
  return Object.freeze({
    ...pairs,
    images: take(pairs.images, indices),
    spectra: take(pairs.spectra, indices),
    positions,
    history,
  });
}

function take({ data, shape }: FloatArray, indices: ArrayLike<number>): FloatArray {
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  const taken = new Float32Array(indices.length * length);
  for (let i = 0; i < indices.length; i++) {
    taken.set(data.subarray(indices[i] * length, (indices[i] + 1) * length), i * length);
  }
  return Object.freeze({ data: taken, shape: Object.freeze([indices.length, ...shape.slice(1)]) });
}
