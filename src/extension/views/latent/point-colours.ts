import { colourTable } from "../../../plot/colour-maps";
import type { ColoursAnswer } from "../../../views/latent-protocol";
import { pictureOf } from "../draw/raster";
import type { Theme } from "../draw/theme";

/** A colour for each sample: its place in a palette. */
export interface PointColours {
  readonly palette: readonly string[];
  /** Place in the palette for each sample; 255 for one without a value. */
  readonly places: Uint8Array;
}

/** Steps of the palette along each side of the scan. */
const STEPS = 15;
const SHADES = 64;
export const NO_COLOUR = 255;

/** Colours by the place on the scan: its column is the hue, from blue over red to yellow, its row the lightness. */
export function scanColours(
  positions: Int32Array,
  [rows, columns]: readonly [number, number],
  { dark }: Theme,
): PointColours {
  const [top, bottom] = dark ? [0.86, 0.58] : [0.78, 0.46];
  const palette = Array.from({ length: STEPS * STEPS }, (_, i) => {
    const [v, u] = [Math.floor(i / STEPS) / (STEPS - 1), (i % STEPS) / (STEPS - 1)];
    return css(oklch(top + v * (bottom - top), 0.13, ((250 + 200 * u) * Math.PI) / 180));
  });
  const step = (at: number, size: number) => Math.round(((STEPS - 1) * at) / Math.max(1, size - 1));
  const places = Uint8Array.from(
    { length: positions.length / 2 },
    (_, i) => STEPS * step(positions[2 * i], rows) + step(positions[2 * i + 1], columns),
  );
  return { palette, places };
}

/** A small picture of the colours that `scanColours` gives. */
export function scanSwatch(theme: Theme): HTMLCanvasElement {
  const positions = Int32Array.from({ length: 2 * STEPS * STEPS }, (_, i) =>
    i % 2 === 0 ? Math.floor(i / 2 / STEPS) : (i >> 1) % STEPS,
  );
  const { palette, places } = scanColours(positions, [STEPS, STEPS], theme);
  return pictureOf(STEPS, STEPS, (pixels) => {
    for (const [i, at] of places.entries()) pixels.set([...parts(palette[at]), 255], 4 * i);
  });
}

/** Colours by a number for each sample: viridis, or an accent for each class. */
export function valueColours(values: Float32Array, { range, classes }: ColoursAnswer, theme: Theme): PointColours {
  if (classes !== undefined) {
    return {
      palette: theme.accents,
      places: Uint8Array.from(values, (value) => (Number.isFinite(value) ? value % theme.accents.length : NO_COLOUR)),
    };
  }
  const [low, high] = range;
  return {
    palette: shades(SHADES, theme),
    places: Uint8Array.from(values, (value) => {
      if (!Number.isFinite(value)) return NO_COLOUR;
      return Math.max(0, Math.min(SHADES - 1, Math.round(((SHADES - 1) * (value - low)) / (high - low || 1))));
    }),
  };
}

/** Colours of viridis, evenly spaced; those that would be lost on the ground of the theme are left out. */
export function shades(count: number, { dark }: Theme): string[] {
  const table = colourTable("viridis");
  const [first, last] = dark ? [48, 255] : [0, 238];
  return Array.from({ length: count }, (_, i) => {
    const at = 3 * Math.round(first + ((last - first) * i) / (count - 1));
    return css([table[at], table[at + 1], table[at + 2]]);
  });
}

/** "#rrggbb" -> [red, green, blue] */
export function parts(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function css(colour: readonly number[]): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** A colour of Oklab (B. Ottosson 2020) in red, green and blue, 0 to 255. */
function oklch(lightness: number, chroma: number, hue: number): number[] {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((value) => {
    const at = Math.max(0, Math.min(1, value));
    return 255 * (at <= 0.0031308 ? 12.92 * at : 1.055 * at ** (1 / 2.4) - 0.055);
  });
}
