import type { ImageManifold, SpectrumManifold } from "../../../src/analyse/results";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";
import { type Samples, type Size, samples } from "./samples";

/** Results of the analysis of latent spaces, made by hand. */
export interface LatentSamples extends Samples {
  readonly imageManifold: ImageManifold;
  readonly spectrumManifold: SpectrumManifold;
}

export function latentSamples(size: Size): LatentSamples {
  const shared = samples(size);
  const { grid, window } = size;
  const points = Float64Array.from({ length: grid }, (_, i) => i - 1);
  const manifold = {
    kind: "manifold" as const,
    grid: { x: points, y: points.map((v) => v ** 3) },
    latents: [0, 1] as const,
    by: "quantiles" as const,
    seed: 4,
  };
  return {
    ...shared,
    imageManifold: {
      ...manifold,
      side: "images",
      model: "rvae",
      through: Float32Array.of(Number.NaN, Number.NaN),
      images: { data: blobs(grid, window), shape: [grid, grid, window, window, 3] },
    },
    spectrumManifold: {
      ...manifold,
      side: "spectra",
      model: "vae",
      through: Float32Array.of(Number.NaN, Number.NaN, 0.5),
      spectra: shared.forward.spectra,
      energy: shared.forward.energy,
    },
  };
}

/** Decoded images are smooth: a spot that grows along x, and moves to the next channel along y. */
function blobs(grid: number, window: number): Float32Array {
  return Float32Array.from({ length: grid * grid * window * window * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3) % (window * window);
    const tile = Math.floor(i / (3 * window * window));
    const r = Math.hypot((pixel % window) / window - 0.5, Math.floor(pixel / window) / window - 0.5);
    const weight = 1 - 0.3 * Math.abs((i % 3) - (2 * Math.floor(tile / grid)) / grid);
    return weight * Math.exp(-((r * (4 - (2 * (tile % grid)) / grid)) ** 2));
  });
}

/** The figures of latent spaces. */
export function latentFigures(s: LatentSamples): Record<string, () => VegaLiteSpec> {
  return {
    "manifold of three channels": () => plot.manifold(s.imageManifold, { names: ["core", "gap", "edge"] }),
    "manifolds of classes": () => plot.manifold([0, 1].map((index) => ({ ...s.spectrumManifold, class: index }))),
  };
}
