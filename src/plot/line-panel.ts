import { type Curve, curveData } from "./curve-data";
import { type Panel, panelTitle } from "./figure";
import { type Guide, guideLayers } from "./guides";
import { type Channel, xChannel, yChannel } from "./line-scales";
import { compact } from "./numbers";
import { accent, GUIDE, INK } from "./theme";
import { thin } from "./thin";

/** What a line panel shows. */
export interface LinePanelOptions {
  readonly letter?: string;
  readonly title: string;
  /** Values along x, one per point; rising or falling. */
  readonly x: ArrayLike<number>;
  readonly xTitle?: string;
  readonly yTitle?: string;
  readonly curves: readonly Curve[];
  readonly width: number;
  readonly height: number;
  readonly guides?: readonly Guide[];
  /** Curves' names in a corner: default "right", at the top, where there are several curves. */
  readonly legend?: "right" | "left" | "lower left" | "none";
  /** Fill the area under the curves. */
  readonly filled?: boolean;
  /** Mark the points of the curves too. */
  readonly symbols?: boolean;
  /** Logarithmic y. */
  readonly logarithmic?: boolean;
  /** x counts something: ticks at whole numbers only. */
  readonly counts?: boolean;
  /** Fixed range of x; default: that of the points. */
  readonly xDomain?: readonly [number, number];
  /** Fixed range of y; default: from 0 (or below, if values are) to a little above the largest. */
  readonly domain?: readonly [number, number];
  /** Ranges of x with a grey ground, e.g. the windows of a fit. */
  readonly shaded?: readonly (readonly [number, number])[];
  /** A band around a curve: lower and upper edge. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number>; readonly colour: string };
}

/** Curves over one x, thinned to the panel's width, with guide lines, legend and tooltips. */
export function linePanel(options: LinePanelOptions): Panel {
  const { x, curves, width, height, guides = [], filled = false, symbols: point = false, band } = options;
  const channels = { x: xChannel(options), y: yChannel(options) };
  const colour = colourChannel(options);
  const tooltip = [
    ...(curves.length > 1 ? [{ field: "s", title: "curve" }] : []),
    { field: "x", type: "quantitative", title: options.xTitle ?? "x" },
    { field: "y", type: "quantitative", title: options.yTitle ?? "y", format: ".4~g" },
  ];
  const shared = { x: channels.x, y: filled ? { ...channels.y, stack: null } : channels.y, color: colour };
  const area = { mark: { type: "area", opacity: 0.16, tooltip: null } };
  const line = {
    mark: { type: "line", strokeWidth: 1.8, strokeJoin: "round", point: point || x.length === 1 }, // one point is no line
    encoding: { tooltip, ...dashChannel(curves) },
  };
  return {
    width,
    height,
    ...panelTitle(options.letter, options.title),
    layer: [
      ...shadeLayers(options.shaded, channels.x, options),
      ...guideLayers(guides, channels.x, width),
      ...(band === undefined ? [] : [bandLayer(x, band, channels, width)]),
      {
        ...curveData(x, curves, width, options.logarithmic),
        encoding: shared,
        layer: [...(filled ? [area] : []), line],
      },
    ],
  };
}

function colourChannel({
  curves,
  width,
  height,
  legend = curves.length > 1 ? "right" : "none",
}: LinePanelOptions): Channel {
  const names = curves.map(({ name }) => name);
  return {
    field: "s",
    type: "nominal",
    scale: { domain: names, range: curves.map(({ colour }, i) => colour ?? accent(i)) },
    legend: legend === "none" ? null : namesLegend(legend, names, { width, height }),
  };
}

function dashChannel(curves: readonly Curve[]): { strokeDash?: Channel } {
  if (!curves.some(({ dashed }) => dashed)) return {};
  const scale = { domain: curves.map((c) => c.name), range: curves.map((c) => (c.dashed ? [4, 3] : [1, 0])) };
  return { strokeDash: { field: "s", type: "nominal", scale, legend: null } };
}

/** A grey ground over the panel's height, for the part of each range that the panel shows. */
function shadeLayers(
  ranges: LinePanelOptions["shaded"] = [],
  panelX: Channel,
  { height }: LinePanelOptions,
): Record<string, unknown>[] {
  const [low, high] = (panelX.scale as { domain: [number, number] }).domain;
  const values = ranges
    .map(([from, to]) => ({ x: Math.max(low, from), x2: Math.min(high, to) }))
    .filter(({ x, x2 }) => x < x2);
  if (values.length === 0) return [];
  const mark = { type: "rect", color: GUIDE, opacity: 0.32, y: 0, y2: height, tooltip: null };
  return [{ data: { values }, mark, encoding: { x: { ...panelX, field: "x" }, x2: { field: "x2" } } }];
}

function bandLayer(
  x: ArrayLike<number>,
  band: NonNullable<LinePanelOptions["band"]>,
  channels: { x: Channel; y: Channel },
  width: number,
): Record<string, unknown> {
  const kept = thin(band.high, width);
  const pick = (values: ArrayLike<number>) => Array.from(kept, (i) => values[i]);
  const values = [{ x: compact(pick(x), 10 * width), y: compact(pick(band.low)), y2: compact(pick(band.high)) }];
  return {
    data: { values },
    transform: [{ flatten: ["x", "y", "y2"] }],
    mark: { type: "area", color: band.colour, opacity: 0.18, tooltip: null },
    encoding: { ...channels, y2: { field: "y2" } },
  };
}

/** Height of a name in a legend. */
const ROW = 16;

/** The names of curves in a corner of the panel, or beside it where a corner has no room for so many. */
function namesLegend(
  side: "right" | "left" | "lower left",
  names: readonly string[],
  { width, height }: { readonly width: number; readonly height: number },
): Record<string, unknown> {
  const longest = Math.max(...names.map((name) => name.length));
  const fits = 20 + ROW * names.length <= height;
  const corner = {
    orient: "none",
    legendX: side !== "right" ? 10 : Math.max(10, width - 6.2 * longest - 32),
    legendY: side === "lower left" ? height - ROW * names.length - 8 : 20,
  };
  return {
    title: null,
    ...(fits ? corner : {}),
    symbolType: "stroke",
    symbolStrokeWidth: 3,
    symbolOpacity: 1, // also over areas, which are pale
    labelFontSize: 11,
    labelColor: INK,
    ...(fits ? { fillColor: "rgba(255,255,255,0.85)", padding: 2 } : {}),
    rowPadding: 3,
    ...(fits ? {} : { columns: Math.ceil((ROW * names.length) / height) }),
    ...(6.2 * longest > LABEL_LIMIT ? { labelLimit: Math.max(LABEL_LIMIT, width - 42) } : {}),
  };
}

/** Longest name in chart pixels that Vega writes in full by itself. */
const LABEL_LIMIT = 160;
