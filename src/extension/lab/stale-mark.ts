/** What a mark says. */
export interface StaleMarkState {
  readonly reason: string;
  readonly isEdited: boolean;
  readonly isLong: boolean;
  /** True if the button above runs it. */
  readonly runs: boolean;
}

/** A thin bar at the side of a stale cell; at one that takes long, a button that allows or skips it. */
export class StaleMark {
  readonly #bar = document.createElement("div");
  readonly #choice = document.createElement("button");

  constructor(
    readonly cell: HTMLElement,
    onChoice: () => void,
  ) {
    this.#bar.className = "specbook-stale-bar";
    this.#bar.setAttribute("role", "note");
    this.#choice.className = "specbook-stale-choice";
    this.#choice.onclick = (event) => {
      event.stopPropagation();
      onChoice();
    };
    cell.classList.add("specbook-stale");
    cell.append(this.#bar);
  }

  show({ reason, isEdited, isLong, runs }: StaleMarkState): void {
    const end = runs ? "" : isLong ? ". Skipped: it takes long" : ". Waits for a skipped cell";
    this.#bar.title = reason + end;
    this.#bar.setAttribute("aria-label", reason + end);
    this.#bar.classList.toggle("specbook-edited", isEdited);
    if (isLong) {
      this.#choice.textContent = runs ? "allowed, click to skip" : "skipped, click to allow";
      this.#choice.title = `${reason}. It trains or takes long: it runs with the stale cells only if you allow it`;
      if (!this.#choice.isConnected) this.cell.append(this.#choice);
    } else this.#choice.remove();
  }

  remove(): void {
    this.#bar.remove();
    this.#choice.remove();
    this.cell.classList.remove("specbook-stale");
  }
}
