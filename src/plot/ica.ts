import type { IcaResult } from "../decompose/results";
import { checkCount, checkKind } from "./check";
import { factorPanels } from "./factors";
import { type FigureOptions, figure, letters } from "./figure";
import { percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { intensityTitle, shapeWords, source } from "./words";

/** Options of `plot.ica`. */
export interface IcaPlotOptions extends FigureOptions {
  /** Components to draw, default all up to 8. */
  readonly show?: number;
}

/** Maps are drawn between plus and minus this many standard deviations. */
const MAP_RANGE = 3;

/**
 * Maps of independent components above their spectra, four in a row; blue below the mean, red above.
 *
 * @throws OptionError for another value than the result of `ica`
 * @example
 * plot.ica(await ica(spectra, { components: 4, seed: 1 }))
 */
export function ica(result: IcaResult, options: IcaPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.ica", result, ["ica"], "give the result of ica: plot.ica(await ica(spectra, { components: 4 }))");
  const { axes, metadata, explainedVarianceRatio, converged, options: used } = result;
  const [components] = result.maps.shape;
  const { show = Math.min(8, components) } = options;
  checkCount("plot.ica", "show", show, 1, components);
  const columns = Math.min(4, show);
  const panels = factorPanels({
    maps: result.maps,
    spectra: result.components,
    axes,
    mapTitle: (k) => `Independent map ${k + 1}`,
    spectrumTitle: (k) => `Spectrum ${k + 1}`,
    colours: "diverging",
    domain: [-MAP_RANGE, MAP_RANGE],
    legend: "map (s.d.)",
    yTitle: intensityTitle(metadata),
    show,
    columns,
    letter: letters(options.letter),
    width: 128,
  });
  const which = show < components ? `first ${show} of ${components}` : `${components}`;
  const notes = [
    source(metadata),
    shapeWords(axes),
    `FastICA (${used.contrast}), independent ${used.independent}, seed ${used.seed}${converged ? "" : ", not converged"}`,
    `${percent(explainedVarianceRatio)} of the variance`,
  ];
  return figure(options, `Independent components: ${which}`, notes, [panels], columns);
}
