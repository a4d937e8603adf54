import type { Clustering, Embedding } from "../cluster/results";
import { SpecbookError } from "../core/errors";
import type { Image } from "../data";
import { checkCount, checkFinite, checkKind, checkSameScan } from "./check";
import { colourRange } from "./colour-maps";
import { padded } from "./density-plane";
import { planeChannel } from "./field-panel";
import { type FigureOptions, figure } from "./figure";
import { barFormat } from "./map-panel";
import { compact, extent, niceTicks } from "./numbers";
import { imageName } from "./overview";
import type { VegaLiteSpec } from "./spec";
import { accent, MISSING } from "./theme";

/** Options of `plot.embedding`. */
export interface EmbeddingPlotOptions extends FigureOptions {
  /** What colours the points: their clusters, an image of the scan, or one number per point. */
  readonly colour?: Clustering | Image | ArrayLike<number>;
  /** The two dimensions to draw, counted from 0. Default [0, 1]. */
  readonly dimensions?: readonly [number, number];
}

const SIZE = 340;
/** Most points that are drawn one by one. */
const MOST_POINTS = 2000;

/**
 * Points laid out in the plane by UMAP. Distances between groups mean nothing in it: neighbours do.
 *
 * @throws OptionError, ShapeError (colours of other points)
 * @example
 * plot.embedding(await umap(latents), { colour: await kMeans(latents, { clusters: 3 }) })
 */
export function embedding(result: Embedding, options: EmbeddingPlotOptions = {}): VegaLiteSpec {
  checkKind("plot.embedding", result, ["embedding"], "plot.embedding(await umap(await latent(model, pairs)))");
  const [count, size] = result.values.shape;
  const { dimensions = size > 1 ? [0, 1] : [0, 0] } = options;
  for (const at of dimensions) checkCount("plot.embedding", "dimensions", at, 0, size - 1);
  checkFinite("plot.embedding", "an embedding", result.values.data);
  const finite = Array.from({ length: count }, (_, i) => i).filter((i) =>
    Number.isFinite(result.values.data[i * size]),
  );
  const drawn = Math.min(MOST_POINTS, finite.length);
  const kept = Array.from({ length: drawn }, (_, i) => finite[Math.floor((i * finite.length) / drawn)]);
  const [x, y] = dimensions.map((at) => kept.map((i) => result.values.data[i * size + at]));
  const colour = colourOf(result, options);
  const row = {
    x: compact(x),
    y: compact(y),
    ...(colour === undefined ? {} : { c: kept.map(colour.value) }),
  };
  const panel = {
    width: SIZE,
    height: SIZE,
    data: { values: [row] },
    transform: [{ flatten: Object.keys(row) }],
    mark: { type: "point", filled: true, size: 18, opacity: 0.8, strokeWidth: 0 },
    encoding: {
      x: planeChannel("x", padded(x, 0.04), "UMAP 1", SIZE),
      y: planeChannel("y", padded(y, 0.04), "UMAP 2", SIZE),
      color: colour?.channel ?? { value: accent(0) },
    },
  };
  const { neighbours, minDistance, seed } = result.options;
  const notes = [
    `${finite.length} points${drawn < finite.length ? `, ${drawn} of them drawn` : ""}`,
    `UMAP of ${neighbours} neighbours, least distance ${minDistance}, seed ${seed}`,
    "distances between groups mean nothing",
  ];
  return figure(options, "Neighbourhoods of the points", notes, [[panel]]);
}

interface Colour {
  readonly value: (point: number) => number | string | null;
  readonly channel: Readonly<Record<string, unknown>>;
}

function colourOf(result: Embedding, { colour }: EmbeddingPlotOptions): Colour | undefined {
  if (colour === undefined) return undefined;
  const [count] = result.values.shape;
  if ("kind" in colour && colour.kind === "clustering") {
    checkCountOf(colour.labels, count);
    return byCluster(colour);
  }
  if ("kind" in colour && colour.kind === "image") return byImage(result, colour);
  const values = colour as ArrayLike<number>; // clusterings and images are dealt with
  checkCountOf(values, count);
  return byNumber((i) => values[i], values, "value");
}

function byCluster({ labels, clusters }: Clustering): Colour {
  const names = [...Array.from({ length: clusters }, (_, i) => `cluster ${i + 1}`), "none"];
  const scale = { domain: names, range: names.map((_, i) => (i < clusters ? accent(i) : MISSING)) };
  const isComplete = labels.every((label) => label >= 0);
  const legend = { title: null, symbolType: "circle", values: isComplete ? names.slice(0, clusters) : names };
  return {
    value: (i) => names[labels[i] < 0 ? clusters : labels[i]],
    channel: { field: "c", type: "nominal", scale, legend },
  };
}

function byImage({ positions, scan }: Embedding, image: Image): Colour {
  if (scan === undefined) throw otherPoints("an image", "points that lie in a scan");
  checkSameScan("plot.embedding", image.shape, scan, ["image of colour", "scan of the points"]);
  const value = (i: number) => image.data[positions[2 * i] * scan[1] + positions[2 * i + 1]];
  return byNumber(value, image.data, imageName(image));
}

function byNumber(value: (i: number) => number, all: ArrayLike<number>, title: string): Colour {
  const [low, high] = extent(all) ?? [0, 1];
  const ticks = niceTicks(low, high, 4);
  const far = Math.max(Math.abs(low), Math.abs(high)) / (high - low); // how far from 0 the values lie, in their range
  const digits = Number.isFinite(far) ? Math.min(15, 3 + Math.floor(Math.log10(far))) : 3;
  return {
    value: (i) => (Number.isFinite(value(i)) ? Number(value(i).toPrecision(digits)) : null),
    channel: {
      field: "c",
      type: "quantitative",
      scale: { domain: low < high ? [low, high] : [low, low + 1], range: colourRange("viridis") },
      legend: { title, gradientLength: SIZE - 22, values: ticks, format: barFormat(ticks) },
    },
  };
}

function checkCountOf(values: ArrayLike<number>, count: number): void {
  if (values.length !== count) throw otherPoints(`${values.length} values`, `one for each of ${count} points`);
}

function otherPoints(got: string, needed: string): SpecbookError {
  return new SpecbookError("ShapeError", "plot.embedding: the colours are not those of these points", {
    got,
    needed,
    remedy: "cluster what was given to umap, or give one number per point",
  });
}
