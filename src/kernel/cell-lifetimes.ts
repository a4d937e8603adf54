import type { Message } from "./wire";

type Release = () => void;

// Jupyter's front ends name the cell of a request in its metadata, and the cells that were deleted since the last one.
function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");
}

/** What lives as long as the outputs of a cell: until it runs again or is deleted. */
export class CellLifetimes {
  readonly #releases = new Map<string, Release[]>();

  /** A request is about to run: the outputs of its cell, and those of deleted cells, are gone. */
  begin({ metadata }: Message): void {
    for (const cell of [...strings(metadata.deletedCells), ...strings(metadata.cellId)]) {
      const releases = this.#releases.get(cell) ?? [];
      this.#releases.delete(cell);
      for (const release of releases) release();
    }
  }

  /** Calls `release` when the outputs of the request's cell are gone; never where the front end names no cells. */
  add(request: Message | undefined, release: Release): void {
    for (const cell of strings(request?.metadata.cellId)) {
      this.#releases.set(cell, [...(this.#releases.get(cell) ?? []), release]);
    }
  }
}
