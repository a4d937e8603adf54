import { type ColourMapName, colourTable } from "./colour-maps";
import type { IndexedPicture } from "./png-encoder";
import { MISSING } from "./theme";

/** Numbers on a grid, row-major. */
export interface Grid {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Colours that a map is drawn in: below 128 the eye sees no steps, and the picture is a seventh smaller than in 256. */
const LEVELS = 64;

/** A grid in the colours of a map; values outside the domain take its end colours, values that are not finite are grey. */
export function colourPicture(grid: Grid, colours: ColourMapName, domain: readonly [number, number]): IndexedPicture {
  const { data, rows, columns } = grid;
  const [low, high] = domain;
  const scale = high > low ? (LEVELS - 1) / (high - low) : 0;
  const pixels = new Uint8Array(rows * columns);
  let missing = false;
  for (let i = 0; i < pixels.length; i++) {
    const v = data[i];
    if (Number.isFinite(v)) pixels[i] = Math.max(0, Math.min(LEVELS - 1, Math.round((v - low) * scale)));
    else {
      pixels[i] = LEVELS;
      missing = true;
    }
  }
  return { width: columns, height: rows, pixels, palette: palette(colours, missing) };
}

function palette(colours: ColourMapName, missing: boolean): Uint8Array {
  const table = colourTable(colours);
  const out = new Uint8Array(3 * (LEVELS + (missing ? 1 : 0)));
  for (let i = 0; i < LEVELS; i++) {
    const at = 3 * Math.round((255 * i) / (LEVELS - 1));
    out.set(table.subarray(at, at + 3), 3 * i);
  }
  if (missing) out.set(Buffer.from(MISSING.slice(1), "hex"), 3 * LEVELS);
  return out;
}

/** The grid averaged over square blocks until neither side is longer than `limit`; values that are not finite are left out. */
export function binned(grid: Grid, limit = 512): Grid {
  const factor = Math.ceil(Math.max(grid.rows, grid.columns) / limit);
  if (factor <= 1) return grid;
  const rows = Math.ceil(grid.rows / factor);
  const columns = Math.ceil(grid.columns / factor);
  const sum = new Float64Array(rows * columns);
  const count = new Float64Array(rows * columns);
  for (let y = 0; y < grid.rows; y++) {
    for (let x = 0; x < grid.columns; x++) {
      const v = grid.data[y * grid.columns + x];
      if (!Number.isFinite(v)) continue;
      const at = Math.floor(y / factor) * columns + Math.floor(x / factor);
      sum[at] += v;
      count[at]++;
    }
  }
  return { data: sum.map((s, i) => s / count[i]), rows, columns };
}
