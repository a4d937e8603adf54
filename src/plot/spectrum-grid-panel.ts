import type { Axis, FloatArray } from "../data";
import { colourRange } from "./colour-maps";
import { spacing } from "./field-panel";
import { type Panel, panelTitle } from "./figure";
import { extent, label, niceTicks } from "./numbers";
import { GUIDE } from "./theme";
import { tileSide } from "./tiles";

const WIDTH = 500;
const HEIGHT = 400;
/** Share of a cell that its spectrum fills. */
const FILL = 0.86;

/** Spectra on a grid of the plane of two latents. */
export interface SpectrumGridOptions {
  readonly letter?: string;
  readonly title?: string;
  readonly grid: { readonly x: Float64Array; readonly y: Float64Array };
  readonly latents: readonly [number, number];
  /** [grid y, grid x, channels] */
  readonly spectra: FloatArray;
  readonly energy: Axis;
  /** Intensities at the bottom (or below 0) and at the top of a cell; default: the extent of the spectra. */
  readonly domain?: readonly [number, number];
  /** Energies at the ends of the colours; default: 2 and 98 % of the peaks lie below them. */
  readonly peaks?: readonly [number, number];
  /** Whether a colour bar and a title of y are drawn. Default true. */
  readonly legend?: boolean;
  readonly yTitle?: boolean;
  /** Default 500 x 400. */
  readonly width?: number;
  readonly height?: number;
}

/** Spectra, each in its place of the plane, in one intensity scale; the colour says where a spectrum is largest. */
export function spectrumGridPanel(options: SpectrumGridOptions): Panel {
  const { grid, latents, energy, width = WIDTH, height = HEIGHT, legend = true, yTitle = true } = options;
  const sides = {
    x: tileSide("x", grid.x, `z${latents[0] + 1}`, width),
    y: tileSide("y", grid.y, yTitle ? `z${latents[1] + 1}` : undefined, height),
  };
  const cells = cellRows(options, sides.x.at, sides.y.at, width);
  const [dx, dy] = [spacing(sides.x.at), spacing(sides.y.at)];
  const points = cells[0].q.length;
  const list = (field: "x" | "base" | "peak") => cells.map((cell) => cell[field]);
  // One row for all cells: a notebook is saved with a line for each value of a row.
  const all = { x: list("x"), base: list("base"), peak: list("peak"), q: cells.map(({ q }) => q.join(" ")).join(";") };
  const data = { values: [all] };
  const unfold = [
    { calculate: "split(datum.q, ';')", as: "q" },
    { calculate: `sequence(${cells.length})`, as: "cell" },
    { flatten: ["x", "base", "peak", "q", "cell"] },
  ];
  const lines = {
    transform: [
      { calculate: "split(datum.q, ' ')", as: "q" },
      { calculate: `sequence(${points})`, as: "i" },
      { flatten: ["q", "i"] },
      { calculate: "toNumber(datum.q)", as: "q" }, // a gap is the empty text, which becomes null
      { calculate: `datum.x + ${round((FILL * dx) / Math.max(1, points - 1))} * datum.i`, as: "x" },
      { calculate: `datum.q === null ? null : datum.base + ${round((FILL * dy) / 99)} * datum.q`, as: "y" },
    ],
  };
  const [x, y] = [sides.x.channel, sides.y.channel];
  const peak = options.peaks ?? middleRange(cells.map(({ peak }) => peak));
  const color = {
    field: "peak",
    type: "quantitative",
    scale: {
      domain: peak[0] < peak[1] ? peak : [peak[0], peak[0] + energy.scale],
      range: colourRange("viridis"),
      clamp: true,
    },
    legend: legend
      ? {
          title: `largest at (${energy.units})`,
          gradientLength: Math.min(180, height - 22),
          values: niceTicks(peak[0], peak[1], 4),
        }
      : null,
  };
  const tooltip = [{ field: "peak", type: "quantitative", title: `largest at (${energy.units})`, format: ".3~f" }];
  const end = `datum.x + ${round(FILL * dx)}`;
  return {
    width,
    height,
    ...panelTitle(options.letter, options.title ?? ""),
    data,
    transform: unfold,
    layer: [
      {
        transform: [{ calculate: end, as: "x2" }],
        mark: { type: "rule", color: GUIDE, strokeWidth: 0.7, tooltip: null },
        encoding: { x, x2: { field: "x2" }, y: { ...y, field: "base" } },
      },
      {
        ...lines,
        mark: { type: "line", strokeWidth: 1.6, strokeJoin: "round", clip: true },
        encoding: { x, y, detail: { field: "cell" }, color, tooltip },
      },
    ],
  };
}

interface Cell {
  /** Left end and base line of the spectrum in the latent plane. */
  readonly x: number;
  readonly base: number;
  /** Energy of the largest value. */
  readonly peak: number;
  /** Heights from 0 to 99. */
  readonly q: (number | null)[];
}

function cellRows(
  { spectra, energy, domain }: SpectrumGridOptions,
  x: Float64Array,
  y: Float64Array,
  width: number,
): Cell[] {
  const [rows, columns, channels] = spectra.shape;
  const [dx, dy] = [spacing(x), spacing(y)];
  const [low, high] = domain ?? extent(spectra.data) ?? [0, 1];
  const floor = Math.min(0, low);
  const points = Math.min(channels, Math.max(16, Math.round((0.7 * width) / columns)));
  return Array.from({ length: rows * columns }, (_, cell) => {
    const values = spectra.data.subarray(cell * channels, (cell + 1) * channels);
    const zx = x[cell % columns];
    const zy = y[Math.floor(cell / columns)];
    let top = 0;
    for (let c = 1; c < channels; c++) if (values[c] > values[top]) top = c;
    const height = (v: number) => (Number.isFinite(v) ? Math.round((99 * (v - floor)) / (high - floor || 1)) : null);
    return {
      x: round(zx - (FILL * dx) / 2),
      base: round(zy - (FILL * dy) / 2),
      peak: round(energy.offset + energy.scale * top),
      q: blockMeans(values, points).map(height),
    };
  });
}

/** The range without the lowest and the highest 2 %: a flat spectrum has its largest value anywhere. */
function middleRange(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.ceil(0.02 * (sorted.length - 1));
  return sorted.length < 10 ? [sorted[0], sorted[sorted.length - 1]] : [sorted[cut], sorted[sorted.length - 1 - cut]];
}

/** "each spectrum from 0.2 to 1.13 eV" */
export function energyWords({ offset, scale, size, units }: Axis): string {
  return `each spectrum from ${label(offset)} to ${label(offset + scale * (size - 1))} ${units}`;
}

/** Means over equal stretches: a spectrum 50 pixels wide cannot show more. */
function blockMeans(values: Float32Array, points: number): number[] {
  return Array.from({ length: points }, (_, p) => {
    const part = values.subarray(
      Math.floor((p * values.length) / points),
      Math.floor(((p + 1) * values.length) / points),
    );
    return part.reduce((sum, v) => sum + v, 0) / part.length;
  });
}

const round = (v: number) => Number(v.toPrecision(6));
