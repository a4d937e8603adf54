import { positiveOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import type { Image } from "../data";
import { checkCount, checkDomain, checkFinite, checkKind } from "./check";
import { COLOUR_MAP_NAMES, type ColourMapName } from "./colour-maps";
import { type FigureOptions, figure, letters } from "./figure";
import { mapPanel } from "./map-panel";
import { extent } from "./numbers";
import { imageName } from "./overview";
import type { VegaLiteSpec } from "./spec";
import { intensityTitle, shapeWords, source } from "./words";

/** Options of `plot.map` and `plot.maps`. */
export interface MapOptions extends FigureOptions {
  /** Colour map, default "gray". "diverging" is centred on `zero`. */
  readonly colours?: ColourMapName;
  /** Values at the two ends of the colours; default: the extent of the data (of all maps together in `plot.maps`). */
  readonly domain?: readonly [number, number];
  /** The value in the middle of the diverging colours, default 0. */
  readonly zero?: number;
  /** Title of the colour bar, with units. */
  readonly legend?: string;
  /** Width of a map in pixels; rounded so that each scan pixel is a whole number of them. Default 360, in `maps` 150. */
  readonly width?: number;
}

/** Options of `plot.maps`. */
export interface MapsOptions extends MapOptions {
  /** Titles of the panels; default: what each image's metadata say. */
  readonly titles?: readonly string[];
  /** Maps in a row, default 4. */
  readonly columns?: number;
}

/**
 * One image with scale bar and colour bar. Pixels without a value are grey.
 *
 * @throws OptionError for another value than an image, or an option that cannot be; DataError for nothing but NaN
 * @example
 * plot.map(image, { colours: "viridis", legend: "counts" })
 */
export function map(image: Image, options: MapOptions = {}): VegaLiteSpec {
  checkKind("plot.map", image, ["image"], "give an image; for a spectrum image use plot.overview(image, spectra)");
  const { width = 360 } = options;
  return figure(
    options,
    imageName(image),
    [source(image.metadata), shapeWords(image.axes)],
    panels("plot.map", [image], [""], { ...options, width }),
  );
}

/**
 * Several images in one colour scale, with one colour bar a row.
 *
 * @throws OptionError for an empty list, another value than images, or an option that cannot be; DataError for nothing
 * but NaN
 * @example
 * plot.maps([before, after], { titles: ["before", "after"], colours: "inferno" })
 */
export function maps(images: readonly Image[], options: MapsOptions = {}): VegaLiteSpec {
  if (!Array.isArray(images) || images.length === 0) {
    throw new SpecbookError("OptionError", "plot.maps has nothing to draw", {
      got: Array.isArray(images) ? "an empty list" : typeof images,
      needed: "a list of at least one image",
      remedy: "give the images in brackets: plot.maps([image])",
    });
  }
  for (const image of images) checkKind("plot.maps", image, ["image"], "give a list of images: plot.maps([a, b])");
  const letter = letters(options.letter);
  const titles = images.map((image, i) => `${letter()}  ${options.titles?.[i] ?? imageName(image)}`.trimStart());
  const { columns = 4, width = 150 } = options;
  checkCount("plot.maps", "columns", columns, 1, 100);
  const blocks = panels("plot.maps", images, titles, { ...options, width }, columns);
  return figure(options, "Maps", [source(images[0].metadata), shapeWords(images[0].axes)], blocks, columns);
}

function panels(
  call: string,
  images: readonly Image[],
  titles: readonly string[],
  options: MapOptions & { width: number },
  columns = 1,
) {
  const { colours = "gray", zero = 0, width } = options;
  checkColours(call, colours);
  positiveOption(call, "width", width);
  checkDomain(call, options.domain, "the extent of the data");
  const all = images.map(({ data }) => extent(data)).filter((range) => range !== undefined);
  for (const image of images) checkFinite(call, "an image", image.data);
  const low = Math.min(...all.map(([a]) => a));
  const high = Math.max(...all.map(([, b]) => b));
  const reach = Math.max(zero - low, high - zero) || 1; // zero everywhere is the middle of the colours, not their end
  const domain =
    options.domain ?? (colours === "diverging" ? ([zero - reach, zero + reach] as const) : ([low, high] as const));
  const legend = options.legend ?? intensityTitle(images[0].metadata);
  return [
    images.map((image, i) =>
      mapPanel({
        title: titles[i],
        data: image.data,
        axes: image.axes,
        colours,
        domain,
        width,
        legend: i % columns === columns - 1 || i === images.length - 1 ? legend : undefined,
      }),
    ),
  ];
}

function checkColours(call: string, colours: string): void {
  if (COLOUR_MAP_NAMES.some((name) => name === colours)) return;
  throw new SpecbookError("OptionError", `${call} knows no such colour map`, {
    got: `colours: "${colours}"`,
    needed: COLOUR_MAP_NAMES.join(", "),
    remedy: 'take "viridis" for values that rise, "diverging" for values around zero',
  });
}
