import { type Panel, panelTitle } from "./figure";
import { type Guide, guideLayers } from "./guides";
import { numberAxis } from "./line-scales";
import { extent, niceTicks } from "./numbers";
import { accent } from "./theme";

/** What a panel of bars shows: counts of equal bins. */
export interface BarsPanelOptions {
  readonly letter?: string;
  readonly title: string;
  readonly counts: ArrayLike<number>;
  /** Where the first bin starts and the last one ends. */
  readonly range: readonly [number, number];
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** Units of x, for the tooltips. */
  readonly unit?: string;
  readonly width: number;
  readonly height: number;
  readonly guides?: readonly Guide[];
  /** Colour of the bars, or of each bar. */
  readonly colour?: string | readonly string[];
  /** Ticks of x; default: a few round numbers. */
  readonly ticks?: readonly number[];
}

/** How often values fall into equal bins, with guide lines and their names above the bars. */
export function barsPanel(options: BarsPanelOptions): Panel {
  const { counts, range, width, height, guides = [], colour = accent(0), unit } = options;
  const [low, high] = range;
  const each = typeof colour !== "string";
  const bin = Number(((high - low) / counts.length).toPrecision(7));
  const from = low === 0 ? "" : `${Number(low.toPrecision(7))} + `;
  const x = {
    field: "a",
    type: "quantitative",
    scale: { domain: range, nice: false, zero: false },
    axis: numberAxis(options.xTitle, options.ticks ?? niceTicks(low, high, Math.max(3, width / 50))),
  };
  const largest = Math.max(...Array.from(counts), 1);
  const most = (guides.length > 0 ? 1.3 : 1.08) * largest; // room for the names of the lines
  const y = {
    field: "n",
    type: "quantitative",
    scale: { domain: [0, most], nice: false },
    axis: numberAxis(
      options.yTitle,
      niceTicks(0, most, Math.max(2, Math.min(4, height / 36))).filter((tick) => tick <= 0.93 * most),
    ),
  };
  const named = (text: string) => (unit === undefined ? text : `${text} (${unit})`);
  const tooltip = [
    { field: "a", type: "quantitative", title: named("from"), format: ".3~g" },
    { field: "b", type: "quantitative", title: named("to"), format: ".3~g" },
    { field: "n", type: "quantitative", title: (options.yTitle ?? "count").toLowerCase() },
  ];
  return {
    width,
    height,
    ...panelTitle(options.letter, options.title),
    layer: [
      {
        data: { values: [{ n: Array.from(counts), ...(each ? { c: colour } : {}) }] },
        transform: [
          { calculate: `sequence(${counts.length})`, as: "i" },
          { flatten: each ? ["n", "i", "c"] : ["n", "i"] },
          { calculate: `${from}datum.i * ${bin}`, as: "a" },
          { calculate: `${from}(datum.i + 1) * ${bin}`, as: "b" },
        ],
        mark: { type: "rect", ...(each ? {} : { color: colour, opacity: 0.75 }) },
        encoding: {
          x,
          x2: { field: "b" },
          y,
          y2: { datum: 0 },
          ...(each ? { color: { field: "c", type: "nominal", scale: null } } : {}),
          tooltip,
        },
      },
      ...guideLayers(guides, x, width),
    ],
  };
}

/** Counts of the finite values in equal bins over a range; values at its end belong to the last bin. */
export function binCounts(values: ArrayLike<number>, [low, high]: readonly [number, number], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (!Number.isFinite(v) || v < low || v > high) continue;
    counts[Math.min(bins - 1, Math.floor((bins * (v - low)) / (high - low)))]++;
  }
  return counts;
}

/** The extent of values as a range that has a width, for the bins of a histogram. */
export function binRange(values: ArrayLike<number>): readonly [number, number] {
  const [low, high] = extent(values) ?? [0, 1];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}
