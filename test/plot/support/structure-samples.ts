import type { ImagePredictions } from "../../../src/analyse/image-predictions";
import type { ErrorAnalysis, Predictions } from "../../../src/analyse/results";
import type { NetworkLayers } from "../../../src/models/network-layers";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";
import { unscale } from "../../../src/signal/scaling";
import { split } from "../../../src/signal/split";
import { windows } from "../../../src/signal/windows";
import type { LatentSamples } from "./latent-samples";

const LAYERS: NetworkLayers = {
  kind: "network-layers",
  model: "im2spec",
  latent: 2,
  input: [16, 16, 1],
  output: [187],
  parameters: 1234567,
  layers: [
    { part: "encoder", kind: "convolution 3 x 3", name: "a", shape: [16, 16, 64], parameters: 640 },
    { part: "encoder", kind: "leaky ReLU", shape: [16, 16, 64], parameters: 0 },
    { part: "encoder", kind: "batch norm", name: "b", shape: [16, 16, 64], parameters: 128 },
    { part: "encoder", kind: "linear", name: "c", shape: [2], parameters: 32770 },
    { part: "decoder", kind: "product", name: "d", parameters: 256 },
    { part: "decoder", kind: "doubling", shape: [1, 187, 64], parameters: 0 },
  ],
};

/** The figures that link windows of the image with spectra, from pairs cut from the samples. */
export function structureFigures(s: LatentSamples): Record<string, () => VegaLiteSpec> {
  const size = s.image.shape[0] > 10 ? 16 : 1;
  const pairs = windows(s.image, s.spectra, { size });
  const { positions } = pairs;
  const count = positions.length / 2;
  const sets = split(pairs, { by: "rows", gap: size > 1 ? 2 : 0 });
  const chosen = [0, count - 1];
  const places = Int32Array.from(chosen.flatMap((i) => [positions[2 * i], positions[2 * i + 1]]));
  const { size: channels } = pairs.axes.energy;
  const spectra = unscale(pairs.spectra.data, pairs.scaling.spectra);
  const measured = chosen.flatMap((i) => [...spectra.subarray(i * channels, (i + 1) * channels)]);
  const predicted = (factor: number): Predictions => ({
    kind: "predictions",
    labels: ["particle", "gap"],
    positions: places,
    measured: { data: Float32Array.from(measured), shape: [2, channels] },
    predicted: { data: Float32Array.from(measured, (v) => factor * v), shape: [2, channels] },
    energy: pairs.axes.energy,
  });
  const images = Float32Array.from(
    chosen.flatMap((i) => [...pairs.images.data.subarray(i * size ** 2, (i + 1) * size ** 2)]),
  );
  const guess = (factor: number) => ({ data: images.map((v) => factor * v), shape: [2, size, size, 1] });
  const structures: ImagePredictions = {
    kind: "image-predictions",
    labels: ["particle", "gap"],
    positions: places,
    measured: { data: images, shape: [2, size, size, 1] },
    predicted: [
      { name: "2 latents", images: guess(0.5), errors: Float32Array.of(0.33, 0.25) },
      { name: "10 latents", images: guess(0.9), errors: Float32Array.of(0.05, 0.1) },
    ],
  };
  const better: ErrorAnalysis = {
    ...s.errors,
    mean: s.errors.mean / 2,
    perSample: s.errors.perSample.map((e) => e / 2),
  };
  return {
    pairs: () => plot.pairs(pairs, { image: s.image, ...sets }),
    "layers of a network": () => plot.layers(LAYERS),
    "predicted spectra under their windows": () =>
      plot.spectralPredictions({ "2 latents": predicted(0.8), "10 latents": predicted(0.95) }, { pairs }),
    "predicted structure": () => plot.imagePredictions(structures),
    "projections of im2spec": () =>
      plot.projections(s.back, s.forward, { errors: { "2 latents": s.errors, "10 latents": better } }),
    "projections of spec2im": () =>
      plot.projections(s.imageManifold, s.backSpectra, { image: s.image, errors: { "2 latents": s.errors } }),
  };
}
