import type { Silhouette } from "../cluster/results";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure } from "./figure";
import { linePanel } from "./line-panel";
import type { VegaLiteSpec } from "./spec";

/**
 * How well the points lie in their clusters: the silhouettes of each cluster from the best to the worst. A curve below 0
 * is a share of points that lie nearer to another cluster.
 *
 * @throws OptionError for another value than the result of `silhouette`
 * @example
 * plot.silhouette(await silhouette(latents, await kMeans(latents, { clusters: 3 })))
 */
export function silhouette(result: Silhouette, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.silhouette", result, ["silhouette"], "plot.silhouette(await silhouette(latents, clustering))");
  checkFinite("plot.silhouette", "a silhouette", result.values);
  const { clusterMeans, values, labels } = result;
  const steps = 100;
  const curves = Array.from(clusterMeans, (mean, c) => {
    const sorted = values
      .filter((value, i) => labels[i] === c && Number.isFinite(value))
      .sort()
      .reverse();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    const name = `cluster ${c + 1}, mean ${mean.toFixed(2)}`.replace("-", "\u2212");
    return { name, values: Float64Array.from({ length: steps + 1 }, (_, i) => at(i / steps) ?? Number.NaN) };
  });
  const panel = linePanel({
    title: "",
    x: Float64Array.from({ length: steps + 1 }, (_, i) => (100 * i) / steps),
    xTitle: "Share of the cluster's points (%)",
    yTitle: "Silhouette",
    curves,
    width: 380,
    height: 300,
    legend: "lower left",
    domain: [Math.min(0, ...curves.flatMap((curve) => [...curve.values].filter(Number.isFinite))), 1],
  });
  const seed = `, a sample of seed ${result.options.seed}`;
  const isSample = result.sampled < labels.filter((label) => label >= 0).length;
  const notes = [`mean ${result.mean.toFixed(3)} of ${result.sampled} points${isSample ? seed : ""}`];
  return figure(options, "Silhouettes", notes, [[panel]]);
}
