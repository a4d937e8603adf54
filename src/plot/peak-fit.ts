import { axisValues, type Image } from "../data";
import type { FittedPeak, PeakFit } from "../signal";
import { checkCount, checkFinite, checkKind } from "./check";
import type { ColourMapName } from "./colour-maps";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize } from "./map-panel";
import { finiteMean, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, INK, MUTED } from "./theme";
import { energyTitle, intensityTitle, shapeWords, source } from "./words";

/** Options of `plot.peakFit`. */
export interface PeakFitPlotOptions extends FigureOptions {
  /** Peaks whose maps are drawn, the first ones. Default up to 4. */
  readonly show?: number;
}

const WIDTH = 165;

/**
 * The mean spectrum with the mean of the fits, and maps of each peak's centre, width and area. Pixels without a fit are
 * grey. Colours end at the 2nd and 98th percentile, so that single failures do not take all of them.
 *
 * @throws OptionError for another value than the result of `fitPeaks`, DataError where no fit succeeded
 * @example
 * plot.peakFit(await fitPeaks(spectra, { peaks: [{ centre: 0.7, width: 0.1 }] }))
 */
export function peakFit(fit: PeakFit, options: PeakFitPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.peakFit", fit, ["peak-fit"], "plot.peakFit(await fitPeaks(spectra, { peaks: [{ centre, width }] }))");
  checkFinite("plot.peakFit", "a peak fit", fit.residual.data);
  const { show = Math.min(4, fit.peaks.length) } = options;
  checkCount("plot.peakFit", "show", show, 1, fit.peaks.length);
  const letter = letters(options.letter);
  const { height } = mapSize(fit.axes, WIDTH);
  const top = [
    meanPanel(fit, letter(), Math.max(170, height)),
    valuePanel(fit.residual, "Root mean square residual", letter(), "inferno"),
  ];
  const rows = fit.peaks.slice(0, show).map((peak) => peakPanels(peak, letter));
  const failed = fit.failures === 0 ? "all fits ended" : `${fit.failures} did not end`;
  const notes = [
    source(fit.metadata),
    shapeWords(fit.axes),
    `${fit.pixels} pixels fitted, ${failed}`,
    ...fit.peaks
      .slice(0, show)
      .map(
        ({ name, shape, centre }) =>
          `${name}: ${shape}, mean centre ${label(finiteMean(centre.data))} ${fit.axes.energy.units}`,
      ),
  ];
  return figure(options, "Fitted peaks", notes, [top, ...rows], 3);
}

function meanPanel({ axes, mean, peaks, background, metadata }: PeakFit, letter: string, height: number): Panel {
  const hasGround = background.length > 0;
  const under = mean.peaks.map((values) => values.map((v, c) => v + mean.background[c]));
  return linePanel({
    letter,
    title: "Mean of the fitted pixels",
    x: axisValues(axes.energy),
    xTitle: energyTitle(axes.energy),
    yTitle: intensityTitle(metadata),
    curves: [
      { name: "data", values: mean.data, colour: MUTED },
      ...under.map((values, i) => ({
        name: `${peaks[i].name}${hasGround ? " + background" : ""}`,
        values,
        colour: accent(i),
      })),
      { name: "fit", values: mean.fitted, colour: INK, dashed: true },
    ],
    width: 2 * WIDTH + 50,
    height,
  });
}

function peakPanels({ name, centre, width, area }: FittedPeak, letter: () => string): Panel[] {
  return [
    valuePanel(centre, `${name}: centre`, letter(), "viridis"),
    valuePanel(width, `${name}: width`, letter(), "cividis"),
    valuePanel(area, `${name}: area`, letter(), "inferno"),
  ];
}

function valuePanel(map: Image, title: string, letter: string, colours: ColourMapName): Panel {
  return mapPanel({
    letter,
    title,
    data: map.data,
    axes: map.axes,
    colours,
    domain: middle(map.data),
    width: WIDTH,
    legend: intensityTitle(map.metadata),
  });
}

/** The 2nd and the 98th percentile of the finite values. */
function middle(data: Float32Array): readonly [number, number] {
  const sorted = data.filter(Number.isFinite).sort();
  if (sorted.length === 0) return [0, 1];
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  return [at(0.02), at(0.98)];
}
