import type { CollapseAnalysis, LatentReport } from "../analyse/collapse";
import { checkFinite, checkKind } from "./check";
import { dotPanel } from "./dot-panel";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { label, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent, MUTED } from "./theme";

const WIDTH = 160;

/**
 * How much each latent carries: its effect on the output and, of a variational model, its KL divergence and the
 * variance of its posterior means, with the thresholds that decide whether it is used.
 *
 * @throws OptionError for another value than the result of `collapse`
 * @example
 * plot.collapse(await collapse(model, samples))
 */
export function collapse(result: CollapseAnalysis, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.collapse", result, ["collapse"], "plot.collapse(await collapse(model, samples))");
  const { latents, thresholds, explained, summary } = result;
  checkFinite(
    "plot.collapse",
    "a set of latents",
    latents.map(({ effect }) => effect),
  );
  const letter = letters(options.letter);
  const variational = latents.every(({ kl, activity }) => kl !== undefined && activity !== undefined);
  const draw = (title: string, xTitle: string, value: (one: LatentReport) => number, threshold?: number): Panel =>
    dotPanel({
      letter: letter(),
      title,
      xTitle,
      rows: latents.map((one) => ({
        name: `z${one.latent + 1}`,
        value: value(one),
        label: label(value(one)),
        group: one.used ? "used" : "unused",
      })),
      colours: { used: accent(0), unused: MUTED },
      width: WIDTH,
      guides: threshold === undefined ? [] : [{ x: threshold, text: `used above ${label(threshold)}` }],
      head: true,
      legend: title === (variational ? TITLES[2] : TITLES[0]),
    });
  const panels = [
    draw(TITLES[0], "Spread of the output (%)", ({ effect }) => 100 * effect, 100 * thresholds.effect),
    ...(variational
      ? [
          draw(TITLES[1], "Variance", ({ activity }) => activity ?? 0, thresholds.activity),
          draw(TITLES[2], "KL (nats)", ({ kl }) => kl ?? 0),
        ]
      : []),
  ];
  const notes = [
    summary.split("\n")[0].split(";")[0],
    `output explains ${percent(Math.max(0, explained))} of the variance about the mean`,
  ];
  return figure(options, "Which latents the model uses", notes, [panels]);
}

const TITLES = ["Effect on the output", "Variance of the means", "KL divergence"] as const;
