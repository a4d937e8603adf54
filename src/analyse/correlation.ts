import { SpecbookError } from "../core/errors";
import type { Image } from "../data";

/** Pearson correlation of two arrays, over all places or those given (repeats allowed); NaN where one does not vary. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>, places?: Int32Array): number {
  const count = places?.length ?? a.length;
  const at = (i: number) => (places === undefined ? i : places[i]);
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < count; i++) {
    meanA += a[at(i)] / count;
    meanB += b[at(i)] / count;
  }
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const x = a[at(i)] - meanA;
    const y = b[at(i)] - meanB;
    both += x * y;
    first += x * x;
    second += y * y;
  }
  return both / Math.sqrt(first * second);
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, k) => values[i] - values[k]);
  const found = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) found[order[i]] = (from + to + 1) / 2;
    from = to;
  }
  return found;
}

/**
 * The pixels of a scan where both an error map and an image are numbers.
 *
 * @throws ShapeError where their scans differ
 */
export function pixelsOfBoth(map: Image, image: Image): Int32Array {
  if (map.shape[0] !== image.shape[0] || map.shape[1] !== image.shape[1]) {
    throw new SpecbookError("ShapeError", "error map and image have different scan sizes", {
      got: `a map of ${map.shape.join(" x ")} and an image of ${image.shape.join(" x ")} pixels`,
      needed: "the same rows and columns in both",
      remedy: "give the image that the windows were cut from",
    });
  }
  const pixels = Int32Array.from(map.data.keys());
  return pixels.filter((i) => Number.isFinite(map.data[i]) && Number.isFinite(image.data[i]));
}
