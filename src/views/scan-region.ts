import { type Axis, image } from "../data";
import { type Region, regionPixels } from "../signal";
import { maskShape, runsMask, type ScanShape, shapeRuns } from "./scan-shapes";

/** A scan that regions lie in. */
interface Scan {
  readonly shape: readonly [number, number, number];
  readonly axes: { readonly y: Axis; readonly x: Axis };
}

/** A drawn shape as the region that the rest of the library takes. */
export function regionOf(shape: ScanShape, { shape: [rows, columns], axes: { y, x } }: Scan): Region {
  if (shape.kind === "rectangle") return { rows: shape.rows, columns: shape.columns };
  const mask = runsMask(shapeRuns(shape, [rows, columns]), [rows, columns]);
  return { mask: image(Float32Array.from(mask), [rows, columns], { axes: { y, x } }) };
}

/**
 * A region as a shape that can be drawn.
 *
 * @throws ShapeError for a region outside the scan or without a pixel
 */
export function shapeOf(region: Region, { shape: [rows, columns] }: Scan): ScanShape {
  regionPixels([rows, columns], region);
  if ("mask" in region) return maskShape("kind" in region.mask ? region.mask.data : region.mask, [rows, columns]);
  const { rows: height = [0, rows], columns: width = [0, columns] } = region;
  return { kind: "rectangle", rows: [height[0], height[1]], columns: [width[0], width[1]] };
}
