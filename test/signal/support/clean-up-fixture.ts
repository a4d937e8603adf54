import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { axis, type Image, image, type SpectrumImage, spectrumImage } from "../../../src/data";

/** The numbers of numpy, scipy, scikit-image and HyperSpy that `fixtures/clean-up.py` wrote. */
export const cleanUp = JSON.parse(readFileSync(resolve(__dirname, "../fixtures/clean-up.json"), "utf8"));

/** A calibrated spectrum image: y from 1 in steps of 0.5 nm, x from -2 in steps of 0.25 nm, 100 eV in steps of 2 eV. */
export function calibrated(data: ArrayLike<number>, shape: readonly [number, number, number]): SpectrumImage {
  return spectrumImage(Float32Array.from(data), shape, {
    axes: {
      y: axis("y", shape[0], { units: "nm", offset: 1, scale: 0.5 }),
      x: axis("x", shape[1], { units: "nm", offset: -2, scale: 0.25 }),
      energy: axis("energy", shape[2], { units: "eV", offset: 100, scale: 2 }),
    },
    metadata: { source: "a ramp" },
  });
}

/** 0, 1, 2, ... as a calibrated spectrum image. */
export function ramp(rows: number, columns: number, channels: number): SpectrumImage {
  return calibrated(
    Array.from({ length: rows * columns * channels }, (_, i) => i),
    [rows, columns, channels],
  );
}

/** 0, 1, 2, ... as an image on the same scan axes. */
export function rampImage(rows: number, columns: number): Image {
  const { y, x } = ramp(rows, columns, 1).axes;
  return image(
    Float32Array.from({ length: rows * columns }, (_, i) => i),
    [rows, columns],
    { axes: { y, x } },
  );
}
