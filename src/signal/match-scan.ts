import { SpecbookError } from "../core/errors";
import { type Axis, type Image, image as makeImage, type SpectrumImage } from "../data";
import { bin } from "./bin";
import { checkSignal } from "./check-signal";

/** Two fields of view that differ by more than this share are not of one scan. */
const FIELD_TOLERANCE = 0.02;

/**
 * An image recorded with several sub-pixels per scan pixel, averaged to the scan grid of the spectra, so that `windows`
 * and the plots can pair them. An image without a calibration takes over the scan axes of the spectra.
 *
 * @throws ShapeError where the image has no whole number of pixels per scan pixel; AxisError where both are calibrated in
 * one unit and cover fields of different size
 * @example
 * const image = matchScan(haadf, spectra); // 192 x 1568 sub-pixels become 6 x 49
 */
export function matchScan(image: Image, spectra: SpectrumImage | Image): Image {
  checkSignal("matchScan", image, ["image"]);
  checkSignal("matchScan", spectra);
  const factors = [0, 1].map((side) => image.shape[side] / spectra.shape[side]);
  if (!factors.every((factor) => Number.isInteger(factor))) {
    throw new SpecbookError("ShapeError", "the image cannot be averaged to the grid of the spectra", {
      got: `image of ${image.shape.join(" x ")} pixels, scan of ${spectra.shape[0]} x ${spectra.shape[1]}`,
      needed: "a whole number of image pixels per scan pixel along both directions",
      remedy: "give the image recorded with the spectra (not the survey image), or crop it to the scanned field first",
    });
  }
  checkField("height", image.axes.y, spectra.axes.y);
  checkField("width", image.axes.x, spectra.axes.x);
  const matched = bin(image, { rows: factors[0], columns: factors[1], by: "mean" });
  if (image.axes.y.units !== "px" || image.axes.x.units !== "px") return matched;
  // Counted in sub-pixels, the scan would seem many times as large as that of the spectra.
  const { y, x } = spectra.axes;
  return makeImage(matched.data, matched.shape, { ...matched, axes: { y, x } });
}

function checkField(name: string, own: Axis, wanted: Axis): void {
  if (own.units !== wanted.units || own.units === "px") return;
  const [a, b] = [own, wanted].map(({ scale, size }) => Math.abs(scale) * size);
  if (Math.abs(a - b) <= FIELD_TOLERANCE * b) return;
  const words = (length: number) => `${Number(length.toPrecision(4))} ${own.units}`;
  throw new SpecbookError("AxisError", "the image shows another field than the spectra", {
    got: `a ${name} of ${words(a)}, the spectra one of ${words(b)}`,
    needed: "the same field",
    remedy: "crop the image to the scanned field, or mend the calibration of one of the two first",
  });
}
