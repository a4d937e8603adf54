import type { Image, SpectrumImage } from "../data";
import { checkFinite, checkKind, checkSameScan } from "./check";
import type { Feature } from "./features";
import { type FigureOptions, figure, letters } from "./figure";
import { type Box, mapPanel, mapSize } from "./map-panel";
import type { VegaLiteSpec } from "./spec";
import { type NamedRegion, regionPanel } from "./spectra";
import { accent } from "./theme";
import { shapeWords, source } from "./words";

/** Options of `plot.overview`. */
export interface OverviewOptions extends FigureOptions {
  /** Regions to mark in the image and to average the spectra over; without them the mean of the whole scan is drawn. */
  readonly regions?: readonly NamedRegion[];
  /** false: the image with its marked regions alone (Roccapriore et al., invariant features, Fig. 5 c). Default true. */
  readonly spectra?: boolean;
  /** Energies to mark; default: the three plasmon features where the axis lies within 0 to 2 eV. [] for none. */
  readonly features?: readonly Feature[];
}

/**
 * The image beside the mean spectra of its regions: the first look at a data set.
 *
 * @throws OptionError if image and spectra are swapped, ShapeError if their scans differ
 * @example
 * plot.overview(image, spectra, { regions: [{ name: "R1 particle", rows: [12, 15], columns: [24, 27] }] })
 */
export function overview(image: Image, spectra: SpectrumImage, options: OverviewOptions = {}): VegaLiteSpec {
  const remedy = "give the image first, then the spectrum image: plot.overview(image, spectra)";
  checkKind("plot.overview", image, ["image"], remedy);
  checkKind("plot.overview", spectra, ["spectrum-image"], remedy);
  checkSameScan("plot.overview", image.shape, spectra.shape, ["image", "spectra"]);
  checkFinite("plot.overview", "an image", image.data);
  const { regions = [], features } = options;
  const letter = letters(options.letter);
  const { height } = mapSize(image.axes, 240);
  const map = mapPanel({
    letter: letter(),
    title: imageName(image),
    data: image.data,
    axes: image.axes,
    colours: "gray",
    width: 240,
    boxes: regions.flatMap((region, i) => box(region, i, spectra)),
  });
  const notes = [source(spectra.metadata) ?? source(image.metadata), shapeWords(spectra.axes)];
  if (options.spectra === false) return figure(options, "Image", notes, [[map]]);
  const lines = regionPanel(spectra, {
    regions,
    features,
    width: 320,
    height: Math.max(160, height),
    letter: letter(),
  });
  return figure(options, "Image and spectra", notes, [[map, lines]]);
}

/** The name of an image's signal, "HAADF" where the metadata say nothing. */
export function imageName(image: Image): string {
  const { title, signal } = image.metadata;
  if (typeof signal === "string" && signal !== "") return signal;
  return typeof title === "string" && title !== "" ? title : "HAADF";
}

function box(region: NamedRegion, i: number, spectra: SpectrumImage): Box[] {
  if ("mask" in region) return []; // a mask has no outline to draw; its spectrum is drawn in the same colour
  const { rows = [0, spectra.shape[0]], columns = [0, spectra.shape[1]] } = region;
  return [{ name: region.name, rows, columns, colour: accent(i) }];
}
