import type { Theme } from "../draw/theme";
import { element } from "../element";
import type { ShownSpectra } from "./spectrum-panel";

/** What the curves of the spectrum are. */
export function curveLegend(shown: ShownSpectra, { accents, muted }: Theme): Node[] {
  const entry = (values: Float32Array | undefined, colour: string, text: string) => {
    if (values === undefined) return [];
    const line = element("span", { className: "line" });
    line.style.borderColor = colour;
    return [element("span", {}, [line, text])];
  };
  return [
    ...entry(shown.here, accents[0], "decoded here"),
    ...entry(shown.measured, muted, "sample"),
    ...entry(shown.decoded, accents[1], "sample, decoded"),
    ...entry(shown.mean, accents[3], "mean of selection"),
  ];
}

/** Numbers in parentheses with two decimals and a true minus sign. */
export function pointText(values: readonly number[]): string {
  const shown = values.slice(0, 6).map((value) => value.toFixed(2).replace("-", "\u2212"));
  return `(${shown.join(", ")}${values.length > 6 ? ", \u2026" : ""})`;
}
