import type { Grid } from "./picture";
import type { RgbPicture } from "./png-encoder";
import { MISSING } from "./theme";

/** Three fields of one size, drawn as red, green and blue from the first to the second value of their domains. */
export interface RgbGrids {
  readonly grids: readonly Grid[];
  readonly domains: readonly (readonly [number, number])[];
}

/** The plain colours of the three channels, and of the legend that names them. */
const PLAIN = ["#ff0000", "#00c800", "#0000ff"];

/** Steps of a channel: 32 shades of each keep the picture small, and the eye sees no steps in 32,768 colours. */
const LEVELS = 32;

/** The three fields as one picture: 0 intensity is black, three full ones are white; a pixel without a value is grey. */
export function rgbPicture({ grids, domains }: RgbGrids): RgbPicture {
  const [{ rows, columns }] = grids;
  const missing = Buffer.from(MISSING.slice(1), "hex");
  const rgb = new Uint8Array(3 * rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    const values = grids.map(({ data }) => data[i]);
    const pixel = values.every(Number.isFinite) ? values.map((v, c) => shade(v, domains[c])) : missing;
    rgb.set(pixel, 3 * i);
  }
  return { width: columns, height: rows, rgb };
}

function shade(value: number, [low, high]: readonly [number, number]): number {
  const share = high > low ? (value - low) / (high - low) : 0;
  return Math.round((255 * Math.round((LEVELS - 1) * Math.max(0, Math.min(1, share)))) / (LEVELS - 1));
}

/** Points that nobody sees: they carry the legend that says what red, green and blue are. */
export function rgbLegendLayer(names: readonly string[]): Record<string, unknown> {
  return {
    data: { values: names.map((name) => ({ n: name })) },
    mark: { type: "point", filled: true, opacity: 0, tooltip: null },
    encoding: {
      color: {
        field: "n",
        type: "nominal",
        scale: { domain: names, range: PLAIN },
        legend: {
          title: null,
          symbolType: "square",
          symbolOpacity: 1,
          symbolSize: 90,
          values: names,
        },
      },
    },
  };
}
