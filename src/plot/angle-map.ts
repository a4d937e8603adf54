import type { AngleMap } from "../analyse/results";
import { checkCount, checkDomain, checkFinite, checkKind } from "./check";
import { colourTable } from "./colour-maps";
import { colourWheelPanel } from "./colour-wheel";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { barsPanel, binCounts } from "./histogram-panel";
import { mapPanel, mapSize } from "./map-panel";
import { label } from "./numbers";
import type { VegaLiteSpec } from "./spec";
import { shapeWords, source } from "./words";

/** Options of `plot.angleMap`. */
export interface AngleMapPlotOptions extends FigureOptions {
  /** Degrees at the ends of the colours, for angles that fill a small part of a turn: a colour bar instead of the wheel. */
  readonly domain?: readonly [number, number];
  /** A second map, of the standard deviation of the angle. Default false. */
  readonly spread?: boolean;
  /** Bins of the histogram. Default 60. */
  readonly bins?: number;
}

const WIDTH = 225;
const DEGREES = 180 / Math.PI;

/**
 * The angle of each window in cyclic colours, with a wheel that says which colour points where, and how often each angle
 * occurs. Pixels without a window are grey.
 *
 * @throws OptionError for another value than the result of `angleMap`
 * @example
 * plot.angleMap(angleMap(await posterior(model, windows), windows), { spread: true })
 */
export function angleMap(angles: AngleMap, options: AngleMapPlotOptions = {}): VegaLiteSpec {
  checkKind(
    "plot.angleMap",
    angles,
    ["angle-map"],
    "plot.angleMap(angleMap(await posterior(model, windows), windows))",
  );
  checkFinite("plot.angleMap", "a map of angles", angles.map.data);
  const { domain, spread = false, bins = 60 } = options;
  checkCount("plot.angleMap", "bins", bins, 1, 720);
  checkDomain("plot.angleMap", domain, "a whole turn in cyclic colours");
  const { map, deviation, symmetry } = angles;
  const letter = letters(options.letter);
  const degrees = inDegrees(angles);
  const panels: Panel[] = [anglePanel(angles, letter(), WIDTH, domain)];
  if (domain === undefined) panels.push(colourWheelPanel(symmetry));
  const { height } = mapSize(map.axes, WIDTH);
  panels.push(
    angleHistogram(degrees, symmetry, { bins, domain, letter: letter(), width: 240, height: Math.max(140, height) }),
  );
  if (spread) {
    panels.push(
      mapPanel({
        letter: letter(),
        title: "Spread of the angle",
        data: deviation.data.map((v) => v * DEGREES),
        axes: deviation.axes,
        colours: "viridis",
        width: WIDTH,
        legend: "s.d. (degrees)",
      }),
    );
  }
  const count = degrees.filter(Number.isFinite).length;
  const notes = [
    source(map.metadata),
    `${count} windows`,
    shapeWords(map.axes),
    `mean direction ${label(Math.round(10 * angles.mean * DEGREES) / 10).replace("-", "\u2212")}°, alignment ${label(angles.alignment)}`,
    symmetry > 1 ? `objects look alike ${symmetry} times a turn` : undefined,
  ];
  return figure(options, "Angle of each window", notes, [panels]);
}

/** The map alone, in degrees. */
export function anglePanel(
  { map, symmetry }: AngleMap,
  letter: string,
  width: number,
  domain?: readonly [number, number],
): Panel {
  return mapPanel({
    letter,
    title: "Angle",
    data: map.data.map((v) => v * DEGREES),
    axes: map.axes,
    colours: domain === undefined ? "cyclic" : "viridis",
    domain: domain ?? [-180 / symmetry, 180 / symmetry],
    width,
    legend: domain === undefined ? undefined : "angle (degrees)",
  });
}

interface AngleHistogram {
  readonly bins: number;
  readonly domain?: readonly [number, number];
  readonly letter?: string;
  readonly title?: string;
  readonly yTitle?: string;
  readonly width: number;
  readonly height: number;
}

/** How often each angle occurs, in degrees. */
export function angleHistogram(degrees: ArrayLike<number>, symmetry: number, options: AngleHistogram): Panel {
  const half = 180 / symmetry;
  const range = options.domain ?? ([-half, half] as const);
  return barsPanel({
    letter: options.letter,
    title: options.title ?? "Distribution",
    counts: binCounts(degrees, range, options.bins),
    range,
    // Bars in the colours of the map: they are its legend.
    ...(options.domain === undefined
      ? { ticks: [-half, -half / 2, 0, half / 2, half], colour: barColours(options.bins) }
      : {}),
    xTitle: "Angle (degrees)",
    yTitle: options.yTitle ?? "Windows",
    unit: "degrees",
    width: options.width,
    height: options.height,
  });
}

function barColours(bins: number): string[] {
  const table = colourTable("cyclic");
  return Array.from({ length: bins }, (_, i) => {
    const at = 3 * Math.round((255 * (i + 0.5)) / bins);
    return `#${Buffer.from(table.subarray(at, at + 3)).toString("hex")}`;
  });
}

/** The angles of a map in degrees. */
export function inDegrees({ map }: AngleMap): Float32Array {
  return map.data.map((v) => v * DEGREES);
}
