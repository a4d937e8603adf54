import { axisValues, type Image } from "../data";
import type { NmfResult } from "../decompose/results";
import { checkCount, checkKind, checkSameScan } from "./check";
import { component, factorPanels } from "./factors";
import { type Feature, featureGuides } from "./features";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize } from "./map-panel";
import { percent } from "./numbers";
import { imageName } from "./overview";
import type { VegaLiteSpec } from "./spec";
import { energyTitle, intensityTitle, shapeWords, source } from "./words";

/** Options of `plot.nmf`. */
export interface NmfPlotOptions extends FigureOptions {
  /** The image of the same scan: drawn in a first row beside all endmembers in one panel (Roccapriore et al. 2021, Fig. 1). */
  readonly image?: Image;
  /** Energies to mark beside the image; default: the three plasmon features where the axis lies within 0 to 2 eV. */
  readonly features?: readonly Feature[];
  /** Components to draw, default all up to 8. */
  readonly show?: number;
}

/**
 * Abundance maps above their endmember spectra, four in a row, in one abundance scale from 0 to 1.
 *
 * @throws OptionError for another value than the result of `nmf`, ShapeError for an image of another scan
 * @example
 * plot.nmf(await nmf(spectra, { components: 4, seed: 1 }), { image })
 */
export function nmf(result: NmfResult, options: NmfPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.nmf", result, ["nmf"], "give the result of nmf: plot.nmf(await nmf(spectra, { components: 4 }))");
  const { axes, metadata, error } = result;
  const [components] = result.maps.shape;
  const { image, show = Math.min(8, components) } = options;
  checkCount("plot.nmf", "show", show, 1, components);
  const letter = letters(options.letter);
  const columns = Math.min(4, show);
  const top = image === undefined ? [] : imageRow(result, image, show, letter, options.features);
  const panels = factorPanels({
    maps: result.maps,
    spectra: result.endmembers,
    axes,
    mapTitle: (k) => `Abundance ${k + 1}`,
    spectrumTitle: (k) => `Endmember ${k + 1}`,
    colours: "inferno",
    domain: [0, 1],
    legend: "abundance",
    yTitle: intensityTitle(metadata),
    show,
    columns,
    letter,
    width: 128,
  });
  const notes = [source(metadata), shapeWords(axes), method(result), `relative error ${percent(error)}`];
  const which = show < components ? `first ${show} of ${components} components` : `${components} components`;
  return figure(options, `Non-negative matrix factorisation: ${which}`, notes, [top, panels], columns);
}

function method({ options, converged }: NmfResult): string {
  const start = typeof options.init === "string" ? `, start ${options.init}` : "";
  const way = options.loss === "kullback-leibler" ? "multiplicative updates (Kullback-Leibler)" : "HALS";
  return `NMF by ${way}${start}, seed ${options.seed}${converged ? "" : ", not converged"}`;
}

function imageRow(
  result: NmfResult,
  image: Image,
  show: number,
  letter: () => string,
  features?: readonly Feature[],
): Panel[] {
  const { axes, endmembers, metadata } = result;
  checkKind("plot.nmf", image, ["image"], "give the image that belongs to the spectra: plot.nmf(result, { image })");
  checkSameScan("plot.nmf", image.shape, result.maps.shape.slice(1), ["image", "abundance maps"]);
  const { height } = mapSize(axes, 240);
  return [
    mapPanel({
      letter: letter(),
      title: imageName(image),
      data: image.data,
      axes: image.axes,
      colours: "gray",
      width: 240,
    }),
    linePanel({
      letter: letter(),
      title: "Endmembers",
      x: axisValues(axes.energy),
      xTitle: energyTitle(axes.energy),
      yTitle: intensityTitle(metadata),
      curves: Array.from({ length: show }, (_, k) => ({
        name: `endmember ${k + 1}`,
        values: component(endmembers, k),
      })),
      width: 320,
      height: Math.max(160, height),
      guides: featureGuides(axes.energy, features),
    }),
  ];
}
