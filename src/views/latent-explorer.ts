import type { LatentCoordinates } from "../analyse";
import { SpecbookError } from "../core/errors";
import { markDependents } from "./mark-dependents";
import { Widget, type WidgetOptions } from "./widget";

/** The view of a latent space: what is chosen in it is here for the cells that follow. */
export class LatentExplorer extends Widget {
  /** Where the samples lie in the latent space. */
  readonly coordinates: LatentCoordinates;

  constructor(options: WidgetOptions, coordinates: LatentCoordinates) {
    super(options);
    this.coordinates = coordinates;
    markDependents(this, ["selection"]);
  }

  /**
   * The samples inside the lasso, as indices in ascending order; none before one is drawn. Giving indices selects them in
   * the view.
   *
   * @throws ShapeError for an index outside the samples
   * @example
   * const chosen = select(pairs, view.selection);
   */
  get selection(): Int32Array {
    return indicesOf(this.get("selection"));
  }

  set selection(indices: ArrayLike<number>) {
    const [count] = this.coordinates.values.shape;
    const bad = Array.from(indices).find((i) => !Number.isInteger(i) || i < 0 || i >= count);
    if (bad !== undefined) {
      throw new SpecbookError("ShapeError", "an index of the selection lies outside the samples", {
        got: `index ${bad}`,
        needed: `whole numbers from 0 to ${count - 1}`,
        remedy: "give the places of samples in the set that the view was made from",
      });
    }
    this.set({ selection: Int32Array.from(new Set(Array.from(indices))).sort() });
  }
}

/** Set here it is an Int32Array, set by a front end the bytes of one. */
function indicesOf(value: unknown): Int32Array {
  if (value instanceof Int32Array) return value.slice();
  if (!(value instanceof DataView)) return new Int32Array(0);
  return Int32Array.from({ length: Math.floor(value.byteLength / 4) }, (_, i) => value.getInt32(4 * i, true));
}
