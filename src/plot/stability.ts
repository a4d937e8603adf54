import type { StabilityResult } from "../decompose/stability";
import { checkKind } from "./check";
import { countPanel } from "./count-panel";
import { type FigureOptions, figure, letters } from "./figure";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { shapeWords, source } from "./words";

/**
 * How alike the endmembers of random starts are for each number of components (bars: standard deviation over the pairs of
 * runs), beside the error that is left.
 *
 * @throws OptionError for another value than the result of `stability`
 * @example
 * plot.stability(await stability(spectra, { components: [2, 3, 4, 5, 6] }))
 */
export function stability(result: StabilityResult, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.stability", result, ["stability"], "plot.stability(await stability(spectra))");
  const { suggested, options: used } = result;
  const letter = letters(options.letter);
  const order = result.components.map((_, i) => i).sort((a, b) => result.components[a] - result.components[b]);
  const x = order.map((i) => result.components[i]);
  const guides = suggested === undefined ? [] : [{ x: suggested, text: `k = ${suggested}` }];
  const shared = { x, xTitle: "Number of components", width: 300, height: 220, guides };
  const scores = order.map((i) => result.scores[i]);
  const spread = order.map((i) => result.deviations[i]);
  const panels = [
    countPanel({
      ...shared,
      letter: letter(),
      title: "Stability",
      y: scores,
      spread,
      yTitle: used.similarity === "cosine" ? "Matched cosine" : "Matched correlation",
      domain: [Math.min(0.5, ...scores.map((score, i) => score - spread[i] - 0.05)), 1.06],
      level: { y: used.threshold, text: "threshold" },
    }),
    countPanel({
      ...shared,
      letter: letter(),
      title: "Error of the best run",
      y: order.map((i) => 100 * result.errors[i]),
      yTitle: "Relative error (%)",
      colour: accent(2),
    }),
  ];
  const loss = used.loss === "kullback-leibler" ? "NMF with Kullback-Leibler" : "NMF";
  const notes = [
    source(result.metadata),
    shapeWords(result.axes),
    `${loss}, ${used.restarts} random starts each, seed ${used.seed}`,
    suggested === undefined ? "no number of components is stable" : undefined,
  ];
  return figure(options, "Stability of the endmembers", notes, [panels]);
}
