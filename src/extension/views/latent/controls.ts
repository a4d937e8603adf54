import { label } from "../../../plot/numbers";
import type { ColoursAnswer, LatentAbout } from "../../../views/latent-protocol";
import type { Theme } from "../draw/theme";
import { element } from "../element";
import { scanSwatch, shades } from "./point-colours";

/** A value to choose and what to call it. */
export type Option = readonly [value: string, text: string];

/** A labelled choice of one of several values; `name` is what it is called where the title is not enough. */
export function choice(
  title: string,
  options: readonly Option[],
  chosen: string,
  onChoose: (value: string) => void,
  name = title,
): HTMLLabelElement {
  const select = element(
    "select",
    { ariaLabel: name },
    options.map(([value, text]) => element("option", { value }, [text])),
  );
  select.value = chosen;
  select.addEventListener("change", () => onChoose(select.value));
  return element("label", {}, [title, select]);
}

/** Choices of the two latents of the plane; taking the other side's latent exchanges the two. */
export function planeChoices(
  { size }: LatentAbout,
  latents: readonly [number, number],
  onChoose: (latents: readonly [number, number]) => void,
): HTMLElement[] {
  if (size < 2) return [];
  const options = Array.from({ length: size }, (_, j) => [String(j), `latent ${j + 1}`] as const);
  const sides = ["x", "y"] as const;
  const chosen: [number, number] = [latents[0], latents[1]];
  const labels = sides.map((side, at) =>
    choice(side, options, String(latents[at]), (value) => {
      const before = chosen[at];
      chosen[at] = Number(value);
      if (chosen[1 - at] === chosen[at]) chosen[1 - at] = before;
      for (const [k, each] of labels.entries()) select(each).value = String(chosen[k]);
      onChoose([chosen[0], chosen[1]]);
    }),
  );
  return labels;
}

function select(choiceLabel: HTMLElement): HTMLSelectElement {
  return choiceLabel.querySelector("select") as HTMLSelectElement; // `choice` puts one there
}

/** Sliders for the latents that do not run along a side of the plane. */
export interface Sliders {
  readonly box: HTMLElement;
  /** One number for each latent. */
  readonly values: number[];
  /** Shows those of a new plane. */
  show(latents: readonly [number, number]): void;
  /** Sets the sliders without telling. */
  set(values: readonly number[]): void;
}

/** Sliders over the range of the samples, at their means. */
export function sliders({ spread }: LatentAbout, onChange: () => void): Sliders {
  const box = element("div", { className: "sliders" });
  const values = spread.map(([, mean]) => mean);
  const rows = spread.map(([low, mean, high], j) => {
    const input = element("input", { type: "range", min: String(low), max: String(high), step: "any" });
    input.value = String(mean);
    input.ariaLabel = `latent ${j + 1}`;
    const text = element("output", {}, [mean.toFixed(2)]);
    input.addEventListener("input", () => {
      values[j] = Number(input.value);
      text.textContent = values[j].toFixed(2);
      onChange();
    });
    return { input, text, all: [element("span", {}, [`latent ${j + 1}`]), input, text] };
  });
  return {
    box,
    values,
    show: (latents) => box.replaceChildren(...rows.filter((_, j) => !latents.includes(j)).flatMap(({ all }) => all)),
    set: (next) => {
      for (const [j, { input, text }] of rows.entries()) {
        values[j] = next[j];
        input.value = String(next[j]);
        text.textContent = next[j].toFixed(2);
      }
    },
  };
}

/** What the colours of the points mean. */
export function colourLegend(answer: ColoursAnswer | undefined, theme: Theme): HTMLElement {
  if (answer === undefined) {
    const swatch = scanSwatch(theme);
    swatch.className = "swatch";
    return element("span", { className: "legend", title: "the scan, each place in the colour of its points" }, [
      swatch,
    ]);
  }
  if (answer.classes !== undefined) {
    const chips = answer.classes.map((name, i) => {
      const chip = element("span", { className: "chip" });
      chip.style.background = theme.accents[i % theme.accents.length];
      return element("span", {}, [chip, name]);
    });
    return element("span", { className: "legend" }, chips);
  }
  const ramp = element("span", { className: "ramp" });
  ramp.style.background = `linear-gradient(to right, ${shades(12, theme).join(", ")})`;
  const [low, high] = answer.range.map((value) => label(value).replace("-", "\u2212"));
  return element("span", { className: "legend" }, [low, ramp, high]);
}
