import { axis, image, type SpectrumImage, spectrumImage } from "../../../src/data";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";
import type { ZeroLossAlignment } from "../../../src/signal/align-zero-loss";
import type { Deconvolution } from "../../../src/signal/fourier-log";
import { meanSpectrum } from "../../../src/signal/mean-spectrum";
import type { BackgroundRemoval } from "../../../src/signal/remove-background";
import type { ZeroLossRemoval } from "../../../src/signal/remove-zero-loss";
import type { Thickness } from "../../../src/signal/thickness";
import type { Samples } from "./samples";

/** Results of the clean-up, made by hand: a peak, a hump beside it, one pixel without a value. */
export interface CleanUpSamples {
  readonly alignment: ZeroLossAlignment;
  readonly removal: ZeroLossRemoval;
  readonly background: BackgroundRemoval;
  readonly deconvolution: Deconvolution;
  readonly thickness: Thickness;
}

/** Results on the scan and with the number of channels of the samples. */
export function cleanUpSamples(s: Pick<Samples, "image" | "spectra">): CleanUpSamples {
  const { y, x } = s.image.axes;
  const [rows, columns] = s.image.shape;
  const pixels = rows * columns;
  const channels = s.spectra.shape[2];
  const energy = axis("energy", channels, { units: "eV", offset: -0.1, scale: 1.3 / channels });
  const metadata = { source: "made by hand", quantity: "Counts" };
  const cube = (value: (energy: number, pixel: number) => number): SpectrumImage =>
    spectrumImage(
      Float32Array.from({ length: pixels * channels }, (_, i) => {
        const pixel = Math.floor(i / channels);
        return pixel === 0 ? Number.NaN : value(energy.offset + (i % channels) * energy.scale, pixel);
      }),
      [rows, columns, channels],
      { axes: { y, x, energy }, metadata },
    );
  const map = (value: (pixel: number) => number, units = "") =>
    image(
      Float32Array.from({ length: pixels }, (_, pixel) => (pixel === 0 ? Number.NaN : value(pixel))),
      [rows, columns],
      { axes: { y, x }, metadata: { ...metadata, units } },
    );
  const wave = (pixel: number) => Math.sin(pixel / columns) + 0.3 * Math.cos((7 * pixel) / pixels);
  const peak = (e: number) => 1e5 / (1 + (e / 0.02) ** 2);
  const hump = (e: number, pixel: number) => (120 + 40 * wave(pixel)) * Math.exp(-(((e - 0.5) / 0.15) ** 2));
  const both = cube((e, pixel) => peak(e) + hump(e, pixel));
  const left = cube((e, pixel) => (e < 0.1 ? 0 : hump(e, pixel)));
  const zeroLoss = cube(peak);
  const before = { mean: meanSpectrum(both), energy };
  const shared = { metadata, history: [] };
  const fit = {
    error: map((pixel) => 0.02 + 0.01 * wave(pixel) ** 2),
    status: map(() => 0),
    failed: 1,
    suspect: 2,
    window: [[0.12, 0.2]] as const,
    ...shared,
  };
  return {
    alignment: {
      kind: "zero-loss-alignment",
      spectra: both,
      also: undefined,
      shifts: map((pixel) => 0.01 + 0.02 * wave(pixel), "eV"),
      failed: 1,
      width: 0.03,
      before,
      options: { method: "centroid" },
      ...shared,
    },
    removal: {
      kind: "zero-loss-removal",
      spectra: left,
      zeroLoss,
      parameters: { A1: map(wave), tau1: map(wave), A2: map(wave), r2: map(wave) },
      before,
      options: { method: "power-law" },
      ...fit,
    },
    background: {
      kind: "background-removal",
      spectra: left,
      background: zeroLoss,
      parameters: { A: map(wave), r: map((pixel) => 2.7 + 0.1 * wave(pixel)) },
      options: { model: "power-law" },
      ...fit,
    },
    deconvolution: {
      kind: "deconvolution",
      spectra: left,
      failed: 0,
      before: { mean: meanSpectrum(cube((e, pixel) => hump(e, pixel) + 0.3 * hump(e - 0.4, pixel))), energy },
      options: { modifier: { fwhm: 0.05 } },
      ...shared,
    },
    thickness: {
      kind: "thickness",
      map: map((pixel) => 60 + 20 * wave(pixel), "nm"),
      failed: 1,
      threshold: 0.12,
      options: { meanFreePath: 120 },
      ...shared,
    },
  };
}

/** The figures of the clean-up. */
export function cleanUpFigures(s: Pick<Samples, "image" | "spectra">): Record<string, () => VegaLiteSpec> {
  const made = cleanUpSamples(s);
  const { alignment, removal, background, thickness } = made;
  const mirrored = { ...removal, window: [], options: { method: "mirrored" as const }, failed: 0, suspect: 0 };
  const wide = { ...alignment, width: 0.8, failed: 0 };
  const relative = { ...thickness, map: { ...thickness.map, metadata: {} }, threshold: undefined, failed: 0 };
  return {
    zeroLossAlignment: () => plot.zeroLossAlignment(alignment),
    "zeroLossAlignment, in eV": () => plot.zeroLossAlignment(wide, { title: "Drift", letter: "c" }),
    zeroLossRemoval: () => plot.zeroLossRemoval(removal),
    "zeroLossRemoval, mirrored": () => plot.zeroLossRemoval(mirrored),
    background: () => plot.background(background),
    deconvolution: () => plot.deconvolution(made.deconvolution),
    thickness: () => plot.thickness(thickness),
    "thickness, relative": () => plot.thickness(relative),
  };
}
