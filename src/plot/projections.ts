import type {
  BackProjection,
  ErrorAnalysis,
  ForwardProjection,
  ImageManifold,
  Manifold,
  SpectrumBackProjection,
  SpectrumManifold,
} from "../analyse/results";
import { SpecbookError } from "../core/errors";
import type { Image } from "../data";
import { checkKind, checkSameScan } from "./check";
import { fieldPanel } from "./field-panel";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { mapPanel } from "./map-panel";
import { extent, percent } from "./numbers";
import { imageName } from "./overview";
import type { VegaLiteSpec } from "./spec";
import { energyWords, spectrumGridPanel } from "./spectrum-grid-panel";
import { mosaic, mosaicSize, tileSide } from "./tiles";
import { source } from "./words";

/** Options of `plot.projections`. */
export interface ProjectionsOptions extends FigureOptions {
  /** Error analyses by name, e.g. `{ "2 latents": ..., "10 latents": ... }`: their maps in one colour scale. */
  readonly errors?: Readonly<Record<string, ErrorAnalysis>>;
  /** An image of the same scan, drawn before the error maps. */
  readonly image?: Image;
  /**
   * Letters of the panels from the first on: images, spectra, image, error maps; "" for none, as where a paper letters
   * only some of them. Default: from `letter` on.
   */
  readonly letters?: readonly string[];
}

const SIZE = 288;
const REMEDY = "plot.projections(await backProjection(model, pairs), await forwardProjection(model, pairs))";

/**
 * The latent plane of a network between images and spectra, seen from both sides: images and spectra at the points of one
 * grid, projected back to the measured samples on one side and forward through the decoder on the other; below, the
 * errors in the plane of the scan, for several models in one colour scale.
 *
 * @param images of `backProjection` (im2spec) or `manifold` (spec2im)
 * @param spectra of `forwardProjection` (im2spec) or `backProjection(..., { side: "spectra" })` (spec2im)
 * @throws OptionError for other values, ShapeError for error maps of different scans
 * @example
 * plot.projections(await backProjection(model, pairs, { grid: 8 }), await forwardProjection(model, pairs, { grid: 8 }), {
 *   errors: { "2 latents": await errors(model, pairs) },
 * })
 */
export function projections(
  images: BackProjection | Manifold,
  spectra: ForwardProjection | SpectrumBackProjection | Manifold,
  options: ProjectionsOptions = {},
): VegaLiteSpec {
  checkKind("plot.projections", images, ["back-projection", "manifold"], REMEDY);
  checkKind("plot.projections", spectra, ["forward-projection", "back-projection", "manifold"], REMEDY);
  if (!hasImages(images) || !hasSpectra(spectra)) throw wrongSides(images, spectra);
  const letter = options.letters === undefined ? letters(options.letter) : chosenLetters(options.letters);
  const size = mosaicSize(images.images, SIZE);
  const planes: Panel[] = [
    fieldPanel({
      x: tileSide("x", images.grid.x, `z${images.latents[0] + 1}`, size.width).channel,
      y: tileSide("y", images.grid.y, `z${images.latents[1] + 1}`, size.height).channel,
      ...size,
      letter: letter(),
      title: images.kind === "manifold" ? "Images, predicted" : "Images, nearest measured",
      field: { grid: mosaic(images.images, 0), colours: "gray", domain: extent(images.images.data) },
    }),
    spectrumGridPanel({
      ...spectra,
      letter: letter(),
      title: spectra.kind === "back-projection" ? "Spectra, nearest measured" : "Spectra, predicted",
      width: SIZE,
      height: size.height,
    }),
  ];
  const { errors = {}, image } = options;
  const [first] = Object.values(errors);
  const notes = [
    first && source(first.map.metadata),
    `${images.grid.y.length} x ${images.grid.x.length} points of the latent plane`,
    ...nearestWords(images, spectra),
    energyWords(spectra.energy),
  ];
  return figure(options, "The latent plane from both sides", notes, [planes, errorPanels(errors, image, letter)]);
}

/** The letters in their order, then none. */
function chosenLetters(chosen: readonly string[]): () => string | undefined {
  let at = 0;
  return () => chosen[at++] || undefined;
}

const hasImages = (side: object): side is BackProjection | ImageManifold => "images" in side;
const hasSpectra = (side: object): side is ForwardProjection | SpectrumBackProjection | SpectrumManifold =>
  "spectra" in side;

function wrongSides(...sides: readonly object[]): SpecbookError {
  return new SpecbookError("OptionError", "plot.projections shows images beside spectra", {
    got: sides.map((side) => (hasImages(side) ? "images" : "spectra")).join(" and "),
    needed: "images first, then spectra",
    remedy: REMEDY,
  });
}

function nearestWords(...sides: readonly object[]): string[] {
  const found = sides.find((side): side is { nearest: number } => "nearest" in side);
  return found === undefined ? [] : [`measured: mean of the ${found.nearest} nearest`];
}

/** The image and the error maps, from 0 to the largest error of all, with one colour bar. */
function errorPanels(
  errors: Readonly<Record<string, ErrorAnalysis>>,
  image: Image | undefined,
  letter: () => string | undefined,
): Panel[] {
  const entries = Object.entries(errors);
  if (entries.length === 0) return [];
  const [[, first]] = entries;
  for (const [name, one] of entries) {
    checkKind("plot.projections", one, ["errors"], `errors: { "${name}": await errors(model, pairs) }`);
    checkSameScan("plot.projections", one.map.shape, first.map.shape, [name, entries[0][0]]);
  }
  if (image !== undefined) checkSameScan("plot.projections", image.shape, first.map.shape, ["image", "errors"]);
  const count = entries.length + (image === undefined ? 0 : 1);
  const width = Math.min(225, Math.floor(610 / count));
  const highest = Math.max(...entries.map(([, { perSample }]) => quantile(perSample, 0.995))) || 1;
  const before = image === undefined ? [] : [imagePanel(image, letter(), width)];
  const maps = entries.map(([name, { map, mean }], i) =>
    mapPanel({
      letter: letter(),
      title: `${name}: mean ${percent(mean)}`,
      data: map.data.map((error) => 100 * error),
      axes: map.axes,
      colours: "inferno",
      domain: [0, 100 * highest],
      width,
      exact: true,
      ...(i === entries.length - 1 ? { legend: "error (%)" } : {}),
    }),
  );
  return [...before, ...maps];
}

function imagePanel(image: Image, letter: string | undefined, width: number): Panel {
  const { data, axes } = image;
  return mapPanel({ letter, title: imageName(image), data, axes, colours: "gray", width, exact: true });
}

function quantile(values: Float32Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
