import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import {
  add,
  affine,
  biasAdd,
  cos,
  product,
  reshape,
  sideBySide,
  sin,
  tanh,
  transpose,
  withGradient,
} from "../engine/ops";
import { linear, type Scope } from "./layers";
import type { Pose } from "./pose";

/** What a decoder of posed images is told. */
export interface PosedDecoderOptions {
  /** [height, width, channels] */
  readonly image: readonly [number, number, number];
  readonly layers: number;
  /** Adds the features of coordinates and latents after each layer. */
  readonly skip: boolean;
}

/**
 * Rows of a layer that are decoded at once: 4 MB with 128 units. Blocks stay in the cache, and memory of this size is used
 * again, where a layer of 60 MB would be fetched from the system anew, page by page, in every step.
 */
const BLOCK_ROWS = 8192;

/**
 * Images whose every pixel is decoded from its coordinates and the latents (Bepler et al. 2019, arXiv:1909.11663): a
 * linear layer of the coordinates plus one of the latents, tanh, `layers` times a linear layer and tanh, and a linear
 * layer to the channels. The coordinates run from -1 (first row) to 1 and from 1 (first column) to -1; the pose turns
 * and then moves them: (x, y) [[cos, sin], [-sin, cos]] + shift. Parameters: `spatialDecoderSpecs`.
 *
 * The first layer is linear in the coordinates of the untransformed grid, so pose and latents go into one small matrix
 * for each sample, and one product gives that layer for all pixels and samples. Pixels come slowest, in blocks.
 *
 * `latent` [n, latents] -> what the last layer gives, [n, height, width, channels].
 */
export function posedDecoder(scope: Scope, prefix: string, o: PosedDecoderOptions, pose: Pose, latent: Tensor): Tensor {
  const { engine, get } = scope;
  const [height, width, channels] = o.image;
  const pixels = height * width;
  const n = latent.shape[0] as number;
  const fromLatent = product(engine, latent, get(`${prefix}.coord_latent.fc_latent.weight`));
  const content = biasAdd(engine, fromLatent, get(`${prefix}.coord_latent.fc_coord.bias`));
  const matrix = sampleMatrices(engine, pose, get(`${prefix}.coord_latent.fc_coord.weight`), content);
  const perBlock = Math.max(1, Math.floor(BLOCK_ROWS / n));
  const blocks: Tensor[] = [];
  for (let first = 0; first < pixels; first += perBlock) {
    const count = Math.min(perBlock, pixels - first);
    const placed = reshape(engine, gridProduct(engine, gridRows(o.image, first, count), matrix), [count * n, -1]);
    const output = linear(scope, `${prefix}.out`, features(scope, prefix, o, placed));
    blocks.push(reshape(engine, output, [output.size]));
  }
  const all = blocks.length === 1 ? blocks[0] : sideBySide(engine, blocks);
  return reshape(engine, transpose(engine, reshape(engine, all, [pixels, n, channels]), [1, 0, 2]), [n, ...o.image]);
}

/**
 * The first layer before its activation at all pixels: posed coordinates x `weight` [2, hidden] + `content` [n, hidden],
 * as [pixels, n, hidden].
 */
export function placedContent(
  engine: Engine,
  [height, width]: readonly [number, number, number],
  pose: Pose,
  weight: Tensor,
  content: Tensor,
): Tensor {
  const matrix = sampleMatrices(engine, pose, weight, content);
  const rows = gridRows([height, width, 1], 0, height * width);
  return reshape(engine, gridProduct(engine, rows, matrix), [height * width, ...content.shape]);
}

/** [3, n * hidden]: what x, y and 1 of the untransformed grid contribute to the first layer of each sample. */
function sampleMatrices(engine: Engine, { angle, shift }: Pose, weight: Tensor, content: Tensor): Tensor {
  const turn = angle ?? engine.tf.zeros([content.shape[0] as number, 1]);
  const cosine = cos(engine, turn);
  const sine = sin(engine, turn);
  const alongX = product(engine, sideBySide(engine, [cosine, sine]), weight);
  const alongY = product(engine, sideBySide(engine, [affine(engine, sine, -1), cosine]), weight);
  const offset = shift === undefined ? content : add(engine, product(engine, shift, weight), content);
  const flat = [alongX, alongY, offset].map((rows) => reshape(engine, rows, [rows.size]));
  return reshape(engine, sideBySide(engine, flat), [3, offset.size]);
}

function features(scope: Scope, prefix: string, { layers, skip }: PosedDecoderOptions, placed: Tensor): Tensor {
  const { engine } = scope;
  let x = skip ? placed : tanh(engine, placed);
  for (let layer = 0; layer < layers; layer++) {
    x = tanh(engine, linear(scope, `${prefix}.fc_decoder.${2 * layer}`, x));
    if (skip) x = add(engine, x, placed);
  }
  return x;
}

/** grid [pixels, 3] x matrix [3, m]; the grid is constant. */
function gridProduct(engine: Engine, grid: Float32Array, matrix: Tensor): Tensor {
  const { tf, native } = engine;
  const places = tf.tensor(grid, [grid.length / 3, 3]);
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

/** x, y and 1 of some pixels, row by row. */
function gridRows([height, width]: readonly [number, number, number], first: number, count: number): Float32Array {
  const along = (i: number, size: number) => (size === 1 ? -1 : (2 * i) / (size - 1) - 1);
  return Float32Array.from({ length: 3 * count }, (_, k) => {
    const pixel = first + Math.floor(k / 3);
    if (k % 3 === 0) return along(Math.floor(pixel / width), height);
    return k % 3 === 1 ? -along(pixel % width, width) : 1;
  });
}
