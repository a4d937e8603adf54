import type { ErrorCorrelation, ErrorCorrelationRow, Estimate } from "../analyse/error-correlation";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { type LinePanelOptions, linePanel } from "./line-panel";
import { xChannel, yChannel } from "./line-scales";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";

const WIDTH = 190;
const HEIGHT = 190;

/**
 * Correlation of the error maps with an image against the number of latents, with the 95 % intervals of the bootstrap,
 * the mean squared difference of the two, and the mean error; dashed, what the noise alone would give, where it is known.
 *
 * @throws OptionError for another value than the result of `errorCorrelation`
 * @example
 * plot.errorCorrelation(await errorCorrelation([{ model, samples: pairs }], image))
 */
export function errorCorrelation(result: ErrorCorrelation, options: FigureOptions = {}): VegaLiteSpec {
  const remedy = "plot.errorCorrelation(await errorCorrelation([{ model, samples: pairs }], image))";
  checkKind("plot.errorCorrelation", result, ["error-correlation"], remedy);
  const { rows, floor, image, pixels } = result;
  const values = rows.flatMap((row) => [row.pearson.value, row.spearman.value]);
  checkFinite("plot.errorCorrelation", "a set of correlations", values);
  const letter = letters(options.letter);
  const latents = rows.map(({ latent }) => latent);
  const shared = {
    x: latents,
    xTitle: "Latents",
    counts: true,
    xDomain: [0, 1.06 * Math.max(...latents)] as const,
    width: WIDTH,
    height: HEIGHT,
    symbols: true,
  };
  const one = (
    title: string,
    yTitle: string,
    of: (row: Omit<ErrorCorrelationRow, "latent">) => number,
    colour: string,
  ): Panel => {
    const highest = Math.max(...rows.map(of), floor === undefined ? 0 : of(floor));
    const room = floor === undefined ? {} : { domain: [0, 1.12 * highest] as const };
    const curves = [{ name: title, values: rows.map(of), colour }];
    return panelOf({ ...shared, letter: letter(), title, yTitle, curves, ...room }, floor && of(floor));
  };
  const coefficients = [...rows, ...(floor === undefined ? [] : [floor])].flatMap((row) => [row.pearson, row.spearman]);
  const panels = [
    panelOf(
      {
        ...shared,
        letter: letter(),
        title: `Correlation with ${image}`,
        yTitle: "Coefficient",
        curves: [
          { name: "Pearson", values: rows.map(({ pearson }) => pearson.value), colour: accent(0) },
          { name: "Spearman", values: rows.map(({ spearman }) => spearman.value), colour: accent(1) },
        ],
        domain: coefficientRange(coefficients),
      },
      floor?.pearson.value,
      [rows.map(({ pearson }) => pearson), rows.map(({ spearman }) => spearman)],
    ),
    one("Difference from the image", "MSE (both scaled 0-1)", ({ mse }) => mse, accent(2)),
    one("Error of the samples", "Mean error (%)", ({ meanError }) => 100 * meanError, accent(3)),
  ];
  const { bootstrap, block, seed } = result.options;
  const notes = [
    `${pixels} pixels`,
    `95 % intervals of ${bootstrap} resamplings of blocks of ${block} x ${block} pixels, seed ${seed}`,
  ];
  return figure(options, "Error maps and structure", notes, [panels]);
}

/** Room above for the names of the curves, and zero always in sight. */
function coefficientRange(estimates: readonly Estimate[]): readonly [number, number] {
  const ends = estimates.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  return [low < 0 ? low - 0.06 : 0, high + 0.45 * Math.max(0.1, high - low)];
}

/** Curves with their intervals, and a dashed line at what the noise alone gives. */
function panelOf(options: LinePanelOptions, floor?: number, intervals: readonly (readonly Estimate[])[] = []): Panel {
  const panel = linePanel(options);
  const round = (value: number) => Number(value.toPrecision(5));
  // Two intervals at one latent size stand side by side.
  const step = (0.012 * (options.xDomain?.[1] ?? 1)) / 2;
  const bars = intervals.map((list, s) => ({
    data: {
      values: list.flatMap(({ low, high }, i) =>
        Number.isFinite(low) ? [{ x: round(options.x[i] + (2 * s - 1) * step), y: round(low), y2: round(high) }] : [],
      ),
    },
    mark: { type: "rule", color: options.curves[s].colour, strokeWidth: 1.4, opacity: 0.7, tooltip: null },
    encoding: { x: xChannel(options), y: yChannel(options), y2: { field: "y2" } },
  }));
  const noise = floor === undefined ? [] : floorLayers(round(floor), options);
  return { ...panel, layer: [...bars, ...noise, ...(panel.layer as readonly unknown[])] };
}

function floorLayers(y: number, options: LinePanelOptions): Record<string, unknown>[] {
  const shared = { data: { values: [{ y }] }, encoding: { y: yChannel(options) } };
  const name = { type: "text", text: "noise alone", x: options.width - 2, align: "right", dy: -7, fontSize: 10.5 };
  return [
    { ...shared, mark: { type: "rule", strokeDash: [4, 3], color: MUTED, tooltip: null } },
    { ...shared, mark: { ...name, color: MUTED, tooltip: null } },
  ];
}
