import { SpecbookError } from "../core/errors";
import { checkValues } from "../data/check-values";
import { transpose } from "../engine/linear-algebra";
import type { Factors } from "./hals";
import type { NmfResult } from "./results";
import type { SpectraMatrix } from "./scan-matrix";

/** The factors to start from out of given maps and endmembers, e.g. those of an earlier result. */
export function givenStart(matrix: SpectraMatrix, k: number, given: Pick<NmfResult, "maps" | "endmembers">): Factors {
  const { maps, endmembers } = given;
  const scanPixels = matrix.axes.y.size * matrix.axes.x.size;
  const channels = matrix.axes.energy.size;
  if (maps.data.length !== k * scanPixels || endmembers.data.length !== k * channels) {
    throw new SpecbookError("ShapeError", "the given start does not fit the spectra", {
      got: `maps ${maps.shape.join(" x ")}, endmembers ${endmembers.shape.join(" x ")}`,
      needed: `maps ${k} x ${matrix.axes.y.size} x ${matrix.axes.x.size}, endmembers ${k} x ${channels}`,
      remedy: `give components: ${endmembers.shape[0]} if that is how many the start has, and the same scan`,
    });
  }
  const w = matrix.fromMaps(maps.data, k);
  const h = Float32Array.from(transpose(matrix.fromSpectra(endmembers.data, k), k, matrix.channels));
  for (const [what, data, name] of [
    ["maps", w, "pixel"],
    ["endmembers", h, "channel"],
  ] as const) {
    checkValues(data, {
      what: `${what} to start from`,
      shape: [data.length / k, k],
      dimensions: [name, "component"],
      nonNegative: true,
      remedy: "start from factors without NaN or negative values, and with the same mask",
    });
  }
  return { w, h, k };
}
