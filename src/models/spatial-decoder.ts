import type { Tensor } from "@tensorflow/tfjs-core";
import { add, biasAdd, product, reshape, tanh } from "../engine/ops";
import { denseSpecs, denseStack, denseStackSpecs } from "./dense";
import { linear, type Scope } from "./layers";
import type { ParameterSpec } from "./parameter-spec";

/** Sizes of a decoder that is asked point by point. */
export interface SpatialDecoderSizes {
  /** Coordinates of a point: 1 for a spectrum, 2 for an image. */
  readonly coordinates: number;
  readonly latent: number;
  readonly layers: number;
  readonly hidden: number;
  /** Values at a point. */
  readonly output: number;
}

/** Parameters of `spatialDecoder`, under the names of AtomAI's rVAE. */
export function spatialDecoderSpecs(prefix: string, o: SpatialDecoderSizes): ParameterSpec[] {
  return [
    ...denseSpecs(`${prefix}.coord_latent.fc_coord`, o.hidden, o.coordinates),
    ...denseSpecs(`${prefix}.coord_latent.fc_latent`, o.hidden, o.latent, { bias: false }),
    ...denseStackSpecs(`${prefix}.fc_decoder`, o.layers, o.hidden, o.hidden),
    ...denseSpecs(`${prefix}.out`, o.output, o.hidden),
  ];
}

/**
 * Values at points: a linear layer of the coordinates plus one of the latents, tanh, `layers` times a linear layer and
 * tanh, and a linear layer. Since the latents reach every point alike, what the coordinates are moved by moves the
 * decoded picture (Bepler et al. 2019, arXiv:1909.11663).
 *
 * `coordinates` [n, points, d], `latent` [n, latents] -> [n * points, values].
 */
export function spatialDecoder(
  scope: Scope,
  prefix: string,
  layers: number,
  coordinates: Tensor,
  latent: Tensor,
): Tensor {
  const { engine, get } = scope;
  const [n, points, d] = coordinates.shape as [number, number, number];
  const placed = product(
    engine,
    reshape(engine, coordinates, [n * points, d]),
    get(`${prefix}.coord_latent.fc_coord.weight`),
  );
  const hidden = placed.shape[1] as number;
  const content = biasAdd(
    engine,
    product(engine, latent, get(`${prefix}.coord_latent.fc_latent.weight`)),
    get(`${prefix}.coord_latent.fc_coord.bias`),
  );
  const first = tanh(
    engine,
    add(engine, reshape(engine, placed, [n, points, hidden]), reshape(engine, content, [n, 1, hidden])),
  );
  const features = denseStack(scope, `${prefix}.fc_decoder`, layers, reshape(engine, first, [n * points, hidden]));
  return linear(scope, `${prefix}.out`, features);
}
