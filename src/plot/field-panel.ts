import type { ColourMapName } from "./colour-maps";
import { type Panel, panelTitle } from "./figure";
import { numberAxis } from "./line-scales";
import { colourLayer, imageLayer } from "./map-panel";
import { extent, niceTicks } from "./numbers";
import type { Grid } from "./picture";

/** What a field panel shows: values over two axes that are not a scan. */
export interface FieldPanelOptions {
  readonly letter?: string;
  readonly title: string;
  /** Values on a grid; row 0 is drawn at the BOTTOM, where y is smallest. */
  readonly grid: Grid;
  readonly colours: ColourMapName;
  readonly domain?: readonly [number, number];
  readonly legend: string;
  /** x and y at the panel's edges. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly width: number;
  readonly height: number;
}

/** A picture over two numbered axes. */
export function fieldPanel(options: FieldPanelOptions): Panel {
  const { grid, colours, legend, width, height } = options;
  const domain = options.domain ?? extent(grid.data) ?? [0, 1];
  return {
    width,
    height,
    ...panelTitle(options.letter, options.title),
    layer: [
      imageLayer(upsideDown(grid), colours, domain, { width, height }),
      colourLayer(colours, domain, height, legend),
      axesLayer(options),
    ],
  };
}

/** A point that nobody sees carries the axes. */
function axesLayer({ x, y, xTitle, yTitle, width, height }: FieldPanelOptions): Record<string, unknown> {
  return {
    data: { values: [{ x: x[0], y: y[0] }] },
    mark: { type: "point", opacity: 0, tooltip: null },
    encoding: {
      x: planeChannel("x", x, xTitle, width),
      y: planeChannel("y", y, yTitle, height),
    },
  };
}

/** A channel over a fixed range, with a few round ticks. */
export function planeChannel(
  field: string,
  [low, high]: readonly [number, number],
  title: string,
  length: number,
): Readonly<Record<string, unknown>> {
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
