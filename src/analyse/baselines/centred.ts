import type { Rows } from "./task";

/** Rows less their column means. */
export interface Centred extends Rows {
  readonly mean: Float64Array;
}

/** Subtracts the column means, or those given. */
export function centred({ data, count, size }: Rows, mean = columnMeans({ data, count, size })): Centred {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = data[i] - mean[i % size];
  return { data: out, count, size, mean };
}

/** Mean of each column, in float64. */
export function columnMeans({ data, count, size }: Rows): Float64Array {
  const mean = new Float64Array(size);
  for (let i = 0; i < data.length; i++) mean[i % size] += data[i];
  return mean.map((sum) => sum / count);
}

/** Adds a mean to every row, in place. */
export function addMean(data: Float32Array, mean: Float64Array): Float32Array {
  for (let i = 0; i < data.length; i++) data[i] += mean[i % mean.length];
  return data;
}
