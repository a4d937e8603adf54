import type { ColourMapName } from "./colour-maps";
import { type Panel, panelTitle } from "./figure";
import { type Channel, numberAxis } from "./line-scales";
import { colourLayer, pictureLayer } from "./map-panel";
import { extent, niceTicks } from "./numbers";
import { colourPicture, type Grid } from "./picture";
import { type RgbGrids, rgbLegendLayer, rgbPicture } from "./rgb-picture";

/** What a field panel shows: values over two axes that are not a scan. */
export interface FieldPanelOptions {
  readonly letter?: string;
  readonly title: string;
  /** Values on a grid in the colours of a map, or in red, green and blue; row 0 is drawn at the BOTTOM, where y is smallest. */
  readonly field: ColouredField | RgbField;
  /** Channels of the axes: their scales end at the panel's edges. */
  readonly x: Channel;
  readonly y: Channel;
  readonly width: number;
  readonly height: number;
  /** Marks over the picture. */
  readonly over?: readonly Readonly<Record<string, unknown>>[];
}

/** Values in the colours of a map. */
export interface ColouredField {
  readonly grid: Grid;
  readonly colours: ColourMapName;
  readonly domain?: readonly [number, number];
  /** Title of the colour bar; none is drawn without it. */
  readonly legend?: string;
}

/** Three values in red, green and blue. */
export interface RgbField {
  readonly rgb: RgbGrids;
  /** What red, green and blue are; no legend is drawn without them. */
  readonly names?: readonly string[];
}

/** A picture over two numbered axes. */
export function fieldPanel(options: FieldPanelOptions): Panel {
  const { field, width, height, x, y, over = [] } = options;
  return {
    width,
    height,
    ...panelTitle(options.letter, options.title),
    layer: [...fieldLayers(field, { width, height }), axesLayer(x, y), ...over],
  };
}

function fieldLayers(field: ColouredField | RgbField, size: { width: number; height: number }) {
  if ("rgb" in field) {
    const { grids, domains } = field.rgb;
    const picture = rgbPicture({ grids: grids.map(upsideDown), domains });
    return [pictureLayer(picture, size), ...(field.names === undefined ? [] : [rgbLegendLayer(field.names)])];
  }
  const { grid, colours, legend } = field;
  const domain = field.domain ?? extent(grid.data) ?? [0, 1];
  return [
    pictureLayer(colourPicture(upsideDown(grid), colours, domain), size),
    ...(legend === undefined ? [] : [colourLayer(colours, domain, size.height, legend)]),
  ];
}

/** A point that nobody sees carries the axes. */
function axesLayer(x: Channel, y: Channel): Record<string, unknown> {
  const first = ({ scale }: Channel) => (scale as { domain: readonly number[] }).domain[0];
  return {
    data: { values: [{ x: first(x), y: first(y) }] },
    mark: { type: "point", opacity: 0, tooltip: null },
    encoding: { x, y },
  };
}

/** A channel over a fixed range, with a few round ticks. */
export function planeChannel(
  field: string,
  [low, high]: readonly [number, number],
  title: string | undefined,
  length: number,
): Channel {
  const domain = low < high ? [low, high] : [low - 0.5, low + 0.5];
  return {
    field,
    type: "quantitative",
    scale: { domain, nice: false, zero: false },
    axis: numberAxis(title, niceTicks(domain[0], domain[1], Math.max(3, length / 60))),
  };
}

function upsideDown({ data, rows, columns }: Grid): Grid {
  const flipped = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) flipped[y * columns + x] = data[(rows - 1 - y) * columns + x];
  }
  return { data: flipped, rows, columns };
}

/** Distance between neighbours of a grid, 1 where it has one point. */
export function spacing(grid: Float64Array): number {
  return grid.length > 1 ? Math.abs(grid[grid.length - 1] - grid[0]) / (grid.length - 1) || 1 : 1;
}

/** From half a cell before the first point of a grid to half a cell after the last. */
export function edges(grid: Float64Array): readonly [number, number] {
  const half = spacing(grid) / 2;
  const [low, high] = extent(grid) ?? [0, 1];
  return [low - half, high + half];
}
