import type { LatentSpread } from "../analyse/results";
import { checkCount, checkKind } from "./check";
import { type FigureOptions, figure, letters, type Panel, panelTitle } from "./figure";
import { numberAxis } from "./line-scales";
import { mapPanel } from "./map-panel";
import { extent, label, niceTicks } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { shapeWords, source } from "./words";

/** Options of `plot.latentSpread`. */
export interface LatentSpreadPlotOptions extends FigureOptions {
  /** What the maps show: the standard deviation of each latent, the default, or its KL divergence from the prior. */
  readonly of?: "deviation" | "divergence";
  /** Latents to draw, default all up to 11. */
  readonly show?: number;
}

/**
 * How sure the model is of each latent, a map each in one scale, beside the mean KL divergence of each latent: a latent
 * near 0 nats says nothing (its spread is that of the prior, 1). Pixels without a window are grey.
 *
 * @throws OptionError for another value than the result of `latentSpread`
 * @example
 * plot.latentSpread(latentSpread(await posterior(model, windows), windows))
 */
export function latentSpread(spread: LatentSpread, options: LatentSpreadPlotOptions = {}): VegaLiteSpec {
  const remedy = "plot.latentSpread(latentSpread(await posterior(model, windows), windows))";
  checkKind("plot.latentSpread", spread, ["latent-spread"], remedy);
  const size = spread.kl.length;
  const { of = "deviation", show = Math.min(size, 11) } = options;
  checkCount("plot.latentSpread", "show", show, 1, size);
  const letter = letters(options.letter);
  const maps = (of === "deviation" ? spread.deviations : spread.divergences).slice(0, show);
  const largest = Math.max(...maps.map(({ data }) => extent(data)?.[1] ?? 0)) || 1;
  const columns = Math.min(show + 1, 4);
  const width = columns > 3 ? 150 : 200;
  const panels = maps.map((map, j) =>
    mapPanel({
      letter: letter(),
      title: `z${j + 1}  (${of === "deviation" ? label(spread.deviation[j]) : `${label(spread.kl[j])} nats`})`,
      data: map.data,
      axes: map.axes,
      colours: of === "deviation" ? "viridis" : "inferno",
      domain: [0, of === "deviation" ? Math.max(1, largest) : largest],
      width,
      legend:
        j % columns === columns - 1 || j === show - 1 ? (of === "deviation" ? "s.d. of z" : "KL (nats)") : undefined,
    }),
  );
  const { height } = panels[0];
  const bars = divergencePanel(spread, show, letter(), panels[0].width, Math.max(110, height));
  const [first] = spread.deviations;
  const notes = [
    source(first.metadata),
    `${spread.samples} samples, ${shapeWords(first.axes)}`,
    `KL divergence from the prior ${label(spread.kl.reduce((a, b) => a + b, 0))} nats in all`,
    "s.d. 1 and 0 nats: a latent that is not used",
  ];
  return figure(options, "Spread of the latents", notes, [[...panels, bars]], columns);
}

/** One bar a latent: its mean KL divergence. */
function divergencePanel(spread: LatentSpread, show: number, letter: string, width: number, height: number): Panel {
  const kl = Array.from(spread.kl.slice(0, show), (v) => Number(v.toPrecision(4)));
  const most = 1.08 * Math.max(...kl, 0.1);
  return {
    width,
    height,
    ...panelTitle(letter, "KL of each latent"),
    data: { values: kl.map((v, j) => ({ z: `z${j + 1}`, kl: v, signal: Number(spread.signal[j].toPrecision(4)) })) },
    mark: { type: "bar", color: accent(0), opacity: 0.75 },
    encoding: {
      x: {
        field: "z",
        type: "nominal",
        sort: null,
        scale: { paddingInner: 0.3, paddingOuter: 0.2 },
        axis: { title: null, labelAngle: 0 },
      },
      y: {
        field: "kl",
        type: "quantitative",
        scale: { domain: [0, most], nice: false },
        axis: numberAxis("Mean KL (nats)", niceTicks(0, most, Math.max(2, height / 42))),
      },
      tooltip: [
        { field: "z", title: "latent" },
        { field: "kl", type: "quantitative", title: "mean KL (nats)", format: ".3~g" },
        { field: "signal", type: "quantitative", title: "s.d. of its mean", format: ".3~g" },
      ],
    },
  };
}
