import { positiveOption } from "../core/check-option";
import type { Image } from "../data";
import { checkFinite, checkKind, checkSameScan } from "./check";
import { colourTable } from "./colour-maps";
import { type FigureOptions, figure } from "./figure";
import { scanPanel } from "./map-panel";
import { extent, percent } from "./numbers";
import { imageName } from "./overview";
import type { IndexedPicture } from "./png-encoder";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { counted, shapeWords, source } from "./words";

/** Options of `plot.mask`. */
export interface MaskPlotOptions extends FigureOptions {
  /** Width in pixels, default 360. */
  readonly width?: number;
}

/** Greys of the image, each once plain and once tinted. */
const GREYS = 64;
/** Share of the colour in what is inside. */
const TINT = 0.5;

/**
 * A mask over the image of the same scan: what is inside is tinted.
 *
 * @throws OptionError for other values than two images or a width that cannot be, ShapeError for images of different scans
 * @example
 * plot.mask(threshold(image, { method: "otsu" }), image)
 */
export function mask(inside: Image, image: Image, options: MaskPlotOptions = {}): VegaLiteSpec {
  const remedy = "give the mask first, then the image under it: plot.mask(mask, image)";
  checkKind("plot.mask", inside, ["image"], remedy);
  checkKind("plot.mask", image, ["image"], remedy);
  checkSameScan("plot.mask", inside.shape, image.shape, ["mask", "image"]);
  checkFinite("plot.mask", "an image", image.data);
  const isInside = (i: number) => inside.data[i] !== 0 && !Number.isNaN(inside.data[i]);
  const count = inside.data.reduce((sum, _, i) => sum + Number(isInside(i)), 0);
  const { width = 360 } = options;
  positiveOption("plot.mask", "width", width);
  const panel = scanPanel({
    title: "",
    axes: image.axes,
    width,
    picture: tinted(image, isInside),
  });
  const notes = [
    source(image.metadata),
    shapeWords(image.axes),
    `${counted(count, "pixel")} inside, ${percent(count / inside.data.length)}`,
  ];
  return figure(options, `Mask over ${imageName(image)}`, notes, [[panel]]);
}

function tinted({ data, shape: [rows, columns] }: Image, isInside: (i: number) => boolean): IndexedPicture {
  const [low, high] = extent(data) ?? [0, 1];
  const pixels = Uint8Array.from(data, (value, i) => {
    const share = Number.isFinite(value) && high > low ? (value - low) / (high - low) : 0;
    return Math.round(share * (GREYS - 1)) + (isInside(i) ? GREYS : 0);
  });
  const greys = colourTable("gray");
  const colour = Buffer.from(accent(1).slice(1), "hex");
  const palette = new Uint8Array(6 * GREYS);
  for (let k = 0; k < GREYS; k++) {
    for (let c = 0; c < 3; c++) {
      const grey = greys[3 * Math.round((255 * k) / (GREYS - 1)) + c];
      palette[3 * k + c] = grey;
      palette[3 * (GREYS + k) + c] = Math.round((1 - TINT) * grey + TINT * colour[c]);
    }
  }
  return { width: columns, height: rows, pixels, palette };
}
