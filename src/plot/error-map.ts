import { type ErrorStatistics, errorStatistics } from "../analyse/error-statistics";
import type { ErrorAnalysis } from "../analyse/results";
import type { Image } from "../data";
import { checkFinite, checkKind, checkSameScan } from "./check";
import { type FigureOptions, figure, letters, type Panel, panelTitle } from "./figure";
import { type Guide, guideLayers } from "./guides";
import { numberAxis } from "./line-scales";
import { mapPanel, mapSize } from "./map-panel";
import { extent, label, niceTicks, percent } from "./numbers";
import { imageName } from "./overview";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { shapeWords, source } from "./words";

/** Options of `plot.errorMap`. */
export interface ErrorMapOptions extends FigureOptions {
  /** The image of the same scan, drawn beside the error map; its correlation with the error is stated. */
  readonly image?: Image;
}

const WIDTH = 225;

/**
 * Where in the scan a model's predictions are wrong: the error map beside the distribution of the errors, with their
 * mean and, where the noise is known, the error that noise alone would leave. Pixels without a window are grey.
 *
 * @throws OptionError for another value than the result of `errors`, ShapeError for an image of another scan
 * @example
 * plot.errorMap(await errors(model, pairs), { image })
 */
export function errorMap(errors: ErrorAnalysis, options: ErrorMapOptions = {}): VegaLiteSpec {
  checkKind("plot.errorMap", errors, ["errors"], "plot.errorMap(await errors(model, pairs))");
  checkFinite("plot.errorMap", "an error map", errors.map.data);
  const { image } = options;
  const { map } = errors;
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
    mapPanel({
      letter: letter(),
      title: "Error of each window",
      data: map.data.map((e) => 100 * e),
      axes: map.axes,
      colours: "inferno",
      domain: [0, 100 * (extent(map.data) ?? [0, 1])[1]],
      width: WIDTH,
      legend: "error (%)",
    }),
    histogramPanel(errors, statistics, letter(), Math.max(150, height)),
  );
  const { correlation } = statistics;
  const notes = [
    source(map.metadata),
    `${errors.perSample.length} windows`,
    shapeWords(map.axes),
    `mean error ${percent(errors.mean)}, 95 % of the windows below ${percent(statistics.percentile95)}`,
    correlation === undefined || image === undefined
      ? undefined
      : `correlation with ${imageName(image)} ${label(correlation)}`,
  ];
  return figure(options, "Prediction error", notes, [panels]);
}

function histogramPanel(errors: ErrorAnalysis, statistics: ErrorStatistics, letter: string, height: number): Panel {
  const width = 250;
  const { counts } = statistics.histogram;
  const largest = 100 * statistics.largest || 1;
  const bin = Number((largest / counts.length).toPrecision(7));
  const x = {
    field: "a",
    type: "quantitative",
    scale: { domain: [0, largest], nice: false, zero: false },
    axis: numberAxis("Error (%)", niceTicks(0, largest, 5)),
  };
  const most = 1.3 * Math.max(...counts, 1); // room for the names of the lines
  const y = {
    field: "n",
    type: "quantitative",
    scale: { domain: [0, most], nice: false },
    axis: numberAxis(
      "Windows",
      niceTicks(0, most, 4).filter((tick) => tick <= 0.93 * most),
    ),
  };
  const guides: Guide[] = [{ x: 100 * errors.mean, text: `mean ${percent(errors.mean)}` }];
  if (errors.noiseFloor !== undefined) {
    guides.push({ x: 100 * errors.noiseFloor, text: `noise alone ${percent(errors.noiseFloor)}`, line: 1 });
  }
  const tooltip = [
    { field: "a", type: "quantitative", title: "from (%)", format: ".3~g" },
    { field: "b", type: "quantitative", title: "to (%)", format: ".3~g" },
    { field: "n", type: "quantitative", title: "windows" },
  ];
  return {
    width,
    height,
    ...panelTitle(letter, "Distribution"),
    layer: [
      {
        data: { values: [{ n: Array.from(counts) }] },
        transform: [
          { calculate: `sequence(${counts.length})`, as: "i" },
          { flatten: ["n", "i"] },
          { calculate: `datum.i * ${bin}`, as: "a" },
          { calculate: `(datum.i + 1) * ${bin}`, as: "b" },
        ],
        mark: { type: "rect", color: accent(0), opacity: 0.75 },
        encoding: { x, x2: { field: "b" }, y, y2: { datum: 0 }, tooltip },
      },
      ...guideLayers(guides, x, width),
    ],
  };
}
