import { SpecbookError } from "../core/errors";
import type { Image, ImageWindows, SpectrumImage } from "../data";
import { unscale } from "../signal/scaling";
import { checkCount, checkKind, checkSameScan } from "./check";
import { type FigureOptions, figure, type Panel } from "./figure";
import { mapSize, pictureLayer, type Size } from "./map-panel";
import { extent, finiteMean } from "./numbers";
import { binned, colourPicture } from "./picture";
import type { IndexedPicture } from "./png-encoder";
import { arrowTo, placed, words } from "./sketch";
import type { VegaLiteSpec } from "./spec";
import { MUTED } from "./theme";
import { windowWords } from "./window-panel";
import { source } from "./words";

/** Options of `plot.channelStack`. */
export interface ChannelStackOptions extends FigureOptions {
  /** The spectra that the maps were unmixed from: drawn first, as a cube of five energies. */
  readonly spectra?: SpectrumImage;
  /** What the channels are called. Default "channel 1", ... */
  readonly names?: readonly string[];
  /** Which window to show, by its index. Default the one whose channels vary most. */
  readonly at?: number;
}

type Marks = readonly Record<string, unknown>[];

/** Marks of a part of the sketch, and its width in chart pixels. */
interface Part {
  readonly marks: Marks;
  readonly width: number;
}

const [TOP, HEIGHT] = [26, 252];
const MIDDLE = TOP + HEIGHT / 2;
/** Between two parts, with an arrow. */
const GAP = 36;
const FRAME = "#d6281f";
/** Most channels: their maps stand one above the other. */
const MOST = 6;
/** Energies of the cube. */
const SHEETS = 5;

/**
 * What a network of several channels is given, from left to right: the spectra, the maps unmixed from them with a window
 * marked in each, what the window holds in each map, and these put together as the channels of one sample (Fig. 3, left, of
 * Roccapriore et al., "Discovering invariant spatial features"; `plot.network` draws the rest). Each map has colours from
 * its smallest to its largest value.
 *
 * @param channels the maps that the windows were cut from, one to six
 * @throws OptionError for other values or more maps, ShapeError for maps that are not the channels of the windows
 * @example
 * const tiles = imageWindows(maps, { size: 10 });
 * plot.channelStack(maps, tiles, { spectra })
 */
export function channelStack(
  channels: readonly Image[],
  windows: ImageWindows,
  options: ChannelStackOptions = {},
): VegaLiteSpec {
  checkInput(channels, windows, options);
  const { spectra, at = mostVaried(windows) } = options;
  checkCount("plot.channelStack", "at", at, 0, windows.images.shape[0] - 1);
  const pictures = channels.map(({ data }, i) => windowPicture(windows, at, i, extent(data) ?? [0, 1]));
  const parts = [
    ...(spectra === undefined ? [] : [cubePart(spectra)]),
    mapsPart(channels, windows, at, options.names, pictures),
    stackPart(windows, pictures),
  ];
  let x = 0;
  const layer = parts.flatMap(({ marks, width }, i) => {
    const moved = marks.map((mark) => shifted(mark, x));
    x += width + GAP;
    return [...moved, ...arrowTo(x - 8, MIDDLE), ...(i === parts.length - 1 ? [networkName(x)] : [])];
  });
  const panel: Panel = { width: Math.ceil(x + 56), height: TOP + HEIGHT + 6, layer };
  const { images, positions, axes, metadata } = windows;
  const notes = [
    source(metadata) ?? source(channels[0].metadata),
    `${images.shape[0]} ${windowWords(images, axes.x)}`,
    `shown: the one about row ${positions[2 * at]}, column ${positions[2 * at + 1]}`,
  ];
  return figure(options, "From spectra to samples of several channels", notes, [[panel]]);
}

const networkName = (x: number) => words(x, MIDDLE, "network", { align: "left", fontWeight: "bold" });

/** The spectra as sheets, each the mean over a fifth of the energies, the lowest in front. */
function cubePart({ data, shape, axes }: SpectrumImage): Part {
  const [rows, columns, energies] = shape;
  const count = Math.min(SHEETS, energies);
  const pictures = Array.from({ length: count }, (_, sheet) => {
    const [first, end] = [sheet, sheet + 1].map((part) => Math.floor((part * energies) / count));
    const mean = Float32Array.from({ length: rows * columns }, (_, pixel) =>
      finiteMean(data.subarray(pixel * energies + first, pixel * energies + end)),
    );
    // Of all sheets but the first only two edges are seen.
    const grid = binned({ data: mean, rows, columns }, sheet === 0 ? 100 : 40);
    return colourPicture(grid, "viridis", extent(mean) ?? [0, 1]);
  });
  const part = sheets(pictures, mapSize(axes, 100, true), 8);
  return named(part, "spectra", `${rows} x ${columns} x ${energies}`);
}

/** A map for each channel, one above the other, with the window in it and, behind an arrow, what it holds. */
function mapsPart(
  channels: readonly Image[],
  windows: ImageWindows,
  at: number,
  names: readonly string[] | undefined,
  pictures: readonly IndexedPicture[],
): Part {
  const room = HEIGHT / channels.length;
  const largest = Math.min(74, room - 20);
  const { axes } = channels[0];
  const { width, height } = mapSize(axes, 100, true);
  const zoom = Math.min(largest / height, 1.15);
  const map = { width: zoom * width, height: zoom * height };
  const [, rows, columns] = windows.images.shape;
  const window = fitted(columns, rows, 0.8 * largest);
  const left = map.width + GAP;
  const marks = channels.flatMap(({ data }, i) => {
    const y = TOP + room * (i + 0.5) + 8;
    const grid = binned({ data, rows: axes.y.size, columns: axes.x.size }, 100);
    const top = y - map.height / 2;
    return [
      image(colourPicture(grid, "inferno", extent(data) ?? [0, 1]), 0, top, map),
      words(0, top - 8, names?.[i] ?? `channel ${i + 1}`, { align: "left" }),
      ...frame(windowFrame(windows, at, map), 0, top),
      ...arrowTo(left - 8, y),
      image(pictures[i], left, y - window.height / 2, window),
      ...frame({ x: 0, y: 0, ...window }, left, y - window.height / 2),
    ];
  });
  const headings = [heading(map.width / 2, "maps"), heading(left + window.width / 2, "a window of each")];
  return { marks: [...headings, ...marks], width: left + window.width };
}

/** The windows of one place as the channels of one sample, the first in front. */
function stackPart({ images }: ImageWindows, pictures: readonly IndexedPicture[]): Part {
  const [, rows, columns, depth] = images.shape;
  return named(sheets(pictures, fitted(columns, rows, 74), 12), "one sample", `${rows} x ${columns} x ${depth}`);
}

/** Pictures behind each other, the first in front, about the middle of the sketch. */
function sheets(pictures: readonly IndexedPicture[], size: Size, step: number): Part & { readonly bottom: number } {
  const depth = step * (pictures.length - 1);
  const top = MIDDLE - (size.height + depth) / 2;
  const marks = pictures
    .flatMap((picture, i) => {
      const [x, y] = [step * i, top + depth - step * i];
      const edge = { type: "rect", x, y, x2: x + size.width, y2: y + size.height };
      return [[image(picture, x, y, size), placed({ ...edge, filled: false, stroke: "white", strokeWidth: 1.5 })]];
    })
    .reverse()
    .flat();
  return { marks, width: size.width + depth, bottom: top + size.height + depth };
}

function named({ marks, width, bottom }: Part & { readonly bottom: number }, title: string, shape: string): Part {
  const below = words(width / 2, bottom + 14, shape, { color: MUTED });
  return { marks: [heading(width / 2, title), ...marks, below], width };
}

const heading = (x: number, text: string) => words(x, 6, text, { fontWeight: "bold", fontSize: 12 });

function image(picture: IndexedPicture, x: number, y: number, size: Size): Record<string, unknown> {
  const { mark } = pictureLayer(picture, size) as { mark: object };
  return placed({ ...mark, x, y });
}

/** A red frame, moved by x and y. */
function frame(at: Size & { readonly x: number; readonly y: number }, x: number, y: number): Marks {
  const place = { x: at.x + x, x2: at.x + x + at.width, y: at.y + y, y2: at.y + y + at.height };
  return [placed({ type: "rect", filled: false, stroke: FRAME, strokeWidth: 2, ...place })];
}

/** Where a window lies in a map of the given size. */
function windowFrame({ images, positions, scan }: ImageWindows, at: number, map: Size) {
  const [, rows, columns] = images.shape;
  const [sx, sy] = [map.width / scan[1], map.height / scan[0]];
  const y = (positions[2 * at] - Math.floor(rows / 2)) * sy;
  const x = (positions[2 * at + 1] - Math.floor(columns / 2)) * sx;
  return { x, y, width: columns * sx, height: rows * sy };
}

function windowPicture(windows: ImageWindows, at: number, channel: number, domain: readonly [number, number]) {
  const [, rows, columns, depth] = windows.images.shape;
  const size = rows * columns * depth;
  const values = unscale(windows.images.data.subarray(at * size, (at + 1) * size), windows.scaling.images);
  const data = values.filter((_, i) => i % depth === channel);
  return colourPicture({ data, rows, columns }, "inferno", domain);
}

/** The window with the largest product of the channels' spreads: all of them show something. */
function mostVaried({ images: { data, shape } }: ImageWindows): number {
  const [count, rows, columns, depth] = shape;
  const size = rows * columns * depth;
  const score = (at: number) => {
    let product = 1;
    for (let c = 0; c < depth; c++) {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let i = at * size + c; i < (at + 1) * size; i += depth) {
        low = Math.min(low, data[i]);
        high = Math.max(high, data[i]);
      }
      product *= high - low;
    }
    return product;
  };
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < count; at++) {
    const found = score(at);
    if (found > most) [best, most] = [at, found];
  }
  return best;
}

/** A size of the given shape whose longer side is `longest`. */
function fitted(columns: number, rows: number, longest: number): Size {
  const zoom = longest / Math.max(columns, rows);
  return { width: zoom * columns, height: zoom * rows };
}

/** A mark moved to the right. */
function shifted(layer: Record<string, unknown>, dx: number): Record<string, unknown> {
  const mark = layer.mark as { readonly x: number; readonly x2?: number };
  const moved = { ...mark, x: mark.x + dx, ...(mark.x2 === undefined ? {} : { x2: mark.x2 + dx }) };
  return { ...layer, mark: moved };
}

function checkInput(channels: readonly Image[], windows: ImageWindows, { spectra }: ChannelStackOptions): void {
  const remedy = "plot.channelStack(maps, imageWindows(maps, { size: 10 }))";
  checkKind("plot.channelStack", windows, ["image-windows"], remedy);
  for (const channel of channels) checkKind("plot.channelStack", channel, ["image"], remedy);
  if (spectra !== undefined) checkKind("plot.channelStack", spectra, ["spectrum-image"], remedy);
  checkCount("plot.channelStack", "number of channels", channels.length, 1, MOST);
  for (const { shape } of channels) checkSameScan("plot.channelStack", shape, windows.scan, ["channels", "windows"]);
  const [, , , depth] = windows.images.shape;
  if (depth === channels.length) return;
  throw new SpecbookError("ShapeError", "these maps are not the channels of the windows", {
    got: `${channels.length} maps, windows of ${depth} channels`,
    needed: "a map for each channel",
    remedy,
  });
}
