import type { ResidualMap } from "../decompose/residual-map";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, letters } from "./figure";
import { barsPanel } from "./histogram-panel";
import { mapPanel, mapSize } from "./map-panel";
import { extent, label, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { counted, shapeWords, source } from "./words";

const WIDTH = 150;
const BINS = 40;

/**
 * What a decomposition leaves of each spectrum, the same as a multiple of the noise, and how often each multiple occurs: a
 * complete model leaves 1 everywhere.
 *
 * @throws OptionError for another value than the result of `residualMap`
 * @example
 * plot.residualMap(await residualMap(await nmf(spectra, { components: 4 }), spectra))
 */
export function residualMap(result: ResidualMap, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.residualMap", result, ["residual-map"], "plot.residualMap(await residualMap(parts, spectra))");
  const { error, ratio, overall, method, components, reference } = result;
  checkFinite("plot.residualMap", "a residual", error.data);
  const letter = letters(options.letter);
  const known = extent(ratio.data) !== undefined;
  const shown = known ? ratio : result.relative;
  const values = Array.from(shown.data).filter(Number.isFinite);
  const high = Number((1.02 * (values.reduce((a, b) => Math.max(a, b), 0) || 1)).toPrecision(3));
  const counts = new Float64Array(BINS);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((BINS * value) / high))]++;
  const panels = [
    mapPanel({
      letter: letter(),
      title: "Residual (r.m.s.)",
      data: error.data,
      axes: error.axes,
      colours: "inferno",
      domain: [0, extent(error.data)?.[1] ?? 1],
      width: WIDTH,
      legend: "residual",
    }),
    mapPanel({
      letter: letter(),
      title: known ? "Residual over noise" : "Relative residual",
      data: shown.data,
      axes: error.axes,
      colours: "viridis",
      domain: [0, high],
      width: WIDTH,
      legend: known ? "times noise" : "relative",
    }),
    barsPanel({
      letter: letter(),
      title: "Distribution",
      counts,
      range: [0, high],
      xTitle: known ? "Residual / noise" : "Relative residual",
      yTitle: "Pixels",
      width: 170,
      height: Math.max(150, mapSize(error.axes, WIDTH).height),
      guides: known ? [{ x: 1, text: "noise alone" }] : [],
    }),
  ];
  const noise = {
    differences: "noise from the spectra's second differences",
    poisson: "noise of counts",
  }[reference as string];
  const notes = [
    source(error.metadata),
    shapeWords(error.axes),
    `${method.toUpperCase()} with ${counted(components, "component")}`,
    `relative error ${percent(overall.relative)}`,
    known ? `residual ${label(overall.ratio)} times the noise` : undefined,
    noise ?? `noise ${reference}, as given`,
  ];
  return figure(options, "What the decomposition leaves", notes, [panels]);
}
