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

/** Writes the legend: colour, name, size, value under the pointer, and for pinned regions a button that takes them away. */
export function showChips(
  element: HTMLElement,
  chips: readonly Chip[],
  theme: Theme,
  drop: (one: PinnedShape) => void,
): void {
  element.replaceChildren(
    ...chips.map(({ curve, pixels, value, pinned }) => {
      const swatch = make("i");
      swatch.style.color = colourOf(curve.colour, theme);
      const words = curve.colour === "cursor" ? "" : ` ${pixels} px`;
      const chip = make("div", "sb-chip", swatch, NAMES[curve.name] ?? curve.name, make("span", "", words));
      chip.dataset.name = curve.name;
      if (value !== undefined) chip.append(Number.isFinite(value) ? label(value).replace("-", "\u2212") : "no value");
      if (pinned !== undefined) {
        const button = make("button", "", "\u00d7");
        button.title = `Forget ${pinned.name}`;
        button.setAttribute("aria-label", button.title);
        button.addEventListener("click", () => drop(pinned));
        chip.append(button);
      }
      return chip;
    }),
  );
}

const NAMES: Readonly<Record<string, string>> = { scan: "whole scan", cursor: "under the cursor" };
