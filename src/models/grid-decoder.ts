import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { add, biasAdd, product, reshape, sideBySide, tanh, transpose, withGradient } from "../engine/ops";
import { denseSpecs, denseStackSpecs } from "./dense";
import { linear, type Scope } from "./layers";
import type { ParameterSpec } from "./parameter-spec";

/** Sizes of a decoder that is asked point by point. */
export interface GridDecoderSizes {
  /** Coordinates of a point: 1 for a spectrum, 2 for an image. */
  readonly coordinates: number;
  readonly latent: number;
  readonly layers: number;
  readonly hidden: number;
  /** Values at a point. */
  readonly output: number;
}

/** Parameters of `gridDecoder`, under the names of AtomAI's rVAE. */
export function gridDecoderSpecs(prefix: string, o: GridDecoderSizes): ParameterSpec[] {
  return [
    ...denseSpecs(`${prefix}.coord_latent.fc_coord`, o.hidden, o.coordinates),
    ...denseSpecs(`${prefix}.coord_latent.fc_latent`, o.hidden, o.latent, { bias: false }),
    ...denseStackSpecs(`${prefix}.fc_decoder`, o.layers, o.hidden, o.hidden),
    ...denseSpecs(`${prefix}.out`, o.output, o.hidden),
  ];
}

/** What a decoder is asked at: a grid of points before any sample's pose moves it. */
export interface DecoderGrid {
  readonly points: number;
  /** Coordinates and a 1 of `count` points from `first` on, [count, coordinates + 1]; constant. */
  rows(first: number, count: number): Float32Array;
}

/** What is done between the first layer and the last. */
export interface GridDecoderOptions {
  readonly layers: number;
  /** Adds the features of coordinates and latents after each layer. Default false. */
  readonly skip?: boolean;
}

/**
 * Rows of a layer that are decoded at once: 4 MB with 128 units. Blocks stay in the cache, and memory of this size is used
 * again, where a layer of 60 MB would be fetched from the system anew, page by page, in every step.
 */
const BLOCK_ROWS = 8192;

/** What the latents [n, latents] add to the first layer at every point, [n, hidden]. */
export function latentContent({ engine, get }: Scope, prefix: string, latent: Tensor): Tensor {
  const fromLatent = product(engine, latent, get(`${prefix}.coord_latent.fc_latent.weight`));
  return biasAdd(engine, fromLatent, get(`${prefix}.coord_latent.fc_coord.bias`));
}

/**
 * Values at the points of a grid that each sample has moved in its own way: a linear layer of the coordinates plus one
 * of the latents, tanh, `layers` times a linear layer and tanh, and a linear layer. Since the latents reach every point
 * alike, what moves the coordinates moves what is decoded (Bepler et al. 2019, arXiv:1909.11663).
 *
 * The first layer is linear in the coordinates of the unmoved grid, so pose and latents go into one small matrix for each
 * sample: `parts` are [n, hidden] for each coordinate and for the 1, in the order of the grid's rows. One product then
 * gives that layer for all points and samples. Points come slowest, in blocks.
 *
 * @returns [n, points, values]
 */
export function gridDecoder(
  scope: Scope,
  prefix: string,
  o: GridDecoderOptions,
  grid: DecoderGrid,
  parts: readonly Tensor[],
): Tensor {
  const { engine } = scope;
  const [n, hidden] = parts[0].shape as [number, number];
  const matrix = sampleMatrices(engine, parts);
  // Blocks of one size, so that two threads end together.
  const perBlock = Math.ceil(grid.points / Math.ceil((grid.points * n) / BLOCK_ROWS));
  const blocks: Tensor[] = [];
  for (let first = 0; first < grid.points; first += perBlock) {
    const count = Math.min(perBlock, grid.points - first);
    const placed = reshape(engine, gridProduct(engine, grid.rows(first, count), matrix), [count * n, hidden]);
    const output = linear(scope, `${prefix}.out`, features(scope, prefix, o, placed));
    blocks.push(reshape(engine, output, [output.size]));
  }
  const all = blocks.length === 1 ? blocks[0] : sideBySide(engine, blocks);
  return transpose(engine, reshape(engine, all, [grid.points, n, all.size / grid.points / n]), [1, 0, 2]);
}

/** The first layer before its activation at all points, [points, n, hidden]. */
export function firstLayer(engine: Engine, grid: DecoderGrid, parts: readonly Tensor[]): Tensor {
  const placed = gridProduct(engine, grid.rows(0, grid.points), sampleMatrices(engine, parts));
  return reshape(engine, placed, [grid.points, ...parts[0].shape]);
}

/** [parts, n * hidden] */
function sampleMatrices(engine: Engine, parts: readonly Tensor[]): Tensor {
  const flat = parts.map((rows) => reshape(engine, rows, [rows.size]));
  return reshape(engine, sideBySide(engine, flat), [parts.length, parts[0].size]);
}

function features(scope: Scope, prefix: string, { layers, skip }: GridDecoderOptions, placed: Tensor): Tensor {
  const { engine } = scope;
  let x = skip ? placed : tanh(engine, placed);
  for (let layer = 0; layer < layers; layer++) {
    x = tanh(engine, linear(scope, `${prefix}.fc_decoder.${2 * layer}`, x));
    if (skip) x = add(engine, x, placed);
  }
  return x;
}

/** grid [points, k] x matrix [k, m]; the grid is constant. */
function gridProduct(engine: Engine, grid: Float32Array, matrix: Tensor): Tensor {
  const { tf, native } = engine;
  const k = matrix.shape[0] as number;
  const places = tf.tensor(grid, [grid.length / k, k]);
  return withGradient(
    engine,
    [matrix],
    (save) => {
      save([places]);
      return tf.matMul(places, matrix);
    },
    (dy, [rows]) => [native === undefined ? tf.matMul(tf.transpose(rows), dy) : tf.matMul(rows, dy, true, false)],
  );
}
