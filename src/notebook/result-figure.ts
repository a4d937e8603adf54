import { isSpecbookError } from "../core/errors";
import type { VegaLiteSpec } from "../plot";
import { angleMap } from "../plot/angle-map";
import { backProjection } from "../plot/back-projection";
import { background } from "../plot/background";
import { clusters } from "../plot/clusters";
import { componentChoice } from "../plot/component-choice";
import { componentMatch } from "../plot/component-match";
import { deconvolution } from "../plot/deconvolution";
import { density } from "../plot/density";
import { despiked } from "../plot/despiked";
import { drift } from "../plot/drift";
import { embedding } from "../plot/embedding";
import { errorMap } from "../plot/error-map";
import { forwardProjection } from "../plot/forward-projection";
import { ica } from "../plot/ica";
import { latentScatter } from "../plot/latent-scatter";
import { latentSpread } from "../plot/latent-spread";
import { manifold } from "../plot/manifold";
import { nmf } from "../plot/nmf";
import { pca } from "../plot/pca";
import { peakFit } from "../plot/peak-fit";
import { predictions } from "../plot/predictions";
import { reconstruction } from "../plot/reconstruction";
import { residualMap } from "../plot/residual-map";
import { scree } from "../plot/scree";
import { shiftMap } from "../plot/shift-map";
import { silhouette } from "../plot/silhouette";
import { stability } from "../plot/stability";
import { thickness } from "../plot/thickness";
import { zeroLossAlignment } from "../plot/zero-loss-alignment";
import { zeroLossRemoval } from "../plot/zero-loss-removal";
import type { DRAWN_KINDS } from "./drawn-kinds";

type Drawn = Exclude<(typeof DRAWN_KINDS)[number], "posterior">;

/** The figure of each kind of result, with its default options. */
const FIGURES: { readonly [Kind in Drawn]: (value: never) => VegaLiteSpec } = {
  "angle-map": angleMap,
  "back-projection": backProjection,
  "background-removal": background,
  clustering: clusters,
  "component-choice": componentChoice,
  "component-match": componentMatch,
  deconvolution,
  density,
  despiked,
  drift,
  embedding,
  errors: errorMap,
  "forward-projection": forwardProjection,
  ica,
  latent: latentScatter,
  "latent-spread": latentSpread,
  manifold,
  nmf,
  pca,
  "peak-fit": peakFit,
  predictions,
  reconstruction,
  "residual-map": residualMap,
  scree,
  "shift-map": shiftMap,
  silhouette,
  stability,
  thickness,
  "zero-loss-alignment": zeroLossAlignment,
  "zero-loss-removal": zeroLossRemoval,
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
    // What cannot be drawn, such as a map without a finite value, is shown as text; so is an object of the user that has a
    // `kind` of its own, such as { kind: "nmf", components: 4 }.
    if (isSpecbookError(error) || error instanceof TypeError) return undefined;
    throw error;
  }
}
