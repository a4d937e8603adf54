import type { BackProjection, BackProjectionBase, SpectrumBackProjection } from "../analyse/results";
import { checkCount, checkFinite, checkKind } from "./check";
import { fieldPanel } from "./field-panel";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { extent, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { spectrumGridPanel } from "./spectrum-grid-panel";
import { mosaic, mosaicSize, tileSide } from "./tiles";

/** Options of `plot.backProjection`. */
export interface BackProjectionPlotOptions extends FigureOptions {
  /** Channel of the images to draw, counted from 0; default 0. */
  readonly channel?: number;
}

const SIZE = 340;

/**
 * The mean images of the latent plane as one mosaic, each in its place of the plane, in one grey scale, or the mean
 * spectra in their places; beside it how much the averaged samples differ (small where close latent points belong to
 * close samples).
 *
 * @throws OptionError for another value than the result of `backProjection`
 */
export function backProjection(
  projection: BackProjection | SpectrumBackProjection,
  options: BackProjectionPlotOptions = {},
): VegaLiteSpec {
  const remedy = "plot.backProjection(await backProjection(model, pairs))";
  checkKind("plot.backProjection", projection, ["back-projection"], remedy);
  const letter = letters(options.letter);
  const { nearest } = projection;
  if (projection.side === "spectra") {
    checkFinite("plot.backProjection", "a set of spectra", projection.spectra.data);
    const { offset, scale, size, units } = projection.energy;
    const panels = [
      spectrumGridPanel({
        ...projection,
        letter: letter(),
        title: "Mean spectrum at each point",
        width: 400,
        height: SIZE,
      }),
      spreadPanel(projection, { width: SIZE / 2, height: SIZE / 2 }, "spectra", letter()),
    ];
    const notes = [
      `mean of the ${nearest} nearest of the measured spectra, one intensity scale`,
      `each from ${label(offset)} to ${label(offset + scale * (size - 1))} ${units}`,
    ];
    return figure(options, "Back projection: spectra of the latent plane", notes, [panels]);
  }
  const { images } = projection;
  checkFinite("plot.backProjection", "a set of images", images.data);
  const [, , height, width, channels] = images.shape;
  const { channel = 0 } = options;
  checkCount("plot.backProjection", "channel", channel, 0, channels - 1);
  const size = mosaicSize(images, SIZE);
  const panels = [
    fieldPanel({
      ...sides(projection, size),
      letter: letter(),
      title: "Mean image at each point",
      field: { grid: mosaic(images, channel), colours: "gray", domain: extent(images.data), legend: "intensity" },
    }),
    spreadPanel(projection, { width: size.width / 2, height: size.height / 2 }, "images", letter()),
  ];
  const notes = [`mean of the ${nearest} nearest of the measured images, ${height} x ${width} pixels, one grey scale`];
  return figure(options, "Back projection: images of the latent plane", notes, [panels]);
}

type Size = { readonly width: number; readonly height: number };

function sides({ grid, latents }: BackProjectionBase, { width, height }: Size) {
  const x = tileSide("x", grid.x, `z${latents[0] + 1}`, width).channel;
  const y = tileSide("y", grid.y, `z${latents[1] + 1}`, height).channel;
  return { x, y, width, height };
}

function spreadPanel(projection: BackProjectionBase, size: Size, what: string, letter: string): Panel {
  const { dispersion } = projection;
  const [rows, columns] = dispersion.shape;
  return fieldPanel({
    ...sides(projection, size),
    letter,
    title: `Spread of the ${what}`,
    field: { grid: { data: dispersion.data, rows, columns }, colours: "viridis", legend: "rms spread" },
  });
}
