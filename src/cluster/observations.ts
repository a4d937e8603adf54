import type { LatentCoordinates } from "../analyse/results";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import type { Axis, FloatArray, HistoryEntry, Image, SpectrumImage } from "../data";
import type { NmfResult, PcaResult } from "../decompose/results";

/**
 * What can be sorted into groups: the latents of samples, the score or abundance maps of a decomposition, the spectra of
 * a scan, images of one scan (their values at a pixel together), or an array [n, d].
 */
export type ObservationsInput =
  | LatentCoordinates
  | PcaResult
  | NmfResult
  | Pick<SpectrumImage, "kind" | "data" | "shape" | "axes" | "history">
  | readonly Image[]
  | FloatArray;

/** Where observations lie in a scan. */
export interface Place {
  readonly scan: readonly [number, number];
  readonly axes: { readonly y: Axis; readonly x: Axis };
  /** Scan pixel (row * columns + column) of each observation. */
  readonly pixels: Int32Array;
}

/** Points of d numbers each, those with a value that is not finite left out. */
export interface Observations {
  /** [n, d] row-major. */
  readonly data: Float64Array;
  readonly n: number;
  readonly d: number;
  /** How many were given; of them, `rows` are used. */
  readonly given: number;
  /** Place in the input of each observation used. */
  readonly rows: Int32Array;
  readonly names: readonly string[];
  /** undefined for an array, which lies nowhere. */
  readonly place?: Place;
  readonly history: readonly HistoryEntry[];
}

/** Lays the input out as points; throws unless at least `least` of them have finite values. */
export function observations(input: ObservationsInput, least = 2): Observations {
  const { values, count, size, names, place, history } = layout(input);
  const finite = Array.from({ length: count }, (_, i) => i).filter((i) => {
    for (let j = 0; j < size; j++) if (!Number.isFinite(values(i, j))) return false;
    return true;
  });
  if (finite.length < least) {
    throw new SpecbookError("DataError", "there are too few points", {
      got: `${finite.length} with finite values, of ${count}`,
      needed: `at least ${least}`,
      remedy: "look at the step that made these values; a mask may leave too few pixels",
    });
  }
  checkMemory(
    8 * finite.length * size,
    `${finite.length} points of ${size} numbers`,
    "decompose spectra first, e.g. pca(spectra, { components: 10 }), or bin or crop them",
  );
  const data = new Float64Array(finite.length * size);
  for (const [at, i] of finite.entries()) for (let j = 0; j < size; j++) data[at * size + j] = values(i, j);
  const rows = Int32Array.from(finite);
  return {
    data,
    n: finite.length,
    d: size,
    given: count,
    rows,
    names,
    place: place === undefined ? undefined : { ...place, pixels: rows.map((i) => place.pixels[i]) },
    history,
  };
}

interface Layout {
  readonly values: (i: number, j: number) => number;
  readonly count: number;
  readonly size: number;
  readonly names: readonly string[];
  readonly place?: Place;
  readonly history: readonly HistoryEntry[];
}

function layout(input: ObservationsInput): Layout {
  if (isImages(input)) return ofImages(input);
  if (!("kind" in input)) return ofArray(input);
  switch (input.kind) {
    case "latent":
      return ofLatents(input);
    case "pca":
    case "nmf":
      return ofMaps(input);
    case "spectrum-image":
      return ofSpectra(input);
    default:
      throw unusable(`a value of kind ${JSON.stringify((input as { kind: unknown }).kind)}`);
  }
}

function isImages(input: ObservationsInput): input is readonly Image[] {
  return Array.isArray(input);
}

function ofArray(input: FloatArray): Layout {
  const { data, shape } = input ?? {};
  const [count, size = 1, ...more] = shape ?? [];
  if (data === undefined || more.length > 0 || count * size !== data.length || data.length === 0) {
    throw unusable(shape === undefined ? typeof input : `${data?.length} values of shape [${shape.join(", ")}]`);
  }
  return { values: (i, j) => data[i * size + j], count, size, names: valueNames(size), history: [] };
}

function ofLatents({ values, positions, scan, axes }: LatentCoordinates): Layout {
  const [count, size] = values.shape;
  return {
    values: (i, j) => values.data[i * size + j],
    count,
    size,
    names: Array.from({ length: size }, (_, j) => `z${j + 1}`),
    place: {
      scan,
      axes,
      pixels: Int32Array.from({ length: count }, (_, i) => positions[2 * i] * scan[1] + positions[2 * i + 1]),
    },
    history: [],
  };
}

function ofMaps({ kind, maps, axes, history }: PcaResult | NmfResult): Layout {
  const [size, rows, columns] = maps.shape;
  const word = kind === "pca" ? "Score" : "Abundance";
  return {
    values: (i, j) => maps.data[j * rows * columns + i],
    count: rows * columns,
    size,
    names: Array.from({ length: size }, (_, j) => `${word} ${j + 1}`),
    place: everyPixel([rows, columns], axes),
    history,
  };
}

function ofSpectra({ data, shape, axes, history }: Pick<SpectrumImage, "data" | "shape" | "axes" | "history">): Layout {
  const [rows, columns, channels] = shape;
  return {
    values: (i, j) => data[i * channels + j],
    count: rows * columns,
    size: channels,
    names: Array.from({ length: channels }, (_, j) => `Channel ${j}`),
    place: everyPixel([rows, columns], axes),
    history,
  };
}

function ofImages(images: readonly Image[]): Layout {
  const [first] = images;
  if (first === undefined) throw unusable("an empty list");
  const wrong = images.find(({ shape }) => shape?.[0] !== first.shape[0] || shape?.[1] !== first.shape[1]);
  if (wrong !== undefined) {
    throw new SpecbookError("ShapeError", "the images are not of one scan", {
      got: `images of ${first.shape.join(" x ")} and of ${wrong.shape?.join(" x ")} pixels`,
      needed: "images of one shape: their values at a pixel are one point",
      remedy: "crop or bin them to the same scan",
    });
  }
  const [rows, columns] = first.shape;
  return {
    values: (i, j) => images[j].data[i],
    count: rows * columns,
    size: images.length,
    names: images.map(({ metadata }, j) => (typeof metadata.title === "string" ? metadata.title : `Image ${j + 1}`)),
    place: everyPixel([rows, columns], first.axes),
    history: first.history,
  };
}

function everyPixel(scan: readonly [number, number], axes: { readonly y: Axis; readonly x: Axis }): Place {
  const pixels = Int32Array.from({ length: scan[0] * scan[1] }, (_, i) => i);
  return { scan, axes: { y: axes.y, x: axes.x }, pixels };
}

function valueNames(size: number): string[] {
  return Array.from({ length: size }, (_, j) => `Value ${j + 1}`);
}

function unusable(got: string): SpecbookError {
  return new SpecbookError("ShapeError", "there are no points in this", {
    got,
    needed: "latents, the result of pca or nmf, a spectrum image, a list of images, or an array of shape [n, d]",
    remedy: "for example kMeans(await pca(spectra, { components: 4 }), { clusters: 3 })",
  });
}
