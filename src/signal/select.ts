import { SpecbookError } from "../core/errors";
import { addHistory, type FloatArray, type HistoryEntry, type Labelled, type Labels, type Samples } from "../data";
import { nounOf } from "./noun";

/**
 * The samples of the given indices (0 .. n - 1, in the given order, repeats allowed) with the same scaling and axes.
 *
 * @throws ShapeError for an index outside the samples
 */
export function select<S extends Samples>(samples: S, indices: ArrayLike<number>): S {
  return selectWith(samples, indices, addHistory(samples.history, "select", { count: indices.length }));
}

/** `select` with a history of the caller's. */
export function selectWith<S extends Samples>(
  samples: S,
  indices: ArrayLike<number>,
  history: readonly HistoryEntry[],
): S {
  const count = samples.positions.length / 2;
  const noun = nounOf(samples);
  for (let i = 0; i < indices.length; i++) {
    if (Number.isInteger(indices[i]) && indices[i] >= 0 && indices[i] < count) continue;
    throw new SpecbookError("ShapeError", `an index lies outside the ${noun}`, {
      got: `index ${indices[i]} (at place ${i} of the list)`,
      needed: `whole numbers from 0 to ${count - 1}`,
      remedy: `the index of a scan pixel is its place in the positions of the ${noun}, not row * columns + column`,
    });
  }
  const positions = new Int32Array(2 * indices.length);
  for (let i = 0; i < indices.length; i++) {
    positions.set(samples.positions.subarray(2 * indices[i], 2 * indices[i] + 2), 2 * i);
  }
  const sides = {
    ...("images" in samples ? { images: take(samples.images, indices) } : {}),
    ...("spectra" in samples ? { spectra: take(samples.spectra, indices) } : {}),
    ...("labels" in samples ? { labels: takeLabels((samples as Labelled).labels, indices) } : {}),
  };
  const chosen: S = Object.assign({}, samples, sides, { positions, history });
  return Object.freeze(chosen) as S; // frozen or not, S has read-only keys only
}

function takeLabels({ classes, values, shape }: Labels, indices: ArrayLike<number>): Labels {
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  const taken = new Int32Array(indices.length * length);
  for (let i = 0; i < indices.length; i++) {
    taken.set(values.subarray(indices[i] * length, (indices[i] + 1) * length), i * length);
  }
  return Object.freeze({ classes, values: taken, shape: Object.freeze([indices.length, ...shape.slice(1)]) });
}

function take({ data, shape }: FloatArray, indices: ArrayLike<number>): FloatArray {
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  const taken = new Float32Array(indices.length * length);
  for (let i = 0; i < indices.length; i++) {
    taken.set(data.subarray(indices[i] * length, (indices[i] + 1) * length), i * length);
  }
  return Object.freeze({ data: taken, shape: Object.freeze([indices.length, ...shape.slice(1)]) });
}
