import { image, spectrumImage } from "../../../src/data";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";
import type { Despiked, Drift, FittedPeak, PeakFit } from "../../../src/signal";
import type { Samples } from "./samples";

/** Results of the clean-up that are more than an image or spectra. */
export interface SignalSamples {
  readonly despiked: Despiked;
  readonly drift: Drift;
  readonly peakFit: PeakFit;
}

/** Made by hand: spikes in the first pixels, one failed fit, three frames. */
export function signalSamples({ image: picture, spectra }: Pick<Samples, "image" | "spectra">): SignalSamples {
  const [rows, columns, channels] = spectra.shape;
  const scan = { y: spectra.axes.y, x: spectra.axes.x };
  const map = (value: (i: number) => number, metadata: Record<string, unknown> = {}) =>
    image(
      Float32Array.from({ length: rows * columns }, (_, i) => value(i)),
      [rows, columns],
      { axes: scan, metadata },
    );
  const data = spectra.data.slice();
  for (const pixel of [0, 1, 2]) data[pixel * channels + 1] += 3 - pixel;
  const despiked: Despiked = {
    kind: "despiked",
    spectra,
    before: spectrumImage(data, spectra.shape, spectra),
    spikes: [0, 1, 2].map((column) => ({
      row: 0,
      column,
      energy: spectra.axes.energy.offset + spectra.axes.energy.scale,
      channels: [1, 2],
      height: 3 - column,
      sigmas: 30.2 - column,
    })),
    map: map((i) => Number(i < 3)),
    options: { threshold: 8, channels: 3, compare: "scan", replace: "median", sign: "positive" },
  };
  const drift: Drift = {
    kind: "drift",
    shifts: Float64Array.of(0, 0, 1.25, -0.5, 2.5, -1.75),
    agreement: Float64Array.of(1, 0.98, 0.95),
    sum: picture,
    before: picture,
    kept: { rows: [0, rows], columns: [0, columns] },
    axes: scan,
    options: {},
    history: [],
  };
  const wave = (phase: number) => (i: number) => (i === 1 ? Number.NaN : Math.sin(i / 7 + phase) + 2);
  const peak = (name: string, phase: number): FittedPeak => {
    const maps = {
      centre: map(wave(phase), { quantity: "Centre", units: "eV" }),
      width: map(wave(phase + 1), { quantity: "Width", units: "eV" }),
      height: map(wave(phase + 2), { quantity: "Height" }),
      area: map(wave(phase + 3), { quantity: "Area", units: "eV" }),
    };
    return { name, shape: "gaussian", ...maps, deviations: maps };
  };
  const curve = (height: number) => Float32Array.from({ length: channels }, (_, c) => height * (1 + Math.sin(c / 9)));
  const peakFit: PeakFit = {
    kind: "peak-fit",
    peaks: [peak("edge", 0), peak("face", 2)],
    background: [map(() => 0.1)],
    fitted: spectra,
    residual: map((i) => (i === 1 ? Number.NaN : 0.1 + (i % 5) / 50), { quantity: "Residual" }),
    failed: map((i) => Number(i === 1)),
    limited: map(() => 0),
    mean: { data: curve(1.1), fitted: curve(1), peaks: [curve(0.4), curve(0.5)], background: curve(0.1) },
    pixels: rows * columns,
    failures: 1,
    axes: spectra.axes,
    options: {},
    metadata: spectra.metadata,
    history: [],
  };
  return { despiked, drift, peakFit };
}

/** Every figure of these, drawn. */
export function signalFigures(s: Pick<Samples, "image" | "spectra">): Record<string, () => VegaLiteSpec> {
  const made = signalSamples(s);
  return {
    despiked: () => plot.despiked(made.despiked),
    drift: () => plot.drift(made.drift),
    "peak fit": () => plot.peakFit(made.peakFit),
    mask: () => plot.mask(made.despiked.map, s.image),
  };
}
