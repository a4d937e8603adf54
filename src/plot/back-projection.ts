import type { BackProjection } from "../analyse/results";
import { checkCount, checkFinite, checkKind } from "./check";
import { fieldPanel } from "./field-panel";
import { type FigureOptions, figure, letters } from "./figure";
import { edges } from "./forward-projection";
import { extent } from "./numbers";
import { binned, type Grid } from "./picture";
import type { VegaLiteSpec } from "./spec";

/** Options of `plot.backProjection`. */
export interface BackProjectionPlotOptions extends FigureOptions {
  /** Channel of the images to draw, counted from 0; default 0. */
  readonly channel?: number;
}

const SIZE = 340;
/** Pixels of the whole mosaic on a side, above which its images are averaged down. */
const MOSAIC = 240;

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
  const shared = {
    x: edges(grid.x),
    y: edges(grid.y),
    xTitle: `Latent ${latents[0] + 1}`,
    yTitle: `Latent ${latents[1] + 1}`,
    width: SIZE,
    height: Math.round(Math.min(1.5, Math.max(0.4, (rows * height) / (columns * width))) * SIZE),
  };
  const spread = { data: dispersion.data, rows, columns };
  const panels = [
    fieldPanel({
      ...shared,
      letter: letter(),
      title: "Mean image at each point",
      grid: mosaic(projection, channel),
      colours: "gray",
      domain: extent(images.data),
      legend: "intensity",
    }),
    fieldPanel({
      ...shared,
      letter: letter(),
      title: "Spread of the images",
      grid: spread,
      colours: "viridis",
      legend: "rms spread",
      width: shared.width / 2,
      height: shared.height / 2,
    }),
  ];
  const notes = [`mean of the ${nearest} nearest of the measured images, ${height} x ${width} pixels, one grey scale`];
  return figure(options, "Back projection: images of the latent plane", notes, [panels]);
}

/** All images side by side, a pixel without value between them; row 0 of the mosaic is the bottom of the lowest y. */
function mosaic({ images }: BackProjection, channel: number): Grid {
  const [rows, columns, height, width, channels] = images.shape;
  const limit = Math.max(4, Math.floor(MOSAIC / Math.max(rows, columns)) - 1);
  const tile = (at: number): Grid => {
    const first = at * height * width * channels + channel;
    const data = Float32Array.from({ length: height * width }, (_, i) => images.data[first + i * channels]);
    return binned({ data, rows: height, columns: width }, limit);
  };
  const size = tile(0);
  const [h, w] = [size.rows + 1, size.columns + 1];
  const data = new Float32Array((rows * h - 1) * (columns * w - 1)).fill(Number.NaN);
  for (let at = 0; at < rows * columns; at++) {
    const part = tile(at);
    const top = Math.floor(at / columns) * h;
    const left = (at % columns) * w;
    for (let i = 0; i < part.data.length; i++) {
      // An image's first row is its top, the mosaic's first row the bottom.
      const y = top + size.rows - 1 - Math.floor(i / size.columns);
      data[y * (columns * w - 1) + left + (i % size.columns)] = part.data[i];
    }
  }
  return { data, rows: rows * h - 1, columns: columns * w - 1 };
}
