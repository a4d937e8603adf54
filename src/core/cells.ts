/** The name of the channel on which a front end asks which outputs of a notebook are stale. */
export const CELLS_TARGET = "specbook.cells";

/** What a front end asks: the code cells of its notebook, in order. */
export interface CellsQuestion {
  readonly cells: readonly { readonly id: string; readonly source: string }[];
}

/** A cell whose outputs are not what running it now would give. */
export interface StaleCellState {
  readonly id: string;
  /** True if the cell was edited after it ran; else it is stale because of others. */
  readonly isEdited: boolean;
  /** The cells that it is stale because of, with the names that come from them; none: a later cell changed something. */
  readonly because: readonly { readonly id: string; readonly names: readonly string[] }[];
  /** True if running it takes long: it trains a model, or its last run took more than ten seconds. */
  readonly isLong: boolean;
}

/** What the kernel says of itself: by hand, in a view, something was changed that cells depend on. */
export interface CellsChanged {
  readonly changed: true;
}

/** What the kernel answers. */
export interface CellsAnswer {
  /** From which cells each cell takes names. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly names: readonly string[] }[];
  readonly stale: readonly StaleCellState[];
  /** The stale cells in the order to run them. */
  readonly order: readonly string[];
}
