import type { FloatArray } from "../data";
import { edges, planeChannel } from "./field-panel";
import { label } from "./numbers";
import { binned, type Grid } from "./picture";

/** Pixels of a whole mosaic on a side, above which its images are averaged down. */
const MOSAIC = 240;

/**
 * One channel of images [grid y, grid x, height, width, channels] side by side, a pixel without value between them; row 0
 * of the mosaic is the bottom of the lowest y.
 */
export function mosaic({ data: images, shape }: FloatArray, channel: number, largest = MOSAIC): Grid {
  const [rows, columns, height, width, channels] = shape;
  const limit = Math.max(4, Math.floor(largest / Math.max(rows, columns)) - 1);
  const tile = (at: number): Grid => {
    const first = at * height * width * channels + channel;
    const data = Float32Array.from({ length: height * width }, (_, i) => images[first + i * channels]);
    return binned({ data, rows: height, columns: width }, limit);
  };
  const size = tile(0);
  const [h, w] = [size.rows + 1, size.columns + 1];
  const data = new Float32Array((rows * h - 1) * (columns * w - 1)).fill(Number.NaN);
  for (let at = 0; at < rows * columns; at++) {
    const part = tile(at);
    const top = Math.floor(at / columns) * h;
    const left = (at % columns) * w;
    for (let i = 0; i < part.data.length; i++) {
      // An image's first row is its top, the mosaic's first row the bottom.
      const y = top + size.rows - 1 - Math.floor(i / size.columns);
      data[y * (columns * w - 1) + left + (i % size.columns)] = part.data[i];
    }
  }
  return { data, rows: rows * h - 1, columns: columns * w - 1 };
}

/** Width and height of a mosaic panel: square pixels, unless that makes it much longer than wide. */
export function mosaicSize({ shape }: FloatArray, width: number): { width: number; height: number } {
  const [rows, columns, h, w] = shape;
  return { width, height: Math.round(Math.min(1.5, Math.max(0.4, (rows * h) / (columns * w))) * width) };
}

/** A side of a grid of tiles of one size. */
export interface TileSide {
  /** Where the tiles stand: the grid's own values where they are evenly spaced, else 0, 1, 2, ... */
  readonly at: Float64Array;
  /** The channel of an encoding; its axis gives the grid's values either way. */
  readonly channel: Readonly<Record<string, unknown>>;
}

/** The side of a panel of the given length on which tiles of one size stand for these grid values. */
export function tileSide(field: "x" | "y", grid: Float64Array, title: string | undefined, length: number): TileSide {
  if (isEven(grid)) return { at: grid, channel: planeChannel(field, edges(grid), title, length) };
  const at = Float64Array.from(grid.keys());
  const every = Math.max(1, Math.ceil((grid.length * 34) / length));
  const middle = Math.floor((grid.length - 1) / 2) % every;
  const ticks = Array.from(at).filter((i) => i % every === middle);
  const texts = Array.from(grid, (v) => label(Number(Number(v.toFixed(12)).toPrecision(2))).replace("-", "\u2212"));
  const labelExpr = `[${texts.map((text) => `'${text}'`).join(",")}][datum.value]`;
  const { scale } = planeChannel(field, edges(at), title, length);
  return {
    at,
    channel: { field, type: "quantitative", scale, axis: { title: title ?? null, values: ticks, labelExpr } },
  };
}

function isEven(grid: Float64Array): boolean {
  if (grid.length < 3) return true;
  const step = (grid[grid.length - 1] - grid[0]) / (grid.length - 1);
  return grid.every((value, i) => Math.abs(value - grid[0] - i * step) <= 1e-6 * Math.abs(step));
}
