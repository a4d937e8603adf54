import { SpecbookError } from "../core/errors";
import type { PcaResult } from "../decompose/results";
import type { ScreeResult } from "../decompose/scree";
import { checkCount, checkKind } from "./check";
import { countPanel } from "./count-panel";
import { type FigureOptions, figure, letters } from "./figure";
import { label, percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { accent } from "./theme";
import { shapeWords, source } from "./words";

/** Options of `plot.scree`. */
export interface ScreePlotOptions extends FigureOptions {
  /** Components to draw; default all of a PCA, and of `scree` twice as many as suggested, from 10 to 20. */
  readonly show?: number;
  /** Number of components to mark; default the one that `scree` suggests. */
  readonly chosen?: number;
}

const METHODS: Readonly<Record<string, string>> = {
  "marchenko-pastur": "Marchenko-Pastur edge",
  "gavish-donoho": "Gavish-Donoho threshold",
  parallel: "parallel analysis",
};

/**
 * The variance along each principal component, counted from 1, on a logarithmic axis, beside the cumulative share. Of the
 * result of `scree` with the noise floor and the suggested number of components; components in the noise are pale.
 *
 * @throws OptionError for another value than the result of `scree` or `pca`, DataError where nothing varies
 * @example
 * plot.scree(await scree(spectra))
 */
export function scree(result: ScreeResult | PcaResult, options: ScreePlotOptions = {}): VegaLiteSpec {
  checkKind("plot.scree", result, ["scree", "pca"], "give the result of scree: plot.scree(await scree(spectra))");
  const whole = result.kind === "scree" ? result : undefined;
  const ratio = result.kind === "scree" ? result.ratio : result.explainedVarianceRatio;
  if (!(ratio[0] > 0)) {
    throw new SpecbookError("DataError", "plot.scree has nothing to draw", {
      got: "spectra that are all alike",
      needed: "some variance",
      remedy: "look at the data before the decomposition",
    });
  }
  const most = ratio.findIndex((share) => !(share > 0)); // rank deficiency has no place on a logarithmic axis
  const available = Math.max(1, most < 0 ? ratio.length : most);
  const usual = whole === undefined ? available : Math.min(available, Math.max(10, Math.min(20, 2 * whole.suggested)));
  const { show = usual, chosen = whole?.suggested } = options;
  checkCount("plot.scree", "show", show, 1, available);
  if (chosen !== undefined) checkCount("plot.scree", "chosen", chosen, 0, ratio.length);
  const letter = letters(options.letter);
  const total = whole === undefined ? 1 : whole.variances[0] / (ratio[0] || 1);
  const x = Array.from({ length: show }, (_, i) => i + 1);
  const shares = Array.from(ratio.subarray(0, show), (share) => 100 * share || Number.MIN_VALUE);
  let sum = 0;
  const cumulative = shares.map((share) => {
    sum += share;
    return sum;
  });
  const guides = chosen === undefined || chosen < 1 || chosen > show ? [] : [{ x: chosen, text: `k = ${chosen}` }];
  const shared = { x, xTitle: "Component", width: 300, height: 220, guides };
  const panels = [
    countPanel({
      ...shared,
      letter: letter(),
      title: "Variance of each component",
      y: shares,
      yTitle: "Explained variance (%)",
      logarithmic: true,
      ...(chosen === undefined ? {} : { pale: (i: number) => i >= chosen }),
      ...(whole === undefined
        ? {}
        : {
            level: {
              y: (100 * whole.noise.edge) / total,
              text: whole.noise.rounding ? "float32 rounding" : "noise floor",
            },
          }),
    }),
    countPanel({
      ...shared,
      letter: letter(),
      title: "Cumulative share",
      y: cumulative,
      yTitle: "Explained variance, summed (%)",
      domain: [cumulative[0] - 0.12 * (100 - cumulative[0]) - 0.1, 100 + 0.06 * (100 - cumulative[0]) + 0.1],
      colour: accent(2),
      ...(chosen === undefined ? {} : { pale: (i: number) => i >= chosen }),
    }),
  ];
  const notes = [source(result.metadata), shapeWords(result.axes), ...words(result, chosen, cumulative)];
  return figure(options, "Scree plot", notes, [panels]);
}

function words(result: ScreeResult | PcaResult, chosen: number | undefined, cumulative: readonly number[]): string[] {
  if (result.kind === "pca") return ["mean removed"];
  const { options, suggested, noise } = result;
  const weighting = options.weighting === "poisson" ? "Poisson weighted" : "not weighted";
  const share = suggested > 0 && chosen === suggested ? cumulative[suggested - 1] : undefined;
  return [
    `${weighting}, ${options.centred ? "mean removed" : "mean kept"}`,
    `${suggested} above the noise by ${METHODS[options.method]}${options.method === "parallel" ? `, seed ${options.seed}` : ""}`,
    ...(share === undefined ? [] : [`with ${percent(share / 100)} of the variance`]),
    ...(noise.rounding ? [] : [`noise ${label(Math.sqrt(noise.variance))} (s.d.)`]),
  ];
}
