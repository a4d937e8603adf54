import type { Reconstruction } from "../analyse/results";
import type { Image } from "../data";
import { checkDomain, checkKind } from "./check";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { mapPanel } from "./map-panel";
import { extent, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { shapeWords, source } from "./words";

/** Options of `plot.reconstruction`. */
export interface ReconstructionPlotOptions extends FigureOptions {
  /** What the channels of windows are called. Default "channel 1", ... */
  readonly names?: readonly string[];
  /** The map of the mean squared error too. Default: for spectra. */
  readonly error?: boolean;
  /** Values at the ends of the colours. Default: the extent of what was measured, of all channels together. */
  readonly domain?: readonly [number, number];
  /** true: a letter for the column of each channel of windows (invariant features, Fig. 6 a-c). Default: one for all. */
  readonly channelLetters?: boolean;
}

/**
 * What went into a model above what came back: of spectra the mean over the energies, beside it the map of the error; of
 * windows a column for each channel (Roccapriore et al., "Discovering invariant spatial features", Figs. 2, 4, 6).
 *
 * @throws OptionError for another value than the result of `reconstruction`
 * @example
 * plot.reconstruction(await reconstruction(model, windows), { names: ["0.4 eV", "1.6 eV", "0.7 eV"] })
 */
export function reconstruction(result: Reconstruction, options: ReconstructionPlotOptions = {}): VegaLiteSpec {
  checkKind(
    "plot.reconstruction",
    result,
    ["reconstruction"],
    "plot.reconstruction(await reconstruction(model, data))",
  );
  checkDomain("plot.reconstruction", options.domain, "the extent of what was measured");
  const letter = letters(options.letter);
  const panels = reconstructionPanels(result, options, letter);
  const { axes, metadata } = result.error;
  const notes = [source(metadata), shapeWords(axes), reconstructionNote(result)];
  const columns =
    result.side === "spectra" ? panels.length : result.measured.length + (withError(result, options) ? 1 : 0);
  return figure(options, "Measured and reconstructed", notes, [panels], columns, 34);
}

/** "vae: mean squared error 0.0012 of the values given to the model" */
export function reconstructionNote({ model, mse }: Reconstruction): string {
  return `${model}: mean squared error ${label(Number(mse.toPrecision(2)))} of the values given to the model`;
}

function withError(result: Reconstruction, { error = result.side === "spectra" }: ReconstructionPlotOptions): boolean {
  return error;
}

/** Measured, reconstructed and error of spectra in a row; of windows two rows with a column for each channel. */
export function reconstructionPanels(
  result: Reconstruction,
  options: ReconstructionPlotOptions,
  letter: () => string,
): Panel[] {
  const { measured, predicted, side, error } = result;
  const count = measured.length;
  const all = measured.map(({ data }) => extent(data)).filter((range) => range !== undefined);
  const domain = options.domain ?? ([Math.min(...all.map(([a]) => a)), Math.max(...all.map(([, b]) => b))] as const);
  const width = Math.min(180, 540 / count);
  const map = (image: Image, title: string, legend: string | undefined, first: string | undefined) =>
    mapPanel({
      letter: first,
      title,
      data: image.data,
      axes: image.axes,
      colours: side === "spectra" ? "viridis" : "inferno",
      domain,
      width,
      legend,
    });
  const lost = () =>
    mapPanel({
      letter: letter(),
      title: "Squared error",
      data: error.data,
      axes: error.axes,
      colours: "viridis",
      width,
      legend: "MSE",
    });
  if (side === "spectra") {
    const row = [
      map(measured[0], "Measured, all energies", undefined, letter()),
      map(predicted[0], "Reconstructed", "mean", letter()),
    ];
    return withError(result, options) ? [...row, lost()] : row;
  }
  const shown = withError(result, options);
  const names = measured.map((_, i) => options.names?.[i] ?? `channel ${i + 1}`);
  const legend = (i: number) => (i === count - 1 ? "value" : undefined);
  const { channelLetters = false } = options;
  const above = measured.map((image, i) =>
    map(image, names[i], legend(i), i === 0 || channelLetters ? letter() : undefined),
  );
  const below = predicted.map((image, i) => map(image, "reconstructed", legend(i), undefined));
  if (!shown) return [...above, ...below];
  return [...above, lost(), ...below];
}
