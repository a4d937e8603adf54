import { isSpecbookError } from "../core/errors";
import type { VegaLiteSpec } from "../plot";
import { angleMap } from "../plot/angle-map";
import { backProjection } from "../plot/back-projection";
import { clusters } from "../plot/clusters";
import { density } from "../plot/density";
import { embedding } from "../plot/embedding";
import { errorMap } from "../plot/error-map";
import { forwardProjection } from "../plot/forward-projection";
import { latentScatter } from "../plot/latent-scatter";
import { latentSpread } from "../plot/latent-spread";
import { manifold } from "../plot/manifold";
import { predictions } from "../plot/predictions";
import { shiftMap } from "../plot/shift-map";
import { silhouette } from "../plot/silhouette";
import type { DRAWN_KINDS } from "./drawn-kinds";

type Drawn = Exclude<(typeof DRAWN_KINDS)[number], "posterior">;

/** The figure of each kind of result, with its default options. */
const FIGURES: { readonly [Kind in Drawn]: (value: never) => VegaLiteSpec } = {
  "angle-map": angleMap,
  "back-projection": backProjection,
  clustering: clusters,
  density,
  embedding,
  errors: errorMap,
  "forward-projection": forwardProjection,
  latent: latentScatter,
  "latent-spread": latentSpread,
  manifold,
  predictions,
  "shift-map": shiftMap,
  silhouette,
};

/** The figure that shows a result; undefined where there is none, or where the result has nothing that can be drawn. */
export function resultFigure(value: unknown): VegaLiteSpec | undefined {
  if (isManifolds(value)) return figureOf("manifold", value);
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  return Object.hasOwn(FIGURES, String(value.kind)) ? figureOf(value.kind as Drawn, value) : undefined;
}

/** The manifolds of a model's classes come as a list. */
function isManifolds(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((one) => typeof one === "object" && one !== null && one.kind === "manifold");
}

function figureOf(kind: Drawn, value: unknown): VegaLiteSpec | undefined {
  try {
    return FIGURES[kind](value as never); // the table pairs each kind with its own plot function
  } catch (error) {
    // What cannot be drawn, such as a map without a finite value, is shown as text.
    if (isSpecbookError(error)) return undefined;
    throw error;
  }
}
