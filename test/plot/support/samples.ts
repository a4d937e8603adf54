import type { CollapseAnalysis } from "../../../src/analyse/collapse";
import type { Comparison } from "../../../src/analyse/comparison";
import type { Confusion } from "../../../src/analyse/confusion";
import type { ErrorCorrelation } from "../../../src/analyse/error-correlation";
import type { InverseDesign } from "../../../src/analyse/inverse-design";
import type {
  BackProjection,
  ErrorAnalysis,
  ForwardProjection,
  LatentCoordinates,
  Predictions,
} from "../../../src/analyse/results";
import type { Transfer } from "../../../src/analyse/transfer";
import { createRandom } from "../../../src/core";
import { axis, type Image, image, type SpectrumImage, spectrumImage } from "../../../src/data";
import type { NmfResult, PcaResult } from "../../../src/decompose/results";
import type { TrainingResult } from "../../../src/models/training";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";

/** Data and results of one size, made by hand: a peak that shifts across the scan. */
export interface Samples {
  readonly image: Image;
  readonly spectra: SpectrumImage;
  readonly nmf: NmfResult;
  readonly pca: PcaResult;
  readonly training: TrainingResult;
  readonly latent: LatentCoordinates;
  readonly errors: ErrorAnalysis;
  readonly forward: ForwardProjection;
  readonly back: BackProjection;
  readonly predictions: Predictions;
  readonly comparison: Comparison;
  readonly collapse: CollapseAnalysis;
  readonly correlation: ErrorCorrelation;
  readonly confusion: Confusion;
  readonly design: InverseDesign;
  readonly transfer: Transfer;
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly components: number;
  readonly epochs: number;
  /** Points of a latent grid on a side, and pixels of a window on a side. */
  readonly grid: number;
  readonly window: number;
}

export const TINY: Size = { rows: 2, columns: 3, channels: 4, components: 1, epochs: 1, grid: 2, window: 2 };
/** The sizes of the paper: 62 x 75 pixels, 1496 channels of which every 8th here, 10 x 10 windows of 16 x 16. */
export const PAPER: Size = { rows: 62, columns: 75, channels: 187, components: 4, epochs: 120, grid: 10, window: 16 };

const array = (data: Float32Array, ...shape: number[]) => ({ data, shape });

export function samples(size: Size): Samples {
  const { rows, columns, channels, components, epochs, grid, window } = size;
  const random = createRandom(1);
  const n = rows * columns;
  const noise = (length: number) => Float32Array.from({ length }, () => random.uniform());
  const energy = axis("energy", channels, { units: "eV", offset: 0.2, scale: 0.93 / channels });
  const axes = {
    y: axis("y", rows, { units: "nm", scale: 2 }),
    x: axis("x", columns, { units: "nm", scale: 2 }),
    energy,
  };
  const scan = { y: axes.y, x: axes.x };
  const metadata = { source: "made by hand" };
  const peak = (at: number, width: number) =>
    Float32Array.from({ length: channels }, (_, c) => Math.exp(-0.5 * (((c + 0.5) / channels - at) / width) ** 2));
  const peaks = (count: number) =>
    Float32Array.from(Array.from({ length: count }, (_, k) => [...peak((k + 0.5) / count, 0.1)]).flat());
  const positions = Int32Array.from(Array.from({ length: n }, (_, i) => [Math.floor(i / columns), i % columns]).flat());
  const perSample = noise(n).map((v) => 0.02 + 0.05 * v);
  const places = Math.min(4, n);
  const ratio = Float64Array.from({ length: components }, (_, k) => 0.6 / 2 ** k);
  const points = Float64Array.from({ length: grid }, (_, i) => i - 1);
  const errors: ErrorAnalysis = {
    kind: "errors",
    perSample,
    map: image(
      Float32Array.from(perSample, (v, i) => (i === 0 ? Number.NaN : v)),
      [rows, columns],
      { axes: scan },
    ),
    mean: 0.045,
    overall: 0.044,
    mse: 1e-3,
    noiseFloor: 0.03,
  };
  return {
    image: image(noise(n), [rows, columns], { axes: scan, metadata }),
    spectra: spectrumImage(peaks(n), [rows, columns, channels], { axes, metadata }),
    nmf: {
      kind: "nmf",
      maps: array(noise(components * n), components, rows, columns),
      endmembers: array(peaks(components), components, channels),
      error: 0.0123,
      trace: [0.1, 0.0123],
      objective: { name: "half squared difference", iterations: [10, 20], values: [0.5, 0.008] },
      converged: true,
      axes,
      options: { components, seed: 7 },
      metadata,
      history: [],
    },
    pca: {
      kind: "pca",
      maps: array(
        noise(components * n).map((v) => v - 0.5),
        components,
        rows,
        columns,
      ),
      components: array(
        peaks(components).map((v) => v - 0.3),
        components,
        channels,
      ),
      mean: peak(0.5, 0.1),
      explainedVariance: ratio,
      explainedVarianceRatio: ratio,
      axes,
      options: { components },
      metadata,
      history: [],
    },
    training: {
      kind: "training",
      epochs: Array.from({ length: epochs }, (_, i) => ({
        epoch: i + 1,
        loss: 0.1 / (i + 1),
        validationLoss: 0.2 / (i + 1),
        learningRate: 1e-3,
        seconds: 0.5,
      })),
      keptEpoch: epochs,
      state: "finished",
      engine: "native-cpu",
      traced: true,
      seconds: epochs / 2,
      options: { seed: 5 },
    },
    latent: {
      kind: "latent",
      values: array(noise(2 * n), n, 2),
      positions,
      scan: [rows, columns],
      axes: scan,
      side: "images",
    },
    errors,
    forward: {
      kind: "forward-projection",
      grid: { x: points, y: points },
      latents: [0, 1],
      spectra: array(peaks(grid * grid), grid, grid, channels),
      energy,
    },
    back: {
      kind: "back-projection",
      side: "images",
      grid: { x: points, y: points },
      latents: [0, 1],
      images: array(noise(grid * grid * window * window), grid, grid, window, window, 1),
      dispersion: array(noise(grid * grid), grid, grid),
      distance: array(noise(grid * grid), grid, grid),
      nearest: 5,
    },
    predictions: {
      kind: "predictions",
      labels: ["particle", "gap", "hole", "outside"].slice(0, places),
      positions: positions.slice(0, 2 * places),
      measured: array(peaks(places), places, channels),
      predicted: array(
        peaks(places).map((v) => 0.9 * v),
        places,
        channels,
      ),
      energy,
    },
    comparison: comparisonSample(Math.min(6, n)),
    transfer: {
      kind: "transfer",
      scale: "model",
      samples: undefined as never, // nothing draws them
      errors,
      own: { ...errors, perSample: perSample.map((v) => 0.6 * v), overall: 0.03 },
      latent: {
        kind: "latent",
        values: array(noise(2 * n), n, 2),
        positions,
        scan: [rows, columns],
        axes: scan,
        side: "images",
      },
      outside: 0.12,
      differences: ["pixel size along x differs: 1 nm in training, 1.5 nm in the other data"],
      summary: "",
    },
    design: {
      kind: "inverse-design",
      method: "gradient",
      space: "latent",
      energy,
      target: peak(0.5, 0.1),
      spectrum: peak(0.48, 0.12),
      error: 0.07,
      modelError: 0.03,
      image: array(noise(window * window), window, window, 1),
      axes: { y: axis("y", window, { units: "nm", scale: 2 }), x: axis("x", window, { units: "nm", scale: 2 }) },
      latent: Float32Array.from([0.3, -1.2]),
      examples: array(noise(3 * window * window), 3, window, window, 1),
      exampleSpectra: array(peaks(3), 3, channels),
      positions: Int32Array.from([20, 8, 21, 8, 22, 8]),
      exampleErrors: Float64Array.from([0.11, 0.12, 0.14]),
      bestReal: { row: 3, column: 5, error: 0.065 },
      distance: { space: "latent", value: 0.5, typical: 0.1, limit: 0.3 },
      extrapolates: true,
      notices: ["the latent point lies 5.0 times as far out as usual: the model extrapolates"],
      summary: "",
    },
    correlation: {
      kind: "error-correlation",
      rows: [1, 2, 3, 5, 10, 20].slice(0, Math.min(6, n - 1)).map((latent) => ({
        name: `${latent} latents`,
        latent,
        pearson: { value: 0.2 - 0.4 / latent, low: 0.1 - 0.5 / latent, high: 0.3 - 0.3 / latent },
        spearman: { value: 0.1 - 0.3 / latent, low: -0.4 / latent, high: 0.2 - 0.2 / latent },
        mse: 0.05 + 0.1 / latent,
        meanError: 0.03 + 0.1 / latent,
      })),
      image: "HAADF",
      pixels: n,
      options: { bootstrap: 400, block: 8, seed: 0 },
      summary: "",
    },
    collapse: {
      kind: "collapse",
      state: "partly",
      latents: Array.from({ length: Math.min(10, n) }, (_, latent) => ({
        latent,
        used: latent % 3 !== 1,
        kl: latent % 3 === 1 ? 0.002 : 2 + 0.3 * latent,
        activity: latent % 3 === 1 ? 0.001 : 0.9,
        effect: latent % 3 === 1 ? 0.004 : 0.5 / (latent + 1),
      })),
      explained: 0.93,
      thresholds: { activity: 0.01, effect: 0.02 },
      summary: "partly collapsed: latents 2, 5, 8 of 10 unused; more",
    },
    confusion: confusionSample(components + 1, n),
  };
}

function confusionSample(count: number, n: number): Confusion {
  const classes = ["outside", "particle", "gap", "hole", "edge"].slice(0, count);
  const counts = Int32Array.from({ length: count * count }, (_, at) => (at % (count + 1) === 0 ? n : (at * n) % 7));
  const each = Float64Array.from({ length: count }, (_, i) => (i === 0 ? 0.5 : 0.9 / i));
  return {
    kind: "confusion",
    classes,
    counts,
    of: "pixels",
    accuracy: 0.876,
    majority: 0.4,
    intersectionOverUnion: each,
    meanIntersectionOverUnion: 0.6,
    recall: each,
    precision: each,
  };
}

function comparisonSample(count: number): Comparison {
  const rows = Array.from({ length: count }, (_, i) => ({
    name: i === 0 ? "im2spec, 10 latents" : `${i} principal components + ridge`,
    type: i === 0 ? ("model" as const) : ("baseline" as const),
    overall: 0.03 + 0.05 * i,
    mean: 0.04 + 0.06 * i,
    mse: 1e-3 * (i + 1),
    settings: { alpha: 3.1623 },
    ...(i === 0 ? { parameters: 1_342_031, seconds: 61.5 } : {}),
  }));
  return {
    kind: "comparison",
    inputs: "images",
    outputs: "spectra",
    rows,
    noiseFloor: 0.018,
    split: { text: "split by columns", trainSamples: 1886, testSamples: 828, sharesPixels: true },
    notices: ["im2spec, 10 latents beats every baseline"],
    summary: "",
  };
}

/** Every figure of the room, drawn from samples. */
export function figures(s: Samples): Record<string, () => VegaLiteSpec> {
  const [rows, columns] = s.image.shape;
  const regions = [
    { name: "A corner", rows: [0, 1] as const, columns: [0, 1] as const },
    { name: "B rest", rows: [rows - 1, rows] as const, columns: [1, columns] as const },
  ];
  return {
    overview: () => plot.overview(s.image, s.spectra, { regions }),
    "overview of the whole scan": () => plot.overview(s.image, s.spectra),
    spectra: () => plot.spectra(s.spectra, { regions }),
    map: () => plot.map(s.image, { colours: "viridis" }),
    maps: () => plot.maps([s.image, s.image], { colours: "diverging", zero: 0.5 }),
    nmf: () => plot.nmf(s.nmf),
    "nmf with its image": () => plot.nmf(s.nmf, { image: s.image }),
    pca: () => plot.pca(s.pca),
    scree: () => plot.scree(s.pca),
    "loss curve": () => plot.lossCurve(s.training),
    "latent scatter": () => plot.latentScatter(s.latent, { colour: s.errors }),
    "latent maps": () => plot.latentMaps(s.latent),
    "forward projection": () => plot.forwardProjection(s.forward),
    "back projection": () => plot.backProjection(s.back),
    "error map": () => plot.errorMap(s.errors, { image: s.image }),
    predictions: () => plot.predictions(s.predictions),
    comparison: () => plot.comparison(s.comparison),
    collapse: () => plot.collapse(s.collapse),
    transfer: () => plot.transfer(s.transfer),
    "inverse design": () => plot.inverseDesign(s.design),
    "error correlation": () => plot.errorCorrelation(s.correlation),
    confusion: () => plot.confusion(s.confusion),
  };
}
