import type { LongWorkOptions } from "../core/pace";
import { addHistory, type FloatArray, type Image, image, type Samples } from "../data";
import { type Model, outputSide, predict } from "../models";
import { fittedLike } from "./fitted";
import { onScan } from "./on-scan";
import type { Reconstruction } from "./results";
import { sideOf, sideScaling } from "./sides";

/**
 * What a trained model gives back of the samples, as maps: of spectra their mean over the energies, of image windows the
 * centre pixel of each channel. Beside them the mean squared error of each whole spectrum or window, in scaled units, where
 * the data fill 0 to 1.
 *
 * @throws NotFittedError, OptionError (samples scaled otherwise), ShapeError, CancelledError
 * @example
 * plot.reconstruction(await reconstruction(model, pixelSpectra(spectra)))
 */
export async function reconstruction(
  model: Model,
  samples: Samples,
  options: LongWorkOptions = {},
): Promise<Reconstruction> {
  fittedLike(model, samples);
  const side = outputSide(model);
  const target = sideOf(samples, side);
  const output = await predict(model, samples, options);
  const { offset, range } = sideScaling(samples, side);
  const picked = side === "spectra" ? meansOf : centresOf;
  const maps = (from: FloatArray, title: string): readonly Image[] =>
    Object.freeze(
      picked(from).map((values, channel, { length }) => {
        const name = length === 1 ? title : `${title}, channel ${channel + 1}`;
        const inUnits = values.map((v) => v * range + offset);
        return onScan(inUnits, samples, name, "reconstruction");
      }),
    );
  const perSample = meanSquares(output, target);
  const error = onScan(perSample, samples, "Mean squared error", "reconstruction");
  return Object.freeze({
    kind: "reconstruction",
    side,
    measured: maps(target, "Measured"),
    predicted: maps(output, "Reconstructed"),
    error: image(error.data, error.shape, {
      axes: error.axes,
      metadata: { ...error.metadata, quantity: "MSE" },
      history: addHistory(samples.history, "reconstruction", { model: model.kind }),
    }),
    mse: perSample.reduce((a, b) => a + b, 0) / perSample.length,
    model: model.kind,
  });
}

/** The mean over the channels of each spectrum. */
function meansOf({ data, shape: [count, channels] }: FloatArray): Float32Array[] {
  const means = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[i * channels + c];
    means[i] = sum / channels;
  }
  return [means];
}

/** The centre pixel of each window, channel by channel: the pixel that the window's position names. */
function centresOf({ data, shape: [count, height, width, channels] }: FloatArray): Float32Array[] {
  const centre = (Math.floor(height / 2) * width + Math.floor(width / 2)) * channels;
  const size = height * width * channels;
  return Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: count }, (_, i) => data[i * size + centre + c]),
  );
}

function meanSquares(a: FloatArray, b: FloatArray): Float32Array {
  const [count] = a.shape;
  const size = a.data.length / count;
  return Float32Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let c = i * size; c < (i + 1) * size; c++) sum += (a.data[c] - b.data[c]) ** 2;
    return sum / size;
  });
}
