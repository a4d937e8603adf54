import { type Axis, axisValues, type Image, type SpectrumImage } from "../data";
import { figure, letters, type Panel } from "../plot/figure";
import { linePanel } from "../plot/line-panel";
import { type Box, type MapPanelOptions, mapPanel, mapSize, ONE, type ScanAxes } from "../plot/map-panel";
import { extent } from "../plot/numbers";
import { imageName } from "../plot/overview";
import type { VegaLiteSpec } from "../plot/spec";
import { accent } from "../plot/theme";
import { energyTitle, intensityTitle, shapeWords, source } from "../plot/words";
import type { PinnedShape } from "./explore-messages";
import type { PixelRange } from "./scan-shapes";

/** Wanted width of a map in chart pixels. */
const WIDTH = 210;

/** What a picture of the view shows. */
export interface ExplorePicture {
  readonly axes: SpectrumImage["axes"];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** On the grid of the scan. */
  readonly image: Image | undefined;
  readonly map: ArrayLike<number>;
  readonly band: readonly [number, number];
  readonly colours: "inferno" | "viridis" | "magma" | "cividis" | "gray";
  readonly logarithmic: boolean;
  /** Each spectrum over its largest value. */
  readonly normalised: boolean;
  readonly shapes: readonly PinnedShape[];
  /** Mean spectrum of each shape, or of the whole scan where there is none. */
  readonly spectra: readonly Float32Array[];
}

/** The view as a figure: image, energy-band map, spectra with the band, and the regions in both. */
export function explorePicture(picture: ExplorePicture): VegaLiteSpec {
  const { axes, image, metadata, map, band, shapes, spectra, colours, logarithmic, normalised } = picture;
  const letter = letters();
  const maps = [
    ...(image === undefined
      ? []
      : [panelOf(axes, shapes, { letter: letter(), title: imageName(image), data: image.data, colours: "gray" })]),
    panelOf(axes, shapes, {
      letter: letter(),
      title: bandWords(band, axes.energy),
      data: map,
      colours,
      domain: extent(map) ?? [0, 1],
    }),
  ];
  const lines = linePanel({
    letter: letter(),
    title: shapes.length === 0 ? "Mean spectrum" : "Mean spectra of the regions",
    x: axisValues(axes.energy),
    xTitle: energyTitle(axes.energy),
    yTitle: normalised ? "Intensity (normalised)" : intensityTitle(metadata),
    curves: spectra.map((values, i) => ({
      name: shapes[i]?.name ?? "mean",
      values: normalised ? overLargest(values) : values,
      colour: accent(shapes[i]?.colour ?? 0),
    })),
    width: 300,
    height: Math.max(160, mapSize(axes, WIDTH).height),
    shaded: [band],
    logarithmic,
  });
  return figure({}, "Image, energy band and spectra", [source(metadata), shapeWords(axes)], [[...maps, lines]]);
}

/** "0.42 to 0.52 eV", with as many digits as a channel is wide. */
export function bandWords([from, to]: readonly [number, number], { scale, units }: Axis): string {
  const digits = Math.min(20, Math.max(0, Math.ceil(-Math.log10(Math.abs(scale)))));
  return `${from.toFixed(digits)} to ${to.toFixed(digits)} ${units}`;
}

function overLargest(values: Float32Array): Float32Array {
  const [, most] = extent(values) ?? [0, 0];
  return most > 0 ? values.map((value) => value / most) : values;
}

/** A map with the regions in it. */
function panelOf(
  axes: ScanAxes,
  shapes: readonly PinnedShape[],
  options: Omit<MapPanelOptions, "axes" | "width">,
): Panel {
  const panel = mapPanel({ ...options, axes, width: WIDTH, boxes: shapes.flatMap(boxOf) });
  const size = { x: panel.width / axes.x.size, y: panel.height / axes.y.size };
  return { ...panel, layer: [...(panel.layer as unknown[]), ...shapes.flatMap((shape) => outlineOf(shape, size))] };
}

function boxOf({ name, colour, shape }: PinnedShape): Box[] {
  if (shape.kind !== "rectangle") return [];
  return [{ name, rows: shape.rows, columns: shape.columns, colour: accent(colour) }];
}

/** The outline of an ellipse or polygon as a line; `size` is that of a scan pixel. */
function outlineOf({ name, colour, shape }: PinnedShape, size: { x: number; y: number }): Record<string, unknown>[] {
  if (shape.kind === "rectangle" || shape.kind === "runs") return [];
  const corners = shape.kind === "polygon" ? shape.corners : ellipseCorners(shape);
  const values = [...corners, corners[0]].map(([row, column], i) => ({
    i,
    x: Number((column * size.x).toFixed(1)),
    y: Number((row * size.y).toFixed(1)),
  }));
  const place = (field: string) => ({ field, type: "quantitative", scale: null, axis: null });
  const encoding = { x: place("x"), y: place("y"), order: { field: "i", type: "quantitative" } };
  const top = values.reduce((one, other) => (other.y < one.y ? other : one));
  const words = {
    type: "text",
    text: name,
    x: top.x,
    y: top.y - 5,
    fontSize: 12,
    fontWeight: "bold",
    baseline: "bottom",
  };
  const rims = [
    { stroke: "white", width: 4 },
    { stroke: accent(colour), width: 2 },
  ];
  return [
    ...rims.map(({ stroke, width }) => ({
      data: { values },
      mark: { type: "line", stroke, strokeWidth: width, strokeJoin: "round", tooltip: null },
      encoding,
    })),
    { ...ONE, mark: { ...words, color: "white", stroke: "white", strokeWidth: 3, strokeJoin: "round" } },
    { ...ONE, mark: { ...words, color: accent(colour) } },
  ];
}

function ellipseCorners({ rows, columns }: { rows: PixelRange; columns: PixelRange }): [number, number][] {
  return Array.from({ length: 48 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 48;
    return [
      (rows[0] + rows[1]) / 2 + ((rows[1] - rows[0]) / 2) * Math.sin(angle),
      (columns[0] + columns[1]) / 2 + ((columns[1] - columns[0]) / 2) * Math.cos(angle),
    ];
  });
}
