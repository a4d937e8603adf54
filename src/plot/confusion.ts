import type { Confusion } from "../analyse/confusion";
import { checkKind } from "./check";
import { colourRange } from "./colour-maps";
import { type FigureOptions, figure, type Panel } from "./figure";
import { percent } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { INK, MISSING } from "./theme";

const SIDE = 64; // of a cell, in chart pixels

/**
 * The confusion matrix of a classifier or segmenter: for each true class (row) the share that was called each class, with
 * the counts; the subtitle says accuracy, what the most frequent class alone would reach, and intersection over union.
 *
 * @throws OptionError for another value than the result of `confusion`
 * @example plot.confusion(confusion(await classify(model, test), test))
 */
export function confusion(result: Confusion, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.confusion", result, ["confusion"], "plot.confusion(confusion(await classify(model, test), test))");
  const { classes, counts, of, accuracy, majority } = result;
  const total = counts.reduce((a, b) => a + b, 0);
  const unions = classes.map((name, i) => `${name} ${percentOr(result.intersectionOverUnion[i])}`);
  const notes = [
    `accuracy ${percent(accuracy)} of ${total} ${of}, the most frequent class alone ${percent(majority)}`,
    `intersection over union: ${unions.join(", ")}, mean ${percent(result.meanIntersectionOverUnion)}`,
  ];
  return figure(options, "Classes found beside the true ones", notes, [[panel(result)]]);
}

function panel({ classes, counts }: Confusion): Panel {
  const k = classes.length;
  const values = Array.from(counts, (count, at) => {
    const row = counts.subarray(Math.floor(at / k) * k, (Math.floor(at / k) + 1) * k);
    const all = row.reduce((a, b) => a + b, 0);
    const share = all === 0 ? null : Number((count / all).toFixed(4));
    return { truth: classes[Math.floor(at / k)], found: classes[at % k], count, share, label: words(count, all) };
  });
  const place = (field: string, title: string, orient: string) => ({
    field,
    type: "nominal",
    sort: null,
    scale: { domain: classes, paddingInner: 0.04, paddingOuter: 0 },
    axis: { title, orient, labelAngle: 0, ticks: false, domain: false, labelColor: INK, labelLimit: 120 },
  });
  const tooltip = [
    { field: "truth", title: "true class" },
    { field: "found", title: "found" },
    { field: "count", title: "count" },
    { field: "share", title: "share of the true class", format: ".1%" },
  ];
  const scale = { domain: [0, 1], range: colourRange("viridis") };
  const label = { condition: { test: "datum.share === null || datum.share > 0.6", value: INK }, value: "white" };
  const text = (field: string, dy: number, size: number) => ({
    mark: { type: "text", dy, fontSize: size, tooltip: null },
    encoding: { text: { field }, color: label },
  });
  return {
    width: SIDE * k * 1.25,
    height: SIDE * k,
    data: { values },
    encoding: { x: place("found", "Found", "bottom"), y: place("truth", "True class", "left") },
    layer: [
      {
        mark: { type: "rect", invalid: null },
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            scale,
            condition: { test: "datum.share === null", value: MISSING },
            legend: { title: "Share of the true class", format: ".0%", tickCount: 5, gradientLength: SIDE * k },
          },
          tooltip,
        },
      },
      text("label", -6, 13),
      text("count", 11, 10),
    ],
  };
}

/** A whole percentage that says 0 and 100 only where that is exact; nothing for a class that is not there. */
function words(count: number, all: number): string {
  if (all === 0) return "";
  if (count === 0 || count === all) return count === 0 ? "0 %" : "100 %";
  const rounded = Math.round((100 * count) / all);
  return rounded === 0 ? "< 1 %" : rounded === 100 ? "> 99 %" : `${rounded} %`;
}

function percentOr(value: number): string {
  return Number.isNaN(value) ? "none" : percent(value);
}
