import { SpecbookError } from "../core/errors";

/** Most rows of data that a chart may carry. */
export const MAX_ROWS = 5000;
/** Most bytes of JSON that a chart may carry. */
export const MAX_BYTES = 1_000_000;

/** Throws if a chart would make the notebook slow to open: too many rows of data, or too much JSON. */
export function guardSize(spec: object): void {
  const rows = dataRows(spec);
  if (rows > MAX_ROWS) {
    throw new SpecbookError("MemoryError", "this chart carries too many rows of data", {
      got: `${rows} rows`,
      needed: `at most ${MAX_ROWS}`,
      remedy:
        "draw maps with plot.map (one picture, not one mark per pixel), thin curves, or plot a sample of the points",
    });
  }
  const bytes = JSON.stringify(spec).length;
  if (bytes > MAX_BYTES) {
    throw new SpecbookError("MemoryError", "this chart is too large for a notebook", {
      got: `${(bytes / 1e6).toFixed(1)} MB of JSON`,
      needed: `at most ${MAX_BYTES / 1e6} MB`,
      remedy: "draw fewer panels, crop or bin the images, or draw the figure in two charts",
    });
  }
}

/** Rows of inline data anywhere in a specification: `data.values`, and the tables of `datasets`. */
function dataRows(node: unknown): number {
  if (typeof node !== "object" || node === null) return 0;
  if (Array.isArray(node)) return node.reduce((sum: number, child) => sum + dataRows(child), 0);
  let sum = 0;
  for (const [key, child] of Object.entries(node)) {
    if (key === "values" && Array.isArray(child)) sum += child.length;
    else if (key === "datasets") for (const table of Object.values(child ?? {})) sum += lengthOf(table);
    else sum += dataRows(child);
  }
  return sum;
}

function lengthOf(table: unknown): number {
  return Array.isArray(table) ? table.length : 0;
}
