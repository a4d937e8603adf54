import type { LatentCoordinates } from "../analyse/results";
import { density } from "../cluster/density";
import { checkCount, checkFinite, checkKind } from "./check";
import { densityPlane } from "./density-plane";
import { type FigureOptions, figure, type Panel } from "./figure";
import { binCounts } from "./histogram-panel";
import { type LatentScatterOptions, scatterNotes, scatterPanel } from "./latent-scatter";
import type { VegaLiteSpec } from "./spec";
import { accent, INK } from "./theme";
import { encodedNoun } from "./words";

/** Options of `plot.joint`. */
export interface JointOptions extends FigureOptions, Pick<LatentScatterOptions, "colour" | "legend" | "latents"> {
  /** Bins of the histograms. Default 60. */
  readonly bins?: number;
}

const SIZE = 320;
const MARGIN = 70;

/**
 * Two latents and how each of them is distributed: the points under the contours of their kernel density, and beside the
 * axes the histogram of each latent with its own density.
 *
 * @throws OptionError, ShapeError; DataError for latents that are nothing but NaN
 * @example
 * plot.joint(await latent(model, windows), { colour: image })
 */
export function joint(latent: LatentCoordinates, options: JointOptions = {}): VegaLiteSpec {
  checkKind("plot.joint", latent, ["latent"], "plot.joint(await latent(model, windows))");
  checkFinite("plot.joint", "a set of latents", latent.values.data);
  const [, size] = latent.values.shape;
  const { latents = size > 1 ? [0, 1] : [0, 0], bins = 60 } = options;
  for (const at of latents) checkCount("plot.joint", "latents", at, 0, size - 1);
  checkCount("plot.joint", "bins", bins, 1, 500);
  const plane = densityPlane(latent, latents);
  const { x, y, edges, estimate } = plane;
  const panels = [
    marginPanel(x, edges.x, bins, "x", encodedNoun(latent)),
    { width: MARGIN, height: MARGIN, mark: { type: "point", opacity: 0 }, encoding: {} },
    scatterPanel({ latent, latents, ...plane, options, size: SIZE, title: "", legend: "bottom" }),
    marginPanel(y, edges.y, bins, "y", encodedNoun(latent)),
  ];
  return figure(options, "Latent space", scatterNotes(latent, estimate), [panels], 2, { between: 6 });
}

/** How often the values along one side occur: a histogram of the number of samples, and its kernel density. */
function marginPanel(
  values: Float32Array,
  range: readonly [number, number],
  bins: number,
  side: "x" | "y",
  noun: string,
): Panel {
  const counts = binCounts(values, range, bins);
  const curve = curveOf(values, range, bins);
  const most = 1.05 * Math.max(...counts, ...curve.map(({ n }) => n), 1);
  const step = (range[1] - range[0]) / bins;
  const across = side === "x" ? "y" : "x";
  const along = { type: "quantitative", scale: { domain: range, nice: false, zero: false }, axis: null };
  const number = { type: "quantitative", scale: { domain: [0, most], nice: false }, axis: null };
  const bars = counts.map((n, i) => ({ a: short(range[0] + i * step), b: short(range[0] + (i + 1) * step), n }));
  const list = (field: "a" | "b" | "n") => bars.map((bar) => bar[field]);
  return {
    width: side === "x" ? SIZE : MARGIN,
    height: side === "x" ? MARGIN : SIZE,
    layer: [
      {
        data: { values: [{ a: list("a"), b: list("b"), n: list("n") }] },
        transform: [{ flatten: ["a", "b", "n"] }],
        mark: { type: "rect", color: accent(0), opacity: 0.6 },
        encoding: {
          [side]: { field: "a", ...along },
          [`${side}2`]: { field: "b" },
          [across]: { field: "n", ...number },
          [`${across}2`]: { datum: 0 },
          tooltip: [
            { field: "a", type: "quantitative", title: "from", format: ".3~g" },
            { field: "b", type: "quantitative", title: "to", format: ".3~g" },
            { field: "n", type: "quantitative", title: noun },
          ],
        },
      },
      ...(curve.length === 0
        ? []
        : [
            {
              data: { values: [{ a: curve.map(({ a }) => a), n: curve.map(({ n }) => n) }] },
              transform: [{ flatten: ["a", "n"] }],
              mark: { type: "line", color: INK, strokeWidth: 1.2, tooltip: null },
              encoding: {
                [side]: { field: "a", ...along },
                [across]: { field: "n", ...number },
                order: { field: "a", type: "quantitative" },
              },
            },
          ]),
    ],
  };
}

/** The density in samples per bin; empty where the values do not vary. */
function curveOf(values: Float32Array, range: readonly [number, number], bins: number): { a: number; n: number }[] {
  const finite = values.filter(Number.isFinite);
  if (new Set(finite).size < 2) return [];
  const found = density(finite, { points: 120, range: { x: range } });
  const scale = (found.count * (range[1] - range[0])) / bins;
  return Array.from(found.x, (a, i) => ({ a: short(a), n: Number((found.values[i] * scale).toPrecision(4)) }));
}

const short = (v: number) => Number(v.toPrecision(6));
