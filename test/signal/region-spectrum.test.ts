import { describe, expect, test } from "vitest";
import { image, spectrumImage } from "../../src/data";
import { regionSpectrum } from "../../src/signal";
import { thrown } from "../support/errors";

// Pixel p of the 2 x 3 scan has the spectrum [p, 10 p].
const spectra = spectrumImage(
  Float32Array.from({ length: 12 }, (_, i) => Math.floor(i / 2) * (i % 2 ? 10 : 1)),
  [2, 3, 2],
);

describe("regionSpectrum", () => {
  test("averages a rectangle, its end one past the last", () => {
    const region = regionSpectrum(spectra, { rows: [0, 2], columns: [1, 3] }); // pixels 1, 2, 4, 5
    expect([...region.mean]).toEqual([3, 30]);
    expect(region.deviation).toMatchArray([Math.sqrt(2.5), 10 * Math.sqrt(2.5)], { relative: 1e-6 }); // float32
    expect(region.pixels).toBe(4);
    expect(region.energy.size).toBe(2);
  });

  test("takes whole lengths where a bound is left out", () => {
    expect([...regionSpectrum(spectra, {}).mean]).toEqual([2.5, 25]);
    expect([...regionSpectrum(spectra, { columns: [0, 1] }).mean]).toEqual([1.5, 15]);
  });

  test("averages a mask given as numbers or as an image; NaN is outside", () => {
    const mask = [0, 1, 0, 0, Number.NaN, 1];
    expect([...regionSpectrum(spectra, { mask }).mean]).toEqual([3, 30]);
    expect([...regionSpectrum(spectra, { mask: image(Float32Array.from(mask), [2, 3]) }).mean]).toEqual([3, 30]);
  });

  test.each([
    ["a rectangle outside the scan", { rows: [0, 3] }],
    ["an empty rectangle", { columns: [1, 1] }],
    ["a mask of another size", { mask: [1, 0] }],
    ["a mask turned by 90 degrees", { mask: image(new Float32Array(6).fill(1), [3, 2]) }],
    ["an empty mask", { mask: new Float32Array(6) }],
  ] as const)("refuses %s", (_, region) => {
    expect(thrown(() => regionSpectrum(spectra, region))).toMatchObject({ tag: "ShapeError" });
  });
});
