import { type ErrorStatistics, errorStatistics } from "../analyse/error-statistics";
import type { ErrorAnalysis } from "../analyse/results";
import type { Image } from "../data";
import { checkFinite, checkKind, checkSameScan } from "./check";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import type { Guide } from "./guides";
import { barsPanel } from "./histogram-panel";
import { mapPanel, mapSize } from "./map-panel";
import { extent, label, percent } from "./numbers";
import { imageName } from "./overview";
import type { VegaLiteSpec } from "./spec";
import { capitalised, shapeWords, source } from "./words";

/** Options of `plot.errorMap`. */
export interface ErrorMapOptions extends FigureOptions {
  /** The image of the same scan, drawn beside the error map; its correlation with the error is stated. */
  readonly image?: Image;
}

const WIDTH = 225;

/**
 * Where in the scan a model's predictions are wrong: the error map beside the distribution of the errors, with their
 * mean and, where the noise is known, the error that noise alone would leave. Pixels without a sample are grey.
 *
 * @throws OptionError for another value than the result of `errors`, ShapeError for an image of another scan
 * @example
 * plot.errorMap(await errors(model, pairs), { image })
 */
export function errorMap(errors: ErrorAnalysis, options: ErrorMapOptions = {}): VegaLiteSpec {
  checkKind("plot.errorMap", errors, ["errors"], "plot.errorMap(await errors(model, pairs))");
  checkFinite("plot.errorMap", "an error map", errors.map.data);
  const { image } = options;
  const { map, samples = "windows" } = errors;
  if (image !== undefined) {
    checkKind("plot.errorMap", image, ["image"], "plot.errorMap(result, { image })");
    checkSameScan("plot.errorMap", image.shape, map.shape, ["image", "error map"]);
  }
  const statistics = errorStatistics(errors, { image, bins: 40 });
  const letter = letters(options.letter);
  const { height } = mapSize(map.axes, WIDTH);
  const panels: Panel[] = [];
  if (image !== undefined) {
    const title = imageName(image);
    panels.push(mapPanel({ letter: letter(), title, data: image.data, axes: map.axes, colours: "gray", width: WIDTH }));
  }
  panels.push(
    errorPanel(map, samples === "spectra" ? "Error of each spectrum" : "Error of each window", letter(), WIDTH),
    histogramPanel(errors, statistics, letter(), Math.max(150, height)),
  );
  const { correlation } = statistics;
  const notes = [
    source(map.metadata),
    `${errors.perSample.length} ${samples}`,
    shapeWords(map.axes),
    `mean error ${percent(errors.mean)}, 95 % of the ${samples} below ${percent(statistics.percentile95)}`,
    correlation === undefined || image === undefined
      ? undefined
      : `correlation with ${imageName(image)} ${label(correlation)}`,
  ];
  return figure(options, "Prediction error", notes, [panels]);
}

/** An error map in percent, from 0. */
export function errorPanel(map: Image, title: string, letter: string, width: number): Panel {
  return mapPanel({
    letter,
    title,
    data: map.data.map((e) => 100 * e),
    axes: map.axes,
    colours: "inferno",
    domain: [0, 100 * (extent(map.data) ?? [0, 1])[1]],
    width,
    legend: "error (%)",
  });
}

function histogramPanel(errors: ErrorAnalysis, statistics: ErrorStatistics, letter: string, height: number): Panel {
  const guides: Guide[] = [{ x: 100 * errors.mean, text: `mean ${percent(errors.mean)}` }];
  if (errors.noiseFloor !== undefined) {
    guides.push({ x: 100 * errors.noiseFloor, text: `noise alone ${percent(errors.noiseFloor)}`, line: 1 });
  }
  return barsPanel({
    letter,
    title: "Distribution",
    counts: statistics.histogram.counts,
    range: [0, 100 * statistics.largest || 1],
    xTitle: "Error (%)",
    yTitle: capitalised(errors.samples ?? "windows"),
    unit: "%",
    width: 250,
    height,
    guides,
  });
}
