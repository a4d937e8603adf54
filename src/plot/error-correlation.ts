import type { ErrorCorrelation, ErrorCorrelationRow, Estimate } from "../analyse/error-correlation";
import { checkFinite, checkKind } from "./check";
import type { Curve } from "./curve-data";
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
    xDomain: [0, 1.06 * Math.max(...latents)] as const,
    width: WIDTH,
    height: HEIGHT,
    symbols: true,
  };
  const noise = (of: (row: NonNullable<typeof floor>) => number): Curve[] =>
    floor === undefined
      ? []
      : [{ name: floor.name, values: latents.map(() => of(floor)), colour: MUTED, dashed: true }];
  const one = (
    title: string,
    yTitle: string,
    of: (row: Omit<ErrorCorrelationRow, "latent">) => number,
    colour: string,
  ): Panel => {
    const curves = [{ name: floor === undefined ? title : "models", values: rows.map(of), colour }, ...noise(of)];
    const highest = Math.max(...rows.map(of), ...(floor === undefined ? [] : [of(floor)]));
    const room = floor === undefined ? {} : { domain: [0, 1.35 * highest] as const };
    return linePanel({ ...shared, letter: letter(), title, yTitle, curves, ...room });
  };
  const coefficients = [...rows, ...(floor === undefined ? [] : [floor])].flatMap((row) => [row.pearson, row.spearman]);
  const panels = [
    withIntervals({
      ...shared,
      letter: letter(),
      title: `Correlation with ${image}`,
      yTitle: "Coefficient",
      curves: [
        { name: "Pearson", values: rows.map(({ pearson }) => pearson.value), colour: accent(0) },
        { name: "Spearman", values: rows.map(({ spearman }) => spearman.value), colour: accent(1) },
        ...noise(({ pearson }) => pearson.value),
      ],
      intervals: [rows.map(({ pearson }) => pearson), rows.map(({ spearman }) => spearman)],
      domain: coefficientRange(coefficients),
    }),
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

function withIntervals(options: LinePanelOptions & { readonly intervals: readonly (readonly Estimate[])[] }): Panel {
  const { intervals, ...rest } = options;
  const panel = linePanel(rest);
  // Two intervals at one latent size stand side by side.
  const step = (0.012 * (options.xDomain?.[1] ?? 1)) / 2;
  const round = (value: number) => Number(value.toPrecision(5));
  const bars = intervals.map((list, s) => ({
    data: {
      values: list.flatMap(({ low, high }, i) =>
        Number.isFinite(low) ? [{ x: round(options.x[i] + (2 * s - 1) * step), y: round(low), y2: round(high) }] : [],
      ),
    },
    mark: { type: "rule", color: options.curves[s].colour, strokeWidth: 1.4, opacity: 0.7, tooltip: null },
    encoding: { x: xChannel(rest), y: yChannel(rest), y2: { field: "y2" } },
  }));
  return { ...panel, layer: [...bars, ...(panel.layer as readonly unknown[])] };
}
