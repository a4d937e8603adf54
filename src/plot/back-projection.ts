import type { BackProjection } from "../analyse/results";
import { checkCount, checkFinite, checkKind } from "./check";
import { fieldPanel } from "./field-panel";
import { type FigureOptions, figure, letters } from "./figure";
import { extent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { mosaic, mosaicSize, tileSide } from "./tiles";

/** Options of `plot.backProjection`. */
export interface BackProjectionPlotOptions extends FigureOptions {
  /** Channel of the images to draw, counted from 0; default 0. */
  readonly channel?: number;
}

const SIZE = 340;

/**
 * The mean images of the latent plane as one mosaic, each in its place of the plane, in one grey scale; beside it how
 * much the averaged images differ (small where close latent points belong to close images).
 *
 * @throws OptionError for another value than the result of `backProjection`
 */
export function backProjection(projection: BackProjection, options: BackProjectionPlotOptions = {}): VegaLiteSpec {
  const remedy = "plot.backProjection(await backProjection(model, pairs))";
  checkKind("plot.backProjection", projection, ["back-projection"], remedy);
  checkFinite("plot.backProjection", "a set of images", projection.images.data);
  const { grid, latents, images, dispersion, nearest } = projection;
  const [rows, columns, height, width, channels] = images.shape;
  const { channel = 0 } = options;
  checkCount("plot.backProjection", "channel", channel, 0, channels - 1);
  const letter = letters(options.letter);
  const size = mosaicSize(images, SIZE);
  const side = ({ width, height }: typeof size) => ({
    x: tileSide("x", grid.x, `Latent ${latents[0] + 1}`, width).channel,
    y: tileSide("y", grid.y, `Latent ${latents[1] + 1}`, height).channel,
    width,
    height,
  });
  const panels = [
    fieldPanel({
      ...side(size),
      letter: letter(),
      title: "Mean image at each point",
      field: { grid: mosaic(images, channel), colours: "gray", domain: extent(images.data), legend: "intensity" },
    }),
    fieldPanel({
      ...side({ width: size.width / 2, height: size.height / 2 }),
      letter: letter(),
      title: "Spread of the images",
      field: { grid: { data: dispersion.data, rows, columns }, colours: "viridis", legend: "rms spread" },
    }),
  ];
  const notes = [`mean of the ${nearest} nearest of the measured images, ${height} x ${width} pixels, one grey scale`];
  return figure(options, "Back projection: images of the latent plane", notes, [panels]);
}
