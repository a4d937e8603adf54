import { densityLevels } from "../cluster/density-levels";
import type { Density } from "../cluster/results";
import { type CoordinateGrid, contours } from "./contours";
import type { Channel } from "./line-scales";

/** Shares of all samples that the contours enclose. */
export const SHARES: readonly number[] = [0.1, 0.3, 0.5, 0.7, 0.9];

/** "contours enclose 10, 30, 50, 70 and 90 % of the density" */
export const CONTOUR_NOTE = `contours enclose ${SHARES.slice(0, -1)
  .map((share) => 100 * share)
  .join(", ")} and ${100 * SHARES[SHARES.length - 1]} % of the density`;

/** A density of two dimensions, as a grid with coordinates. */
export type PlaneDensity = Density & { readonly y: Float64Array };

export function isPlane(density: Density): density is PlaneDensity {
  return density.y !== undefined;
}

/** The contours of a density that enclose given shares of it, as lines over the axes of a panel. */
export function contourLayer(density: PlaneDensity, x: Channel, y: Channel, colour: string): Record<string, unknown> {
  const lines = densityLevels(density, SHARES).flatMap((level) => contours(density satisfies CoordinateGrid, level));
  const steps = (line: number[], axis: Float64Array) => {
    const step = (axis[axis.length - 1] - axis[0]) / 2000;
    return line.map((value) => Math.round((value - axis[0]) / step)).join(" ");
  };
  const back = (field: "x" | "y", axis: Float64Array) => ({
    calculate: `${short(axis[0])} + ${short((axis[axis.length - 1] - axis[0]) / 2000)} * toNumber(datum.${field})`,
    as: field,
  });
  // One row for all lines: a notebook is saved with a line for each value of a row.
  const all = (field: "x" | "y", axis: Float64Array) => lines.map((line) => steps(line[field], axis)).join(";");
  return {
    data: { values: [{ x: all("x", density.x), y: all("y", density.y) }] },
    transform: [
      { calculate: "split(datum.x, ';')", as: "x" },
      { calculate: "split(datum.y, ';')", as: "y" },
      { calculate: `sequence(${lines.length})`, as: "line" },
      { flatten: ["x", "y", "line"] },
      { calculate: "split(datum.x, ' ')", as: "x" },
      { calculate: "split(datum.y, ' ')", as: "y" },
      { calculate: "sequence(length(datum.x))", as: "at" },
      { flatten: ["x", "y", "at"] },
      back("x", density.x),
      back("y", density.y),
    ],
    mark: { type: "line", color: colour, strokeWidth: 1, opacity: 0.85, clip: true, tooltip: null },
    encoding: {
      x,
      y,
      detail: { field: "line", type: "nominal" },
      order: { field: "at", type: "quantitative" },
    },
  };
}

const short = (v: number) => Number(v.toPrecision(7));
