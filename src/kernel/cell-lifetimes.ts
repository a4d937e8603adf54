import type { Message } from "./wire";

type Release = () => void;

// Jupyter's front ends name the cell of a request in its metadata, and the cells that were deleted since the last one.
function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");
}

// Front ends that name no cells, as a run without a page, never say that something is gone.
const MOST_NAMELESS = 50;

/** What lives as long as the outputs of a cell: until it runs again or is deleted. */
export class CellLifetimes {
  readonly #releases = new Map<string, Release[]>();
  readonly #nameless: Release[] = [];

  /** A request is about to run: the outputs of its cell, and those of deleted cells, are gone. */
  begin({ metadata }: Message): void {
    for (const cell of [...strings(metadata.deletedCells), ...strings(metadata.cellId)]) {
      const releases = this.#releases.get(cell) ?? [];
      this.#releases.delete(cell);
      for (const release of releases) release();
    }
  }

  /** Calls `release` when the outputs of the request's cell are gone; in a cell without a name, when there are 50 later ones. */
  add(request: Message | undefined, release: Release): void {
    const cells = strings(request?.metadata.cellId);
    for (const cell of cells) this.#releases.set(cell, [...(this.#releases.get(cell) ?? []), release]);
    if (cells.length > 0) return;
    this.#nameless.push(release);
    if (this.#nameless.length > MOST_NAMELESS) this.#nameless.shift()?.();
  }
}
