import { angleMap, latentSpread, shiftMap } from "../../../src/analyse";
import type {
  AngleMap,
  ImageManifold,
  LatentCoordinates,
  LatentSpread,
  ShiftMap,
  SpectrumBackProjection,
  SpectrumManifold,
} from "../../../src/analyse/results";
import { density } from "../../../src/cluster";
import type { Density } from "../../../src/cluster/results";
import type { ImageWindows } from "../../../src/data";
import type { Posterior } from "../../../src/models";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";
import { type Samples, type Size, samples } from "./samples";

/** Results of the analysis of latent spaces, made by hand. */
export interface LatentSamples extends Samples {
  readonly imageManifold: ImageManifold;
  readonly spectrumManifold: SpectrumManifold;
  readonly posterior: Posterior;
  readonly latent3: LatentCoordinates;
  readonly angles: AngleMap;
  readonly shifts: ShiftMap;
  readonly spread: LatentSpread;
  readonly line: Density;
  readonly plane: Density;
  readonly backSpectra: SpectrumBackProjection;
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
  const { posterior, latent3, windows } = scanned(shared);
  const { images: _, ...back } = shared.back;
  return {
    ...shared,
    posterior,
    latent3,
    angles: angleMap(posterior, windows),
    shifts: shiftMap(posterior, windows),
    spread: latentSpread(posterior, windows),
    line: density(latent3, { latents: [2] }),
    plane: density(latent3, { points: 60 }),
    backSpectra: { ...back, side: "spectra", spectra: shared.forward.spectra, energy: shared.forward.energy },
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

/** A posterior of three latents with pose that follows the place in the scan, and windows of 5 x 5 pixels. */
function scanned({ latent, image }: Samples) {
  const { positions, scan, axes } = latent;
  const n = positions.length / 2;
  const at = (i: number) => [positions[2 * i] - scan[0] / 2, positions[2 * i + 1] - scan[1] / 3];
  const array = (size: number, value: (i: number, j: number) => number) => ({
    data: Float32Array.from({ length: n * size }, (_, k) => value(Math.floor(k / size), k % size)),
    shape: [n, size],
  });
  const mean = array(3, (i, j) => image.data[i] * (j + 1) + Math.sin(at(i)[j % 2] / 5));
  const posterior: Posterior = {
    kind: "posterior",
    mean,
    deviation: array(3, (i, j) => (j === 2 ? 1 : 0.2 + 0.1 * image.data[i])),
    angle: Float32Array.from({ length: n }, (_, i) => Math.atan2(at(i)[0], at(i)[1])),
    angleDeviation: Float32Array.from({ length: n }, (_, i) => 0.1 + 0.1 * image.data[i]),
    shift: array(2, (i, j) => 0.2 * Math.sin(at(i)[j] / 9)),
    shiftDeviation: array(2, () => 0.1),
  };
  const windows: ImageWindows = {
    kind: "image-windows",
    images: { data: new Float32Array(25 * n), shape: [n, 5, 5, 1] },
    positions,
    scan,
    axes,
    scaling: { images: { offset: 0, range: 1 } },
    metadata: { source: "made by hand" },
    history: [],
  };
  return { posterior, windows, latent3: { ...latent, values: mean } };
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
    "angle map": () => plot.angleMap(s.angles, { spread: true }),
    "shift map": () => plot.shiftMap(s.shifts),
    "latent spread": () => plot.latentSpread(s.spread),
    "latents as colours": () => plot.latentRgb(s.latent3),
    "latent maps with histograms": () => plot.latentMaps(s.latent3, { angle: s.angles, histograms: true }),
    "joint plot": () => plot.joint(s.latent3, { colour: s.image }),
    "density of a plane": () => plot.density(s.plane),
    "back projection to spectra": () => plot.backProjection(s.backSpectra),
    "manifolds of classes": () => plot.manifold([0, 1].map((index) => ({ ...s.spectrumManifold, class: index }))),
  };
}
