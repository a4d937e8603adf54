import type { FloatArray } from "../data";

/**
 * Points along each latent at its quantiles over the samples, the other latents at their mean:
 * [latents * quantiles, latent + classes], the first latent's points first; of a model with classes, all of the
 * first class of each group.
 */
export function latentQuantiles(
  { data, shape }: FloatArray,
  quantiles: readonly number[],
  groups: readonly number[],
): FloatArray {
  const [count, size] = shape;
  const column = (j: number) => Float64Array.from({ length: count }, (_, i) => data[i * size + j]);
  const means = Array.from({ length: size }, (_, j) => column(j).reduce((a, b) => a + b, 0) / count);
  const width = size + groups.reduce((sum, group) => sum + group, 0);
  const points = new Float32Array(size * quantiles.length * width);
  for (let j = 0; j < size; j++) {
    const sorted = column(j).sort();
    for (const [q, share] of quantiles.entries()) {
      const point = points.subarray((j * quantiles.length + q) * width, (j * quantiles.length + q + 1) * width);
      point.set(means);
      let place = size;
      for (const group of groups) {
        point[place] = 1;
        place += group;
      }
      point[j] = sorted[Math.round(share * (count - 1))];
    }
  }
  return { data: points, shape: [size * quantiles.length, width] };
}
