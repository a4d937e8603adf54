import { label } from "../../../plot/numbers";
import type { PinnedShape } from "../../../views/explore-messages";
import type { Theme } from "../draw/theme";
import { type Curve, colourOf } from "./spectrum-panel";
import { make } from "./tools";

/** One curve of the legend. */
export interface Chip {
  readonly curve: Curve;
  readonly pixels: number;
  /** Value at the energy under the pointer. */
  readonly value: number | undefined;
  /** The pinned region that its button takes away. */
  readonly pinned: PinnedShape | undefined;
}

/**
 * Writes the legend: colour, name, size, value under the pointer, and for pinned regions a button that takes them away.
 * While the curves are the same their elements stay: a button is neither lost under a click nor without the keyboard.
 */
export function showChips(
  element: HTMLElement,
  chips: readonly Chip[],
  theme: Theme,
  drop: (one: PinnedShape) => void,
): void {
  const key = JSON.stringify(chips.map(({ curve, pinned }) => [curve.name, pinned !== undefined]));
  if (element.dataset.chips !== key) {
    const { activeElement } = document;
    const made = chips.map((chip) => chipElement(chip, drop));
    const focused = ([...element.children] as HTMLElement[]).find(
      (one) => activeElement !== null && one.contains(activeElement),
    );
    element.replaceChildren(...made.map(({ chip }) => chip));
    element.dataset.chips = key;
    shown.set(element, made);
    if (focused !== undefined) {
      const same = made.find(({ chip }) => chip.dataset.name === focused.dataset.name);
      (same?.button ?? made.find(({ button }) => button !== undefined)?.button)?.focus();
    }
  }
  for (const [i, { swatch, size, number }] of (shown.get(element) ?? []).entries()) {
    const { curve, pixels, value } = chips[i];
    swatch.style.color = colourOf(curve.colour, theme);
    size.textContent = curve.colour === "cursor" ? "" : ` ${pixels} px`;
    number.textContent = value === undefined ? "" : valueWords(value);
  }
}

function valueWords(value: number): string {
  return Number.isFinite(value) ? label(value).replace("-", "\u2212") : "no value";
}

/** The parts of a chip that change. */
interface ChipElement {
  readonly chip: HTMLElement;
  readonly swatch: HTMLElement;
  readonly size: HTMLElement;
  readonly number: HTMLElement;
  readonly button: HTMLButtonElement | undefined;
}

const shown = new WeakMap<HTMLElement, readonly ChipElement[]>();

function chipElement({ curve, pinned }: Chip, drop: (one: PinnedShape) => void): ChipElement {
  const [swatch, size, number] = [make("i"), make("span"), make("b")];
  const chip = make("div", "sb-chip", swatch, NAMES[curve.name] ?? curve.name, size, number);
  chip.dataset.name = curve.name;
  if (pinned === undefined) return { chip, swatch, size, number, button: undefined };
  const button = make("button", "", "\u00d7");
  button.title = `Forget ${pinned.name}`;
  button.setAttribute("aria-label", button.title);
  button.addEventListener("click", () => drop(pinned));
  chip.append(button);
  return { chip, swatch, size, number, button };
}

const NAMES: Readonly<Record<string, string>> = { scan: "whole scan", cursor: "under the cursor" };
