import type { Drift } from "../signal";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, letters } from "./figure";
import { linePanel } from "./line-panel";
import { mapPanel, mapSize } from "./map-panel";
import { extent, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { shapeWords, source } from "./words";

const WIDTH = 225;

/**
 * The drift of each frame, and the sum of the frames before and after it was taken out.
 *
 * @throws OptionError for another value than the result of `alignImages`
 * @example
 * plot.drift(await alignImages(frames))
 */
export function drift(result: Drift, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.drift", result, ["drift"], "plot.drift(await alignImages(frames))");
  const { shifts, sum, before, agreement } = result;
  checkFinite("plot.drift", "an aligned sum", sum.data);
  const letter = letters(options.letter);
  const frames = shifts.length / 2;
  const along = (side: number) => Float64Array.from({ length: frames }, (_, i) => shifts[2 * i + side]);
  const [rows, columns] = [along(0), along(1)];
  const { height } = mapSize(before.axes, WIDTH);
  const maps = [
    { map: before, title: "Frames as recorded" },
    { map: sum, title: "Frames aligned" },
  ].map(({ map, title }) =>
    mapPanel({ letter: letter(), title, data: map.data, axes: map.axes, colours: "gray", width: WIDTH }),
  );
  const [low, high] = extent(shifts) ?? [0, 1];
  const pad = 0.08 * Math.max(1, high - low);
  const path = linePanel({
    letter: letter(),
    title: "Shift of each frame",
    x: Array.from({ length: frames }, (_, i) => i + 1),
    xTitle: "Frame",
    counts: true,
    yTitle: "Shift (pixels)",
    curves: [
      { name: "down", values: rows },
      { name: "right", values: columns },
    ],
    domain: [low - pad, high + 7 * pad], // room for the names
    symbols: true,
    width: 225,
    height: Math.max(150, height),
  });
  const worst = agreement.reduce((a, b) => Math.min(a, b), 1);
  const far = rows.reduce((most, dy, i) => Math.max(most, Math.hypot(dy, columns[i])), 0);
  const notes = [
    source(sum.metadata),
    shapeWords(before.axes),
    `${frames} frames, the farthest moved by ${label(far)} pixels, correlation with the reference at least ${label(worst)}`,
  ];
  return figure(options, "Drift between frames", notes, [[...maps, path]]);
}
