import type { LatentCoordinates } from "../analyse/results";
import { SpecbookError } from "../core/errors";
import type { FloatArray } from "../data";

/** One or two columns of values, with what to call them. */
export interface DensityColumns {
  readonly columns: readonly Float64Array[];
  readonly names: readonly string[];
}

/** The columns that a density is asked of. */
export function densityColumns(
  values: ArrayLike<number> | FloatArray | LatentCoordinates,
  latents: readonly number[] | undefined,
): DensityColumns {
  if (isLatent(values)) {
    const [, size] = values.values.shape;
    const chosen = latents ?? (size > 1 ? [0, 1] : [0]);
    checkLatents(chosen, size);
    return { columns: chosen.map((j) => column(values.values, j)), names: chosen.map((j) => `z${j + 1}`) };
  }
  if (latents !== undefined) throw noLatents(latents);
  if (isFloatArray(values)) return { columns: columnsOf(values), names: ["Value 1", "Value 2"] };
  return { columns: [Float64Array.from(values)], names: ["Value"] };
}

/** The columns without the rows that hold a value that is not finite; throws where fewer than two are left. */
export function finiteRows(columns: readonly Float64Array[]): readonly Float64Array[] {
  const rows = Array.from(columns[0].keys()).filter((i) => columns.every((values) => Number.isFinite(values[i])));
  if (rows.length > 1) return columns.map((values) => Float64Array.from(rows, (i) => values[i]));
  throw new SpecbookError("DataError", "there is no density to estimate", {
    got: `${rows.length} finite values of ${columns[0].length}`,
    needed: "at least two",
    remedy: "look at the step that made these values",
  });
}

function isLatent(values: unknown): values is LatentCoordinates {
  return (values as { readonly kind?: unknown }).kind === "latent";
}

function isFloatArray(values: object): values is FloatArray {
  return "shape" in values && "data" in values;
}

function columnsOf(values: FloatArray): Float64Array[] {
  const [count, size = 1, ...more] = values.shape;
  if (more.length === 0 && (size === 1 || size === 2) && count * size === values.data.length) {
    return Array.from({ length: size }, (_, j) => column({ data: values.data, shape: [count, size] }, j));
  }
  throw new SpecbookError("ShapeError", "a density is estimated in one dimension or in two", {
    got: `an array of shape [${values.shape.join(", ")}]`,
    needed: "[n], [n, 1] or [n, 2]",
    remedy: "choose two columns, of latents with density(latents, { latents: [0, 1] })",
  });
}

function column({ data, shape }: FloatArray, j: number): Float64Array {
  return Float64Array.from({ length: shape[0] }, (_, i) => data[i * shape[1] + j]);
}

function checkLatents(latents: readonly number[], size: number): void {
  const inside = latents.every((j) => Number.isInteger(j) && j >= 0 && j < size);
  if (inside && (latents.length === 1 || (latents.length === 2 && latents[0] !== latents[1]))) return;
  throw new SpecbookError("OptionError", "a density cannot be taken of these latents", {
    got: `latents: [${latents.join(", ")}], counted from 0, of ${size}`,
    needed: `one or two different ones from 0 to ${size - 1}`,
    remedy: "for example { latents: [0] }",
  });
}

function noLatents(latents: readonly number[]): SpecbookError {
  return new SpecbookError("OptionError", "latents can only be chosen where latents are given", {
    got: `latents: [${latents.join(", ")}] beside an array`,
    needed: "the result of latent(model, samples)",
    remedy: "leave latents out, or give density(await latent(model, samples), { latents })",
  });
}
