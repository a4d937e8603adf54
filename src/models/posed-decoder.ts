import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { add, affine, cos, product, reshape, sideBySide, sin } from "../engine/ops";
import { type DecoderGrid, firstLayer, type GridDecoderOptions, gridDecoder, latentContent } from "./grid-decoder";
import type { Scope } from "./layers";
import type { Pose } from "./pose";

/** What a decoder of posed images is told. */
export interface PosedDecoderOptions extends GridDecoderOptions {
  /** [height, width, channels] */
  readonly image: readonly [number, number, number];
}

/**
 * Images whose every pixel is decoded from its coordinates and the latents, by `gridDecoder`. The coordinates run from -1
 * (first row) to 1 and from 1 (first column) to -1; the pose turns and then moves them:
 * (x, y) [[cos, sin], [-sin, cos]] + shift. Parameters: `gridDecoderSpecs`.
 *
 * `latent` [n, latents] -> what the last layer gives, [n, height, width, channels].
 */
export function posedDecoder(scope: Scope, prefix: string, o: PosedDecoderOptions, pose: Pose, latent: Tensor): Tensor {
  const { engine, get } = scope;
  const weight = get(`${prefix}.coord_latent.fc_coord.weight`);
  const parts = sampleParts(engine, pose, weight, latentContent(scope, prefix, latent));
  const output = gridDecoder(scope, prefix, o, imageGrid(o.image), parts);
  return reshape(engine, output, [latent.shape[0] as number, ...o.image]);
}

/**
 * The first layer before its activation at all pixels: posed coordinates x `weight` [2, hidden] + `content` [n, hidden],
 * as [pixels, n, hidden].
 */
export function placedContent(
  engine: Engine,
  image: readonly [number, number, number],
  pose: Pose,
  weight: Tensor,
  content: Tensor,
): Tensor {
  return firstLayer(engine, imageGrid(image), sampleParts(engine, pose, weight, content));
}

/** What x, y and 1 of the grid contribute to the first layer of each sample, each [n, hidden]. */
function sampleParts(engine: Engine, { angle, shift }: Pose, weight: Tensor, content: Tensor): Tensor[] {
  const turn = angle ?? engine.tf.zeros([content.shape[0] as number, 1]);
  const cosine = cos(engine, turn);
  const sine = sin(engine, turn);
  const alongX = product(engine, sideBySide(engine, [cosine, sine]), weight);
  const alongY = product(engine, sideBySide(engine, [affine(engine, sine, -1), cosine]), weight);
  const offset = shift === undefined ? content : add(engine, product(engine, shift, weight), content);
  return [alongX, alongY, offset];
}

/** x, y and 1 of the pixels, row by row. */
function imageGrid([height, width]: readonly [number, number, number]): DecoderGrid {
  const along = (i: number, size: number) => (size === 1 ? -1 : (2 * i) / (size - 1) - 1);
  return {
    points: height * width,
    rows: (first, count) =>
      Float32Array.from({ length: 3 * count }, (_, k) => {
        const pixel = first + Math.floor(k / 3);
        if (k % 3 === 0) return along(Math.floor(pixel / width), height);
        return k % 3 === 1 ? -along(pixel % width, width) : 1;
      }),
  };
}
