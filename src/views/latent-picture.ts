import { type LatentCoordinates, manifold } from "../analyse";
import { density } from "../cluster";
import { isSpecbookError } from "../core/errors";
import type { Model } from "../models";
import { density as densityFigure } from "../plot/density";
import { densityPlane } from "../plot/density-plane";
import { fieldPanel } from "../plot/field-panel";
import { figure, type Panel } from "../plot/figure";
import { latentScatter, scatterNotes, scatterPanel } from "../plot/latent-scatter";
import { extent } from "../plot/numbers";
import type { VegaLiteSpec } from "../plot/spec";
import { spectrumGridPanel } from "../plot/spectrum-grid-panel";
import { mosaic, mosaicSize, tileSide } from "../plot/tiles";
import { decodingModels } from "./decoded-sides";
import type { LatentPlane } from "./latent-plane";

const SIZE = 300;
/** Points decoded along each side. */
const GRID = 6;

/** What the static picture shows beside the plane. */
export interface PictureOptions {
  /** Colours of the points; default none. */
  readonly colours?: { readonly values: ArrayLike<number>; readonly title: string };
  readonly signal?: AbortSignal;
}

/** The view where nothing is interactive: the samples in the latent plane, and what the model decodes across it. */
export async function latentPicture(
  model: Model,
  coordinates: LatentCoordinates,
  { latents }: LatentPlane,
  { colours, signal }: PictureOptions,
): Promise<VegaLiteSpec> {
  if (latents[0] === latents[1]) return linePicture(coordinates);
  const plane = densityPlane(coordinates, latents);
  const options = colours === undefined ? {} : { colour: colours.values, legend: colours.title };
  const size = { size: SIZE, legend: "bottom" as const };
  const panels: Panel[] = [scatterPanel({ latent: coordinates, latents, ...plane, letter: "a", options, ...size })];
  for (const each of decodingModels(model)) {
    panels.push(await decodedPanel(each, coordinates, latents, "abc"[panels.length], signal));
  }
  const seed = model.training?.options.seed;
  const notes = [...scatterNotes(coordinates, plane.estimate), `decoded by ${model.kind}`];
  return figure({}, "Latent space", [...notes, seed === undefined ? undefined : `seed ${seed}`], [panels]);
}

/** What the model decodes on a grid of the plane. */
async function decodedPanel(
  model: Model,
  samples: LatentCoordinates,
  latents: readonly [number, number],
  letter: string,
  signal: AbortSignal | undefined,
): Promise<Panel> {
  const found = await manifold(model, { samples, latents, grid: GRID, signal });
  const title = found.side === "images" ? "Decoded windows" : "Decoded spectra";
  if (found.side === "spectra") return spectrumGridPanel({ ...found, letter, title, width: 380, height: SIZE });
  const { width, height } = mosaicSize(found.images, SIZE);
  return fieldPanel({
    letter,
    title,
    field: { grid: mosaic(found.images, 0), colours: "gray", domain: extent(found.images.data) },
    x: tileSide("x", found.grid.x, `z${latents[0] + 1}`, width).channel,
    y: tileSide("y", found.grid.y, `z${latents[1] + 1}`, height).channel,
    width,
    height,
  });
}

function linePicture(coordinates: LatentCoordinates): VegaLiteSpec {
  try {
    return densityFigure(density(coordinates, { latents: [0] }));
  } catch (error) {
    if (isSpecbookError(error, "DataError")) return latentScatter(coordinates); // a latent that does not vary
    throw error;
  }
}
