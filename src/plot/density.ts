import type { Density } from "../cluster/results";
import { checkFinite, checkKind } from "./check";
import { CONTOUR_NOTE, contourLayer, isPlane, type PlaneDensity } from "./contour-layer";
import { edges, fieldPanel, planeChannel } from "./field-panel";
import { type FigureOptions, figure, type Panel } from "./figure";
import { linePanel } from "./line-panel";
import { label } from "./numbers";
import type { VegaLiteSpec } from "./spec";

/**
 * A kernel density estimate: a curve in one dimension, in two a field with contours that enclose shares of it.
 *
 * @throws OptionError for another value than the result of `density`
 * @example
 * plot.density(density(await latent(model, windows)))
 */
export function density(shown: Density, options: FigureOptions = {}): VegaLiteSpec {
  checkKind("plot.density", shown, ["density"], "plot.density(density(await latent(model, windows)))");
  checkFinite("plot.density", "a density", shown.values);
  const rule = {
    scott: "Scott's rule",
    silverman: "Silverman's rule",
    likelihood: "of the largest likelihood",
    given: "as given",
  }[shown.rule];
  const notes = [
    `${shown.count} values${shown.left > 0 ? `, ${shown.left} without a number left out` : ""}`,
    `Gaussian kernel, width ${label(shown.bandwidth)} of the spread (${rule})`,
    isPlane(shown) ? CONTOUR_NOTE : undefined,
  ];
  const panel = isPlane(shown) ? densityPanel(shown, { title: "", size: 340 }) : curvePanel(shown);
  return figure(options, "Density", notes, [[panel]]);
}

function curvePanel({ x, values, names }: Density): Panel {
  return linePanel({
    title: "",
    x,
    xTitle: names[0],
    yTitle: "Density",
    curves: [{ name: "density", values }],
    width: 360,
    height: 220,
    filled: true,
  });
}

/** A density of two dimensions as a field with its contours. */
export function densityPanel(
  shown: PlaneDensity,
  { letter, title, size }: { readonly letter?: string; readonly title: string; readonly size: number },
): Panel {
  const { x, y, values, names } = shown;
  const [sideX, sideY] = [planeChannel("x", edges(x), names[0], size), planeChannel("y", edges(y), names[1], size)];
  return fieldPanel({
    letter,
    title,
    field: { grid: { data: values, rows: y.length, columns: x.length }, colours: "viridis", legend: "density" },
    x: sideX,
    y: sideY,
    width: size,
    height: size,
    over: [contourLayer(shown, sideX, sideY, "white")],
  });
}
