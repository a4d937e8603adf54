import type { ShiftMap } from "../analyse/results";
import type { Image } from "../data";
import { checkFinite, checkKind } from "./check";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { mapPanel, mapSize } from "./map-panel";
import { extent, finiteDeviation, label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { shapeWords, source } from "./words";

const WIDTH = 225;
/** Arrows along the longer side of a scan. */
const ARROWS = 18;

/**
 * How far the content of each window, or each spectrum, is moved: a map of each direction, white where nothing is moved,
 * and for windows the shifts as arrows, mean of a block of pixels each. Pixels without a window are grey.
 *
 * @throws OptionError for another value than the result of `shiftMap`
 * @example
 * plot.shiftMap(shiftMap(await posterior(model, windows), windows))
 */
export function shiftMap(shifts: ShiftMap, options: FigureOptions = {}): VegaLiteSpec {
  checkKind(
    "plot.shiftMap",
    shifts,
    ["shift-map"],
    "plot.shiftMap(shiftMap(await posterior(model, windows), windows))",
  );
  const { components, names, units } = shifts;
  for (const { data } of components) checkFinite("plot.shiftMap", "a map of shifts", data);
  const letter = letters(options.letter);
  const reach = Math.max(...components.map(({ data }) => largest(data))) || 1;
  const panels = components.map((map, i) =>
    mapPanel({
      letter: letter(),
      title: `Along the ${names[i]}`,
      data: map.data,
      axes: map.axes,
      colours: "diverging",
      domain: [-reach, reach],
      width: WIDTH,
      legend: i === components.length - 1 ? `shift (${units})` : undefined,
    }),
  );
  const [first] = components;
  if (components.length === 2) panels.push(arrowPanel(shifts, letter()));
  const notes = [
    source(first.metadata),
    shapeWords(first.axes),
    components.map(({ data }, i) => `${names[i]}: s.d. ${label(finiteDeviation(data))} ${units}`).join(", "),
    components.length === 2 ? "positive is downwards and to the right" : "positive is towards later channels",
  ];
  return figure(options, components.length === 2 ? "Shift of each window" : "Shift of each spectrum", notes, [panels]);
}

function largest(values: ArrayLike<number>): number {
  const [low, high] = extent(values) ?? [0, 0];
  return Math.max(Math.abs(low), Math.abs(high));
}

/** The amount of the shift, and over it arrows of the mean shift of blocks of pixels. */
function arrowPanel({ components, units }: ShiftMap, letter: string): Panel {
  const [down, right] = components;
  const amount = down.data.map((v, i) => Math.hypot(v, right.data[i]));
  const size = mapSize(down.axes, WIDTH);
  const panel = mapPanel({
    letter,
    title: "Amount and direction",
    data: amount,
    axes: down.axes,
    colours: "gray",
    domain: [0, largest(amount) || 1],
    width: WIDTH,
    legend: `amount (${units})`,
    bar: false,
  });
  const rows = arrows(down, right, size);
  const list = (field: keyof Arrow) => rows.map((row) => row[field]);
  const x = { field: "x", type: "quantitative", scale: { domain: [0, size.width], nice: false }, axis: null };
  const y = { field: "y", type: "quantitative", scale: { domain: [size.height, 0], nice: false }, axis: null };
  const layer = {
    data: { values: [{ x: list("x"), y: list("y"), turn: list("turn"), length: list("length") }] },
    transform: [{ flatten: ["x", "y", "turn", "length"] }],
    mark: {
      type: "point",
      shape: ARROW,
      filled: true,
      color: "#f6a01a",
      stroke: "#22272e",
      strokeWidth: 0.4,
      tooltip: null,
    },
    encoding: {
      x,
      y,
      angle: { field: "turn", type: "quantitative", scale: null },
      size: { field: "length", type: "quantitative", scale: null },
    },
  };
  return { ...panel, layer: [...(panel.layer as unknown[]), layer] };
}

/** Pointing to the right, one long: the path of a Vega symbol, scaled by the root of its size. */
const ARROW = "M-0.5,-0.06 L0.15,-0.06 L0.15,-0.2 L0.5,0 L0.15,0.2 L0.15,0.06 L-0.5,0.06 Z";

interface Arrow {
  readonly x: number;
  readonly y: number;
  /** Degrees clockwise from right, as a chart turns its symbols. */
  readonly turn: number;
  readonly length: number;
}

function arrows(down: Image, right: Image, size: { width: number; height: number }): Arrow[] {
  const [rows, columns] = down.shape;
  const block = Math.max(1, Math.ceil(Math.max(rows, columns) / ARROWS));
  const pixel = size.width / columns;
  const means: { row: number; column: number; dy: number; dx: number }[] = [];
  for (let row = 0; row < rows; row += block) {
    for (let column = 0; column < columns; column += block) {
      const [dy, dx] = [down, right].map((map) => blockMean(map, row, column, block));
      const middle = (first: number, size: number) => (first + Math.min(first + block, size)) / 2; // blocks end with the scan
      if (Number.isFinite(dy)) means.push({ row: middle(row, rows), column: middle(column, columns), dy, dx });
    }
  }
  const longest = Math.max(...means.map(({ dy, dx }) => Math.hypot(dy, dx))) || 1;
  return means.map(({ row, column, dy, dx }) => {
    const length = (1.1 * block * pixel * Math.hypot(dy, dx)) / longest;
    return {
      x: round(column * pixel),
      y: round((row * size.height) / rows),
      turn: round((Math.atan2(dy, dx) * 180) / Math.PI),
      length: round((2 * length) ** 2), // a path of length 1 is drawn sqrt(size) / 2 long
    };
  });
}

function blockMean({ data, shape }: Image, top: number, left: number, block: number): number {
  let [sum, count] = [0, 0];
  for (let row = top; row < Math.min(top + block, shape[0]); row++) {
    for (let column = left; column < Math.min(left + block, shape[1]); column++) {
      const v = data[row * shape[1] + column];
      if (!Number.isFinite(v)) continue;
      sum += v;
      count++;
    }
  }
  return sum / count;
}

const round = (v: number) => Number(v.toFixed(1));
