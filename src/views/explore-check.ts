import { SpecbookError } from "../core/errors";
import { type Image, image as makeImage, type SpectrumImage, type SpectrumSource } from "../data";
import { matchScan } from "../signal";

/** Throws unless `explore` can show these two together; the image on the grid of the scan. */
export function checkExplored(spectra: SpectrumImage | SpectrumSource, image: Image | undefined): Image | undefined {
  const kinds = ["spectrum-image", "spectrum-source"];
  if (!kinds.includes(kindOf(spectra))) throw refused(kindOf(spectra), "a spectrum image, or what `open` gives");
  if (image === undefined) return undefined;
  if (kindOf(image) !== "image") throw refused(kindOf(image), "an image as the second value, or none");
  const [rows, columns] = spectra.shape;
  const { y, x } = spectra.axes;
  const blank = makeImage(new Float32Array(rows * columns), [rows, columns], { axes: { y, x } });
  return matchScan(image, blank); // which says what is wrong where the two are not of one scan
}

function refused(got: string, needed: string): SpecbookError {
  return new SpecbookError("OptionError", "explore cannot show this value", {
    got,
    needed,
    remedy: "give the spectra first, then the image: explore(spectra, image)",
  });
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return "a promise (await is missing)";
  if (typeof value === "object" && value !== null && "kind" in value) return String(value.kind);
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
