import type { Axis } from "../data";

type Metadata = Readonly<Record<string, unknown>>;

/** The error of prediction p and measurement t, as one word: no line of a subtitle ends inside it. */
export const ERROR_FORMULA = "sqrt(mean (p - t)² / mean (p + t)²)".replaceAll(" ", "\u00a0");

/** Where the data come from, as the metadata say: `metadata.source`, e.g. "simulated". */
export function source(metadata: Metadata): string | undefined {
  return typeof metadata.source === "string" ? metadata.source : undefined;
}

/** "62 x 75 pixels, 187 channels" */
export function shapeWords(axes: { readonly y: Axis; readonly x: Axis; readonly energy?: Axis }): string {
  const scan = `${axes.y.size} x ${axes.x.size} pixels`;
  return axes.energy === undefined ? scan : `${scan}, ${axes.energy.size} channels`;
}

/** "1 pixel", "2 pixels" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** What was encoded, in the plural: "windows", "spectra", or "samples" where latent coordinates do not say. */
export function encodedNoun({ side }: { readonly side?: "images" | "spectra" }): "windows" | "spectra" | "samples" {
  if (side === undefined) return "samples";
  return side === "images" ? "windows" : "spectra";
}

/** "Windows" */
export function capitalised(word: string): string {
  return word === "" ? word : word[0].toUpperCase() + word.slice(1);
}

/** Title of an energy axis with its units: "Energy loss (eV)"; "Channel" where it has no calibration. */
export function energyTitle(axis: Axis): string {
  if (axis.name === "energy" && axis.units === "px") return "Channel";
  if (axis.name === "energy") return axis.units === "" ? "Energy loss" : `Energy loss (${axis.units})`;
  const name = axis.name === "" ? "x" : capitalised(axis.name);
  return axis.units === "" || axis.units === axis.name ? name : `${name} (${axis.units})`;
}

/** Title of the axis of intensities whose unit is not known, or that were scaled. */
export const ARBITRARY_INTENSITY = "Intensity (arb. units)";

/** Title of an intensity axis: `metadata.quantity` and `metadata.units` where they are given, else in arbitrary units. */
export function intensityTitle({ quantity, units }: Metadata): string {
  if (typeof units === "string" && units !== "")
    return `${typeof quantity === "string" ? quantity : "Intensity"} (${units})`;
  return typeof quantity === "string" ? quantity : ARBITRARY_INTENSITY;
}
