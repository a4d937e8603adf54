import type { PcaResult } from "../decompose/results";
import { checkCount, checkKind } from "./check";
import { component, factorPanels } from "./factors";
import { type FigureOptions, figure, letters } from "./figure";
import { finiteDeviation, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { shapeWords, source } from "./words";

/** Options of `plot.pca`. */
export interface PcaPlotOptions extends FigureOptions {
  /** Components to draw, default all up to 4. */
  readonly show?: number;
}

const REMEDY = "give the result of pca: plot.pca(await pca(spectra, { components: 10 }))";

/** Scores are drawn between plus and minus this many standard deviations. */
const SCORE_RANGE = 2.5;

/**
 * Score maps above their component spectra. Scores are drawn in standard deviations of each map, blue below zero and
 * red above, so that one colour bar serves all.
 *
 * @throws OptionError for another value than the result of `pca`
 */
export function pca(result: PcaResult, options: PcaPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.pca", result, ["pca"], REMEDY);
  const { axes, metadata, explainedVarianceRatio: ratio } = result;
  const [components] = result.maps.shape;
  const { show = Math.min(4, components) } = options;
  checkCount("plot.pca", "show", show, 1, components);
  const columns = Math.min(4, show);
  const panels = factorPanels({
    maps: standardised(result),
    spectra: result.components,
    axes,
    mapTitle: (k) => `Score ${k + 1} (${percent(ratio[k])})`,
    spectrumTitle: (k) => `Component ${k + 1}`,
    colours: "diverging",
    domain: [-SCORE_RANGE, SCORE_RANGE],
    legend: "score (s.d.)",
    yTitle: "Loading",
    show,
    columns,
    letter: letters(options.letter),
    width: 128,
  });
  const sum = ratio.slice(0, show).reduce((a, b) => a + b, 0);
  const notes = [source(metadata), shapeWords(axes), `mean removed, ${percent(sum)} of the variance in these ${show}`];
  return figure(options, `Principal components: first ${show} of ${components}`, notes, [panels], columns);
}

function standardised({ maps }: PcaResult): PcaResult["maps"] {
  const data = new Float32Array(maps.data.length);
  const size = data.length / maps.shape[0];
  for (let k = 0; k < maps.shape[0]; k++) {
    const values = component(maps, k);
    const deviation = finiteDeviation(values) || 1;
    data.set(
      values.map((v) => v / deviation),
      k * size,
    );
  }
  return { data, shape: maps.shape };
}
