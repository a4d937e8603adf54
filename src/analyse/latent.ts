import type { LongWorkOptions } from "../core/pace";
import { addHistory, type Image, image, type Samples } from "../data";
import { encode, type Model } from "../models";
import { inputSide } from "../models/input-side";
import { fittedLike } from "./fitted";
import type { LatentCoordinates } from "./results";

/**
 * Where a trained model places each sample in its latent space; of a classifier, in its hidden layer.
 *
 * @throws NotFittedError, OptionError (pairs scaled otherwise), ShapeError, CancelledError
 * @example
 * plot.latentScatter(await latent(model, pairs))
 */
export async function latent(
  model: Model,
  samples: Samples,
  options: LongWorkOptions = {},
): Promise<LatentCoordinates> {
  fittedLike(model, samples);
  const side = inputSide(model);
  const values = await encode(model, samples, options);
  return Object.freeze({
    kind: "latent",
    values,
    positions: samples.positions,
    scan: samples.scan,
    axes: Object.freeze({ y: samples.axes.y, x: samples.axes.x }),
    side,
  });
}

/** One image of the scan for each latent, NaN where there is no window. */
export function latentMaps(coordinates: LatentCoordinates): Image[] {
  const { values, positions, scan, axes } = coordinates;
  const [count, size] = values.shape;
  return Array.from({ length: size }, (_, j) => {
    const data = new Float32Array(scan[0] * scan[1]).fill(Number.NaN);
    for (let i = 0; i < count; i++) data[positions[2 * i] * scan[1] + positions[2 * i + 1]] = values.data[i * size + j];
    return image(data, scan, {
      axes,
      metadata: { title: `z${j + 1}`, quantity: "Latent value" },
      history: addHistory([], "latentMaps", { latent: j }),
    });
  });
}
