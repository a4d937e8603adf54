import type { Comparison, ComparisonRow } from "../analyse/comparison";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, type Panel } from "./figure";
import { type Guide, guideLayers } from "./guides";
import { numberAxis } from "./line-scales";
import { niceTicks, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, GUIDE, INK, MUTED } from "./theme";

/** Options of `plot.comparison`. */
export interface ComparisonPlotOptions extends FigureOptions {
  /** Which error: over the whole test set (default), or the mean of the samples' own. */
  readonly error?: "overall" | "mean";
}

const WIDTH = 420;
/** Height of one predictor's line. */
const STEP = 26;

/**
 * Errors of models and baselines on one test set, the smallest on top, with the error that noise alone would leave;
 * the subtitle says which split it was and where a baseline wins.
 *
 * @throws OptionError for another value than the result of `compare`
 * @example
 * plot.comparison(await compare(model, { train, test }))
 */
export function comparison(result: Comparison, options: ComparisonPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.comparison", result, ["comparison"], "plot.comparison(await compare(model, { train, test }))");
  const { error = "overall" } = options;
  const rows = [...result.rows].sort((a, b) => a[error] - b[error]);
  checkFinite(
    "plot.comparison",
    "a comparison",
    rows.map((row) => row[error]),
  );
  const { trainSamples, testSamples, text } = result.split;
  const notes = [`${text}, ${trainSamples} training and ${testSamples} test samples`, ...result.notices];
  const title = `Prediction of ${result.outputs}, networks beside baselines`;
  return figure(options, title, notes, [[panel(rows, error, result.noiseFloor)]]);
}

function panel(rows: readonly ComparisonRow[], error: "overall" | "mean", noiseFloor: number | undefined): Panel {
  const height = STEP * rows.length + (noiseFloor === undefined ? 0 : 16);
  const high = 1.16 * 100 * Math.max(...rows.map((row) => row[error]), noiseFloor ?? 0) || 1; // room for the numbers
  const x = {
    field: "e",
    type: "quantitative",
    scale: { domain: [0, Number(high.toPrecision(5))], nice: false, zero: true },
    axis: numberAxis(error === "overall" ? "Error (%)" : "Mean error of the samples (%)", niceTicks(0, high, 6)),
  };
  const names = rows.map(({ name }) => name);
  const y = {
    field: "name",
    type: "nominal",
    sort: names,
    // The name of the noise line stands above the first predictor.
    scale: { domain: names, range: [noiseFloor === undefined ? 0 : 16, height] },
    axis: { title: null, ticks: false, domain: false, labelLimit: 300, labelFontSize: 12, labelColor: INK },
  };
  const types = { domain: ["network", "baseline"], range: [accent(3), accent(0)] };
  const color = { field: "type", type: "nominal", scale: types, legend: { title: null, symbolType: "circle" } };
  const tooltip = [
    { field: "name", title: "predictor" },
    { field: "e", type: "quantitative", title: "error (%)", format: ".3~g" },
    { field: "mse", type: "quantitative", title: "MSE (scaled)", format: ".3~g" },
    { field: "parameters", title: "parameters" },
    { field: "seconds", title: "seconds" },
    { field: "settings", title: "settings" },
  ];
  const guides: Guide[] =
    noiseFloor === undefined ? [] : [{ x: 100 * noiseFloor, text: `noise alone ${percent(noiseFloor)}` }];
  return {
    width: WIDTH,
    height,
    layer: [
      ...guideLayers(guides, x, WIDTH),
      {
        data: { values: rows.map((row) => dataRow(row, error)) },
        encoding: { y, x },
        layer: [
          {
            mark: { type: "rule", color: GUIDE, strokeWidth: 1.2, tooltip: null },
            encoding: { x2: { datum: 0 } },
          },
          { mark: { type: "point", filled: true, size: 90, opacity: 1 }, encoding: { color, tooltip } },
          {
            mark: { type: "text", align: "left", dx: 9, fontSize: 11, color: MUTED, tooltip: null },
            encoding: { text: { field: "label" } },
          },
        ],
      },
    ],
  };
}

function dataRow(
  { name, type, mse, parameters, seconds, settings, ...errors }: ComparisonRow,
  error: "overall" | "mean",
) {
  const given = Object.entries(settings).map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
  return {
    name,
    type: type === "model" ? "network" : "baseline",
    e: Number((100 * errors[error]).toPrecision(5)),
    label: percent(errors[error]),
    mse: Number(mse.toPrecision(4)),
    parameters: parameters ?? "none",
    seconds: seconds === undefined ? "unknown" : Number(seconds.toPrecision(3)),
    settings: given.join(", ") || "none",
  };
}
