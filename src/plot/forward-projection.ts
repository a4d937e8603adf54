import type { ForwardProjection } from "../analyse/results";
import { checkFinite, checkKind } from "./check";
import { colourRange } from "./colour-maps";
import { planeChannel } from "./field-panel";
import { type FigureOptions, figure, type Panel } from "./figure";
import { extent, label, niceTicks } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { GUIDE } from "./theme";

const WIDTH = 500;
const HEIGHT = 400;
/** Share of a cell that its spectrum fills. */
const FILL = 0.86;

/**
 * Spectra decoded on a grid of the latent plane, each drawn in its place of the plane, in one intensity scale; the
 * colour says at which energy the spectrum is largest.
 *
 * @throws OptionError for another value than the result of `forwardProjection`
 */
export function forwardProjection(projection: ForwardProjection, options: FigureOptions = {}): VegaLiteSpec {
  const remedy = "plot.forwardProjection(await forwardProjection(model, pairs))";
  checkKind("plot.forwardProjection", projection, ["forward-projection"], remedy);
  checkFinite("plot.forwardProjection", "a set of spectra", projection.spectra.data);
  const { energy, grid } = projection;
  const last = energy.offset + energy.scale * (energy.size - 1);
  const notes = [
    `${grid.y.length} x ${grid.x.length} decoded spectra, one intensity scale`,
    `each from ${label(energy.offset)} to ${label(last)} ${energy.units}`,
  ];
  return figure(options, "Forward projection: spectra of the latent plane", notes, [[panel(projection)]]);
}

function panel(projection: ForwardProjection): Panel {
  const { grid, latents, energy } = projection;
  const cells = cellRows(projection);
  const [dx, dy] = [spacing(grid.x), spacing(grid.y)];
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
    data,
    transform: [
      ...unfold,
      { calculate: "split(datum.q, ' ')", as: "q" },
      { calculate: `sequence(${points})`, as: "i" },
      { flatten: ["q", "i"] },
      { calculate: "toNumber(datum.q)", as: "q" }, // a gap is the empty text, which becomes null
      { calculate: `datum.x + ${round((FILL * dx) / Math.max(1, points - 1))} * datum.i`, as: "x" },
      { calculate: `datum.q === null ? null : datum.base + ${round((FILL * dy) / 99)} * datum.q`, as: "y" },
    ],
  };
  const x = planeChannel("x", edges(grid.x), `Latent ${latents[0] + 1}`, WIDTH);
  const y = planeChannel("y", edges(grid.y), `Latent ${latents[1] + 1}`, HEIGHT);
  const peak = extent(cells.map(({ peak }) => peak)) ?? [0, 1];
  const color = {
    field: "peak",
    type: "quantitative",
    scale: { domain: peak[0] < peak[1] ? peak : [peak[0], peak[0] + energy.scale], range: colourRange("viridis") },
    legend: {
      title: `largest at (${energy.units})`,
      gradientLength: 180,
      values: niceTicks(peak[0], peak[1], 4),
    },
  };
  const tooltip = [{ field: "peak", type: "quantitative", title: `largest at (${energy.units})`, format: ".3~f" }];
  const end = `datum.x + ${round(FILL * dx)}`;
  return {
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        data,
        transform: [...unfold, { calculate: end, as: "x2" }],
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

function cellRows({ grid, spectra, energy }: ForwardProjection): Cell[] {
  const [rows, columns, channels] = spectra.shape;
  const [dx, dy] = [spacing(grid.x), spacing(grid.y)];
  const [low, high] = extent(spectra.data) ?? [0, 1];
  const floor = Math.min(0, low);
  const points = Math.min(channels, Math.max(16, Math.round((0.7 * WIDTH) / columns)));
  return Array.from({ length: rows * columns }, (_, cell) => {
    const values = spectra.data.subarray(cell * channels, (cell + 1) * channels);
    const zx = grid.x[cell % columns];
    const zy = grid.y[Math.floor(cell / columns)];
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

const round = (v: number) => Number(v.toPrecision(6));
