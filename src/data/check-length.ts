import { SpecbookError } from "../core/errors";
import type { Axis } from "./axis";

/** Throws unless data, shape and the given axes agree in size. */
export function checkLength(
  what: string,
  data: Float32Array,
  shape: readonly number[],
  axes: Readonly<Record<string, Axis | undefined>>,
): void {
  const size = shape.reduce((a, b) => a * b, 1);
  if (data.length !== size) {
    throw new SpecbookError("ShapeError", `the ${what} has another number of values than its shape says`, {
      got: `${data.length} values for shape ${shape.join(" x ")}`,
      needed: `${size} values`,
      remedy: "give the shape that belongs to the array, slowest axis first",
    });
  }
  for (const [i, [name, a]] of Object.entries(axes).entries()) {
    if (a === undefined || a.size === shape[i]) continue;
    throw new SpecbookError("AxisError", `the ${name} axis of the ${what} has another size than its data`, {
      got: `${a.size} points on the axis, ${shape[i]} in the data (shape ${shape.join(" x ")})`,
      needed: "the same number",
      remedy: `make the axis with size ${shape[i]}, or check that the axes are not swapped`,
    });
  }
}
