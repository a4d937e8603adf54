import type { Axis } from "../data";
import { type ColourMapName, colourRange } from "./colour-maps";
import { type Panel, panelTitle } from "./figure";
import { extent, niceTicks } from "./numbers";
import { binned, colourPicture } from "./picture";
import { type IndexedPicture, pngUrl, type RgbPicture } from "./png-encoder";
import { scaleBar } from "./scale-bar";

/** Axes of a scan. */
export interface ScanAxes {
  readonly y: Axis;
  readonly x: Axis;
}

/** A rectangle in scan pixels, each bound [first, last + 1], with a name and a colour. */
export interface Box {
  readonly name: string;
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
  readonly colour: string;
}

/** What a map panel shows. */
export interface MapPanelOptions {
  readonly letter?: string;
  readonly title: string;
  /** Row-major values, rows * columns of them. */
  readonly data: ArrayLike<number>;
  readonly axes: ScanAxes;
  readonly colours: ColourMapName;
  /** Values at the two ends of the colours; default: the extent of the data. */
  readonly domain?: readonly [number, number];
  /** Title of the colour bar; none is drawn without it. */
  readonly legend?: string;
  /** Wanted width in chart pixels. */
  readonly width: number;
  /** true: just this width, where three maps have to fit beside each other. */
  readonly exact?: boolean;
  readonly boxes?: readonly Box[];
  /** false: no scale bar. */
  readonly bar?: boolean;
}

/** Chart pixels of the shorter side of a map, at least. */
const LEAST = 8;

/** Width and height of a map: the wanted width, or the nearest at which every scan pixel is a whole number of chart pixels. */
export function mapSize(axes: ScanAxes, wanted: number, exact = false): { width: number; height: number } {
  const { x, y } = axes;
  const shape = x.units === y.units ? Math.abs(y.scale / x.scale) : 1;
  const aspect = (y.size * shape) / x.size;
  // A tall map gets narrower rather than taller than 1.5 times the wanted width.
  const target = Math.min(wanted, (1.5 * wanted) / aspect);
  const zoom = target / x.size;
  const width = zoom >= 1.75 && !exact ? Math.round(zoom) * x.size : Math.round(target);
  // A scan of a few columns is widened to what can be seen, and keeps its height.
  const height = (width < LEAST ? target : width) * aspect;
  return { width: Math.max(LEAST, width), height: Math.max(LEAST, Math.round(height)) };
}

/** A map as one image mark, with a scale bar, marked regions and, if asked for, the colour bar of its row. */
export function mapPanel(options: MapPanelOptions): Panel {
  const { data, axes, colours, legend } = options;
  const domain = options.domain ?? extent(data) ?? [0, 1];
  const { width, height } = mapSize(axes, options.width, options.exact);
  // Two picture pixels for a chart pixel: a screen shows no more, and eight large maps have to fit into a notebook.
  const grid = binned({ data, rows: axes.y.size, columns: axes.x.size }, Math.min(512, 2 * Math.max(width, height)));
  const over = legend === undefined ? [] : [colourLayer(colours, domain, height, legend)];
  return scanPanel({ ...options, picture: colourPicture(grid, colours, domain), over });
}

/** What a picture of a scan shows. */
export interface ScanPanelOptions
  extends Pick<MapPanelOptions, "letter" | "title" | "axes" | "width" | "exact" | "boxes" | "bar"> {
  readonly picture: IndexedPicture | RgbPicture;
  /** Marks over the picture, under the scale bar. */
  readonly over?: readonly Readonly<Record<string, unknown>>[];
}

/** A picture of a scan with a scale bar and marked regions. */
export function scanPanel(options: ScanPanelOptions): Panel {
  const { axes, picture, over = [], boxes = [], bar = true } = options;
  const size = mapSize(axes, options.width, options.exact);
  const frames = boxes.map((box) => frameOf(box, axes, size));
  return {
    ...size,
    ...panelTitle(options.letter, options.title),
    layer: [
      pictureLayer(picture, size),
      ...over,
      ...boxes.flatMap((box, i) => boxLayers(box, frames[i], size)),
      ...(bar ? scaleBarLayers(axes.x, size, frames) : []),
    ],
  };
}

/** A mark that is drawn once, for the one empty row of the figure's own data, where its own properties say. */
export const ONE = { encoding: {} };

/** Pixels as one picture of the given size, not as one mark each. */
export function pictureLayer(
  picture: IndexedPicture | RgbPicture,
  size: { width: number; height: number },
): Record<string, unknown> {
  return {
    ...ONE,
    mark: {
      type: "image",
      url: pngUrl(picture),
      aspect: false,
      smooth: false,
      aria: false, // else the whole picture is written a second time, as its own description
      ...size,
      x: 0,
      y: 0,
      align: "left",
      baseline: "top",
    },
  };
}

/**
 * The format of a colour bar's numbers: three significant digits (by itself Vega rounds 0.005 to 0.01), from a thousand on
 * with k, M, ...; as many more as tell the ticks apart, where values lie close together far from 0.
 */
export function barFormat(ticks: readonly number[]): string {
  const largest = ticks.reduce((most, tick) => Math.max(most, Math.abs(tick)), 0);
  const place = (value: number) => Math.floor(Math.log10(value) + 1e-6); // of the first digit
  const step = ticks.length < 2 ? largest : Math.abs(ticks[1] - ticks[0]);
  const digits = step > 0 ? place(largest) - place(step) + 1 : 0;
  if (largest < 1000) return `.${Math.max(3, digits)}~g`;
  if (digits > 3 && largest < 1e5) return `.${Math.max(0, -place(step))}~f`;
  return `.${Math.max(3, digits)}~s`;
}

/** Three numbers or more for a colour bar, as few as there are. */
function barTicks(low: number, high: number): number[] {
  const choices = [3, 4, 5, 6].map((count) => niceTicks(low, high, count));
  return choices.find((ticks) => ticks.length >= 3) ?? choices[0];
}

/** Longest title of a colour bar on one line: a longer one has its unit on a second, or the bar is wider than its map. */
const LONGEST_TITLE = 18;

function barTitle(title: string): string[] {
  const at = title.lastIndexOf(" (");
  return title.length <= LONGEST_TITLE || at < 0 ? [title] : [title.slice(0, at), title.slice(at + 1)];
}

/** Two points that nobody sees: they carry the colour scale, and with it the colour bar. */
export function colourLayer(
  colours: ColourMapName,
  domain: readonly [number, number],
  height: number,
  title: string,
): Record<string, unknown> {
  const [low, high] = domain[0] < domain[1] ? domain : [domain[0], domain[0] + 1];
  const lines = barTitle(title);
  const ticks = barTicks(low, high);
  const bar = {
    title: lines.length === 1 ? title : lines,
    gradientLength: Math.max(40, height - 9 - 13 * lines.length),
    values: ticks,
    format: barFormat(ticks),
  };
  return {
    data: { values: [{ c: low }, { c: high }] },
    mark: { type: "point", opacity: 0, tooltip: null },
    encoding: {
      color: {
        field: "c",
        type: "quantitative",
        scale: { type: "linear", range: colourRange(colours), domain: [low, high] },
        legend: bar,
      },
    },
  };
}

/** A size in chart pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle in chart pixels. */
interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Height of a scale bar with its length above it, and pixels of a character of that. */
const [BAR_HEIGHT, CHARACTER] = [28, 6.2];

/**
 * A bar of round length with its length above it, where no frame crosses it: in the first free corner (lower left, lower
 * right, ...), else in the corner of a frame.
 */
export function scaleBarLayers(x: Axis, size: Size, frames: readonly Frame[] = []): Record<string, unknown>[] {
  const { pixels, text } = scaleBar(x);
  const length = (pixels * size.width) / x.size;
  if (pixels < 1 || length < 8) return [];
  const reach = Math.max(length, CHARACTER * text.length) + 16;
  const corners = [
    [0, size.height - BAR_HEIGHT],
    [size.width - reach, size.height - BAR_HEIGHT],
    [0, 0],
    [size.width - reach, 0],
    ...frames.map((frame) => [frame.x[0] + 4, frame.y[1] - BAR_HEIGHT - 2]),
  ];
  const isFree = ([left, top]: readonly number[]) =>
    !frames.some((frame) => crosses(frame, { x: [left, left + reach], y: [top, top + BAR_HEIGHT] }));
  const [left, top] = corners.find(isFree) ?? corners[0];
  const from = left === 0 ? 8 : left + (reach - length) / 2;
  const y = top + BAR_HEIGHT - 8;
  const line = { type: "rect", x: from, x2: from + length, y: y - 1, y2: y + 2 };
  const words = { type: "text", text, x: from + length / 2, y: y - 4, baseline: "bottom", fontSize: 11 };
  // A dark rim keeps the white bar readable on bright pixels.
  return [
    {
      ...ONE,
      mark: { ...line, x: from - 1, x2: from + length + 1, y: y - 2, y2: y + 3, color: "#000", opacity: 0.55 },
    },
    { ...ONE, mark: { ...line, color: "white" } },
    { ...ONE, mark: { ...words, color: "#000", stroke: "#000", strokeWidth: 2.5, strokeJoin: "round", opacity: 0.55 } },
    { ...ONE, mark: { ...words, color: "white" } },
  ];
}

/** Whether the outline of a frame runs through a rectangle: one that lies inside the frame is free. */
function crosses({ x, y }: Frame, other: Frame): boolean {
  const apart = x[1] < other.x[0] || x[0] > other.x[1] || y[1] < other.y[0] || y[0] > other.y[1];
  const inside = x[0] < other.x[0] && x[1] > other.x[1] && y[0] < other.y[0] && y[1] > other.y[1];
  return !apart && !inside;
}

function frameOf({ rows, columns }: Box, axes: ScanAxes, size: Size): Frame {
  const [y, y2] = rows.map((row) => Math.round((row * size.height) / axes.y.size));
  const [x, x2] = columns.map((column) => Math.round((column * size.width) / axes.x.size));
  return { x: [x, x2], y: [y, y2] };
}

function boxLayers({ name, colour }: Box, place: Frame, size: Size): Record<string, unknown>[] {
  const [x, x2] = place.x;
  const [y, y2] = place.y;
  const text = name.split(" ")[0];
  const frame = { type: "rect", filled: false, fillOpacity: 0, x, x2, y, y2 };
  const words = {
    type: "text",
    text,
    // A name that would leave the panel goes below its box, or left of the panel's edge.
    x: Math.min(x, size.width - 9 * text.length),
    y: y < 16 ? y2 + 14 : y - 3,
    fontSize: 12,
    fontWeight: "bold",
    align: "left",
    baseline: "bottom",
  };
  return [
    { ...ONE, mark: { ...frame, stroke: "white", strokeWidth: 4 } },
    { ...ONE, mark: { ...frame, stroke: colour, strokeWidth: 2 } },
    { ...ONE, mark: { ...words, color: "white", stroke: "white", strokeWidth: 3, strokeJoin: "round" } },
    { ...ONE, mark: { ...words, color: colour } },
  ];
}
