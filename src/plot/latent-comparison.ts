import type { AngleMap, LatentCoordinates } from "../analyse/results";
import { positiveOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { anglePanel } from "./angle-map";
import { checkCount, checkKind } from "./check";
import { colourWheelPanel } from "./colour-wheel";
import { CONTOUR_NOTE } from "./contour-layer";
import { densityPlane } from "./density-plane";
import { type FigureOptions, figure, letters, type Panel } from "./figure";
import { standardisedMap } from "./latent-maps";
import { scatterPanel } from "./latent-scatter";
import { mapPanel } from "./map-panel";
import type { VegaLiteSpec } from "./spec";
import { encodedNoun } from "./words";

/** One of the latent spaces that `plot.latentComparison` sets side by side. */
export interface ComparedLatent {
  /** What is different here, e.g. "window 6". */
  readonly name: string;
  readonly latent: LatentCoordinates;
  /** The angles of the same samples; drawn first among the maps. */
  readonly angle?: AngleMap;
}

/** Options of `plot.latentComparison`. */
export interface LatentComparisonOptions extends FigureOptions {
  /** Maps of angle and latents beside each plane: a row for each. Default true; false: the planes alone. */
  readonly maps?: boolean;
  /** Planes in a row where there are no maps. Default 4. */
  readonly columns?: number;
  /** Both sides of every plane the same range, -this to this, so that a latent that is not used looks narrow. */
  readonly range?: number;
}

/** Points of each plane that are drawn; the contours count all. */
const POINTS = 180;
/** Points of their density along each side. */
const CELLS = 36;

/**
 * Latent spaces of several models side by side: the plane of the first two latents with the contours of its density and,
 * a row for each model, the maps of angle and latents (Roccapriore et al., invariant features, Figs. S1, S3, S4).
 *
 * @throws OptionError for an empty list or other values
 * @example
 * plot.latentComparison([{ name: "window 6", latent: six, angle: turns }, { name: "window 30", latent: thirty }])
 */
export function latentComparison(
  compared: readonly ComparedLatent[],
  options: LatentComparisonOptions = {},
): VegaLiteSpec {
  const remedy = 'plot.latentComparison([{ name: "window 10", latent: await latent(model, windows) }])';
  if (!Array.isArray(compared) || compared.length === 0) {
    throw new SpecbookError("OptionError", "plot.latentComparison has nothing to draw", {
      got: Array.isArray(compared) ? "an empty list" : typeof compared,
      needed: "a list of { name, latent }",
      remedy,
    });
  }
  for (const { latent, angle } of compared) {
    checkKind("plot.latentComparison", latent, ["latent"], remedy);
    if (angle !== undefined) checkKind("plot.latentComparison", angle, ["angle-map"], remedy);
  }
  const { maps = true, columns = 4, range } = options;
  checkCount("plot.latentComparison", "columns", columns, 1, 6);
  if (range !== undefined) positiveOption("plot.latentComparison", "range", range);
  const letter = letters(options.letter);
  const panels = compared.flatMap((one) => [
    planePanel(one, letter(), maps ? BESIDE : ALONE, range),
    ...(maps ? mapsOf(one) : []),
  ]);
  const each = maps ? panels.length / compared.length : Math.min(columns, compared.length);
  const counts = compared.map(({ latent }) => latent.values.shape[0]);
  const noun = encodedNoun(compared[0].latent);
  const same = counts.every((count) => count === counts[0]);
  const notes = [
    same ? `${counts[0]} ${noun}${compared.length > 1 ? " each" : ""}` : `${counts.join(", ")} ${noun}`,
    CONTOUR_NOTE,
  ];
  return figure(options, "Latent spaces", notes, [panels, maps ? angleKey(compared) : []], each, 66);
}

/** The ring that says which colour of the maps points where, once for all rows. */
function angleKey(compared: readonly ComparedLatent[]): Panel[] {
  const angle = compared.find((one) => one.angle !== undefined)?.angle;
  return angle === undefined ? [] : [colourWheelPanel(angle.symmetry, KEY)];
}

/** Diameter of the ring, and the room around it for its numbers. */
const KEY = { diameter: 60, room: [32, 18] as const, title: "Angle" };

/** Side of a plane beside maps, and of one alone; four of either fit into a notebook. */
const [BESIDE, ALONE] = [118, 144];

function planePanel({ name, latent }: ComparedLatent, letter: string, side: number, range?: number): Panel {
  const latents = latent.values.shape[1] > 1 ? ([0, 1] as const) : ([0, 0] as const);
  const plane = densityPlane(latent, latents, { cells: CELLS, range });
  return scatterPanel({ latent, latents, ...plane, letter, title: name, options: {}, size: side, points: POINTS });
}

function mapsOf({ latent, angle }: ComparedLatent): Panel[] {
  const shown = Math.min(2, latent.values.shape[1]);
  return [
    ...(angle === undefined ? [] : [{ ...anglePanel(angle, "", BESIDE), title: "Angle" }]),
    ...Array.from({ length: shown }, (_, j) =>
      mapPanel({
        ...standardisedMap(latent, j),
        title: `z${j + 1}`,
        width: BESIDE,
        legend: j === shown - 1 ? "z (s.d. from mean)" : undefined,
      }),
    ),
  ];
}
