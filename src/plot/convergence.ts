import type { NmfResult } from "../decompose/results";
import { checkKind } from "./check";
import { countPanel } from "./count-panel";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { shapeWords, source } from "./words";

/**
 * How the objective and the error of an NMF fell over its iterations, and where the random starts ended if there were
 * several.
 *
 * @throws OptionError for another value than the result of `nmf`
 * @example
 * plot.convergence(await nmf(spectra, { components: 4, restarts: 10 }))
 */
export function convergence(result: NmfResult, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.convergence", result, ["nmf"], "plot.convergence(await nmf(spectra, { components: 4 }))");
  const { objective, trace, restarts = [], converged, error, options: used } = result;
  const letter = letters(options.letter);
  const { iterations, values } = objective;
  const last = iterations[iterations.length - 1];
  const width = restarts.length > 1 ? 240 : 300;
  const shared = {
    x: iterations,
    xTitle: "Iteration",
    counts: true,
    width,
    height: 200,
    symbols: iterations.length === 1,
  };
  const magnitude = Math.floor(Math.log10(Math.max(...values) || 1));
  const power = magnitude < -2 || magnitude > 4 ? magnitude : 0; // long numbers at the ticks say nothing more
  const scaled = values.map((value) => value / 10 ** power);
  const range = (all: readonly number[]): { logarithmic: boolean; domain: readonly [number, number] } => {
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const pad = 0.06 * (high - low) || 0.05 * Math.abs(high) || 1;
    if (low > 0 && high / low > 8) return { logarithmic: true, domain: [low / 1.15, high * 1.15] };
    return { logarithmic: false, domain: [low - pad, high + pad] };
  };
  const panels: Panel[] = [
    linePanel({
      ...shared,
      letter: letter(),
      title: "Objective",
      yTitle: `Mean over the values${power === 0 ? "" : ` (1e${power})`}`,
      curves: [{ name: "objective", values: scaled, colour: accent(0) }],
      ...range(scaled),
      xDomain: [0, last],
    }),
    linePanel({
      ...shared,
      letter: letter(),
      title: "Error",
      yTitle: "Relative error (%)",
      curves: [{ name: "error", values: trace.map((v) => 100 * v), colour: accent(2) }],
      ...range(trace.map((v) => 100 * v)),
      xDomain: [0, last],
    }),
  ];
  if (restarts.length > 1) {
    const sorted = restarts.map((restart) => restart.objective).sort((a, b) => a - b);
    const above = sorted.map((end) => 100 * (end / (sorted[0] || 1) - 1));
    const highest = above[above.length - 1] || 1;
    panels.push(
      countPanel({
        letter: letter(),
        title: "Ends of the starts",
        x: above.map((_, i) => i + 1),
        y: above,
        xTitle: "Start, best first",
        yTitle: "Above the best (%)",
        domain: [-0.06 * highest, 1.1 * highest],
        width,
        height: 200,
        colour: accent(3),
      }),
    );
  }
  const notes = [
    source(result.metadata),
    shapeWords(result.axes),
    `${used.components} components, ${objective.name}`,
    `${converged ? "converged" : "not converged"} after ${last} iterations`,
    `relative error ${percent(error)}`,
    `seed ${used.seed}`,
  ];
  return figure(options, "Convergence of the NMF", notes, [panels]);
}
