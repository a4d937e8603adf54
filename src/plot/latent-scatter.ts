import type { ErrorAnalysis, LatentCoordinates } from "../analyse/results";
import { SpecbookError } from "../core/errors";
import type { Image } from "../data";
import { checkCount, checkFinite, checkKind, checkSameScan } from "./check";
import { colourRange } from "./colour-maps";
import { CONTOUR_NOTE, contourLayer, type PlaneDensity } from "./contour-layer";
import { densityPanel } from "./density";
import { type DensityPlane, densityPlane } from "./density-plane";
import { planeChannel } from "./field-panel";
import { type FigureOptions, figure, letters, type Panel, panelTitle } from "./figure";
import { barFormat } from "./map-panel";
import { extent, niceTicks } from "./numbers";
import { imageName } from "./overview";
import type { VegaLiteSpec } from "./spec";
import { accent, INK } from "./theme";
import { capitalised, counted, encodedNoun } from "./words";

/** Options of `plot.latentScatter`. */
export interface LatentScatterOptions extends FigureOptions {
  /** What colours the points: an image (its value at each window's centre), the errors, or one number per point. */
  readonly colour?: Image | ErrorAnalysis | ArrayLike<number>;
  /** Title of the colour bar; default: the name of what colours the points. */
  readonly legend?: string;
  /** The two latents to draw, counted from 0; default [0, 1]. */
  readonly latents?: readonly [number, number];
  /** The field of the density in a panel of its own beside the points. Default true. */
  readonly density?: boolean;
}

/** Most points that are drawn one by one; the density beside them counts every point. */
const MOST_POINTS = 900;
const SIZE = 300;

/**
 * The latent space of a set of samples: the points, coloured by what is asked for, under the contours of their kernel
 * density, which is drawn beside them. Of more than 900 points an even sample is drawn; a pointer on a point names its
 * scan pixel.
 *
 * @throws OptionError, ShapeError; DataError for latents that are nothing but NaN
 * @example
 * plot.latentScatter(await latent(model, pairs), { colour: image })
 */
export function latentScatter(latent: LatentCoordinates, options: LatentScatterOptions = {}): VegaLiteSpec {
  checkKind("plot.latentScatter", latent, ["latent"], "plot.latentScatter(await latent(model, pairs))");
  checkFinite("plot.latentScatter", "a set of latents", latent.values.data);
  const [, size] = latent.values.shape;
  const { latents = size > 1 ? [0, 1] : [0, 0] } = options;
  for (const at of latents) checkCount("plot.latentScatter", "latents", at, 0, size - 1);
  const letter = letters(options.letter);
  const plane = densityPlane(latent, latents);
  const { estimate } = plane;
  const panels = [scatterPanel({ latent, latents, ...plane, letter: letter(), options, size: SIZE })];
  if (estimate !== undefined && options.density !== false)
    panels.push(densityPanel(estimate, { letter: letter(), title: "Density and contours", size: SIZE }));
  return figure(options, "Latent space", scatterNotes(latent, estimate), [panels]);
}

/** How many points there are, how many are drawn, and what the contours mean. */
export function scatterNotes(latent: LatentCoordinates, estimate: PlaneDensity | undefined): (string | undefined)[] {
  const [count, size] = latent.values.shape;
  return [
    `${count} ${encodedNoun(latent)}, ${counted(size, "latent")}`,
    count > MOST_POINTS ? `${MOST_POINTS} of them drawn as points` : undefined,
    estimate === undefined
      ? "no density: the two latents do not span a plane"
      : `Gaussian kernel density, ${CONTOUR_NOTE}`,
  ];
}

interface Scatter extends DensityPlane {
  readonly latent: LatentCoordinates;
  readonly latents: readonly [number, number];
  readonly letter?: string;
  readonly title?: string;
  readonly options: LatentScatterOptions;
  readonly size: number;
  /** Where the colour bar stands. Default right. */
  readonly legend?: "right" | "bottom";
  /** Most points that are drawn. Default 900. */
  readonly points?: number;
}

/** The points in the plane of two latents, under the contours of their density. */
export function scatterPanel(scatter: Scatter): Panel {
  const { latent, latents, x, y, edges, letter, options, size, estimate } = scatter;
  const [xTitle, yTitle] = latents.map((at) => `z${at + 1}`);
  const sides = { x: planeChannel("x", edges.x, xTitle, size), y: planeChannel("y", edges.y, yTitle, size) };
  const colour = colourValues(latent, options);
  const count = Math.min(x.length, scatter.points ?? MOST_POINTS);
  const kept = Int32Array.from({ length: count }, (_, i) => Math.floor((i * x.length) / count));
  const pick = (values: ArrayLike<number>) => Array.from(kept, (i) => values[i]);
  const columns = latent.scan[1];
  const pixel = Array.from(kept, (i) => latent.positions[2 * i] * columns + latent.positions[2 * i + 1]);
  const range = colour === undefined ? undefined : (extent(colour.values) ?? ([0, 1] as const));
  const row = {
    x: whole(pick(x), edges.x),
    y: whole(pick(y), edges.y),
    p: pixel,
    ...(colour === undefined || range === undefined ? {} : { c: whole(pick(colour.values), range) }),
  };
  const fields = colour === undefined ? ["x", "y", "p"] : ["x", "y", "p", "c"];
  const tooltip = [
    { field: "place", title: "row, column" },
    { field: "x", type: "quantitative", title: xTitle, format: ".3~g" },
    { field: "y", type: "quantitative", title: yTitle, format: ".3~g" },
    ...(colour === undefined ? [] : [{ field: "c", type: "quantitative", title: colour.title, format: ".3~g" }]),
  ];
  const points = {
    data: { values: [row] },
    transform: [
      { flatten: fields },
      unfold("x", edges.x),
      unfold("y", edges.y),
      ...(range === undefined ? [] : [unfold("c", range)]),
      { calculate: `floor(datum.p / ${columns}) + ', ' + datum.p % ${columns}`, as: "place" },
    ],
    mark: { type: "point", filled: true, size: 16, opacity: 0.75, strokeWidth: 0 },
    encoding: {
      ...sides,
      color:
        colour === undefined || range === undefined
          ? { value: accent(0) }
          : colourChannel(colour.title, range, size, scatter.legend),
      tooltip,
    },
  };
  return {
    width: size,
    height: size,
    ...panelTitle(letter, scatter.title ?? `${capitalised(encodedNoun(latent))} in latent space`),
    layer: [points, ...(estimate === undefined ? [] : [contourLayer(estimate, sides.x, sides.y, INK)])],
  };
}

/** Values as whole numbers from 0 to 999 over a range: a third of the room of decimals. */
function whole(values: readonly number[], [low, high]: readonly [number, number]): (number | null)[] {
  return values.map((v) => (Number.isFinite(v) ? Math.round((999 * (v - low)) / (high - low || 1)) : null));
}

function unfold(field: string, [low, high]: readonly [number, number]): Record<string, unknown> {
  const step = Number(((high - low) / 999).toPrecision(7));
  return {
    calculate: `datum.${field} === null ? null : ${Number(low.toPrecision(7))} + ${step} * datum.${field}`,
    as: field,
  };
}

function colourChannel(
  title: string,
  [low, high]: readonly [number, number],
  size: number,
  orient: "right" | "bottom" = "right",
): Record<string, unknown> {
  const ticks = niceTicks(low, high, 4);
  return {
    field: "c",
    type: "quantitative",
    scale: { domain: low < high ? [low, high] : [low, low + 1], range: colourRange("viridis") },
    legend: {
      title,
      gradientLength: size - 22,
      values: ticks,
      format: barFormat(ticks),
      ...(orient === "bottom" ? { orient, direction: "horizontal" } : {}),
    },
  };
}

function colourValues(
  latent: LatentCoordinates,
  { colour, legend }: LatentScatterOptions,
): { values: ArrayLike<number>; title: string } | undefined {
  if (colour === undefined) return undefined;
  const [count] = latent.values.shape;
  if ("kind" in colour && colour.kind === "image") {
    checkSameScan("plot.latentScatter", colour.shape, latent.scan, ["the image of colour", "scan of the latents"]);
    const at = (i: number) => latent.positions[2 * i] * latent.scan[1] + latent.positions[2 * i + 1];
    const values = Float32Array.from({ length: count }, (_, i) => colour.data[at(i)]);
    return { values, title: legend ?? imageName(colour) };
  }
  const errors = "kind" in colour && colour.kind === "errors";
  const values = errors ? colour.perSample.map((e) => 100 * e) : (colour as ArrayLike<number>);
  if (values.length !== count) {
    throw new SpecbookError("ShapeError", "plot.latentScatter: colour has another length than the latents", {
      got: `${values.length} values for ${count} points`,
      needed: "one value per point, in the same order",
      remedy: "give an image of the scan, or the errors of the same pairs",
    });
  }
  return { values, title: legend ?? (errors ? "error (%)" : "value") };
}
