import { describe, expect, test } from "vitest";
import { predictions, reconstruction } from "../../src/analyse";
import { axis, image, spectrumImage } from "../../src/data";
import { fit, predict, rvae, vae } from "../../src/models";
import { imageWindows, pixelSpectra, shapes } from "../../src/signal";
import { caught } from "../support/caught";

const [rows, columns, channels] = [7, 8, 12];
const spectra = spectrumImage(
  Float32Array.from({ length: rows * columns * channels }, (_, i) => 3 + Math.sin(i / 7) + (i % channels) / 5),
  [rows, columns, channels],
  { axes: { energy: axis("energy", channels, { units: "eV" }) } },
);
const picture = (seed: number) =>
  image(
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i / seed)),
    [rows, columns],
  );

describe("the reconstruction of spectra", () => {
  const pixels = pixelSpectra(spectra);

  test("is the mean over the energies before and after, in the units of the data", async () => {
    const model = vae({ ...shapes(pixels), hidden: 8, seed: 1 });
    await fit(model, pixels, { epochs: 2, batch: 16 });
    const found = await reconstruction(model, pixels);
    const output = await predict(model, pixels);
    const { offset, range } = pixels.scaling.spectra;
    const at = 3 * columns + 2;
    const mean = (data: Float32Array) =>
      data.subarray(at * channels, (at + 1) * channels).reduce((a, b) => a + b, 0) / channels;
    expect([found.side, found.model, found.measured.length]).toEqual(["spectra", "vae", 1]);
    expect(found.measured[0].data[at]).toBeCloseTo(mean(spectra.data), 4);
    expect(found.predicted[0].data[at]).toBeCloseTo(mean(output.data) * range + offset, 4);
    const squares = output.data.map((v, i) => (v - pixels.spectra.data[i]) ** 2);
    expect(found.error.data[at]).toBeCloseTo(mean(squares), 6);
    expect(found.mse).toBeCloseTo(squares.reduce((a, b) => a + b, 0) / squares.length, 6);
    // Pixel spectra have measured and predicted spectra of chosen places as pairs do.
    const { measured, predicted } = await predictions(model, pixels, { at: [{ row: 3, column: 2 }] });
    expect(mean(spectra.data)).toBeCloseTo(measured.data.reduce((a, b) => a + b, 0) / channels, 4);
    expect(found.predicted[0].data[at]).toBeCloseTo(predicted.data.reduce((a, b) => a + b, 0) / channels, 4);
  });
});

describe("the reconstruction of windows", () => {
  const [first, second] = [picture(3), picture(5)];
  const windows = imageWindows([first, second], { size: 4, scale: "none" });

  test("is the centre pixel of each channel, where there is a window", async () => {
    const model = rvae({ ...shapes(windows), hidden: 8, seed: 1 });
    await fit(model, windows, { epochs: 1, batch: 8 });
    const found = await reconstruction(model, windows);
    expect([found.side, found.measured.length]).toEqual(["images", 2]);
    const inside = new Set<number>();
    for (let i = 0; i < windows.positions.length; i += 2) {
      inside.add(windows.positions[i] * columns + windows.positions[i + 1]);
    }
    for (const [channel, source] of [first, second].entries()) {
      for (let at = 0; at < rows * columns; at++) {
        const expected = inside.has(at) ? source.data[at] : Number.NaN;
        expect(found.measured[channel].data[at]).toBe(expected);
        expect(Number.isNaN(found.predicted[channel].data[at])).toBe(!inside.has(at));
      }
    }
    const output = await predict(model, windows);
    const squares = output.data.map((v, i) => (v - windows.images.data[i]) ** 2);
    const [row, column] = windows.positions.subarray(2, 4); // the second window
    const at = row * columns + column;
    expect(found.error.data[at]).toBeCloseTo(squares.subarray(32, 64).reduce((a, b) => a + b, 0) / 32, 6);
    expect(found.predicted[1].data[at]).toBe(output.data[32 + 2 * (2 * 4 + 2) + 1]); // its pixel [2, 2], channel 2
    expect(found.measured[1].metadata.title).toBe("Measured, channel 2");
    expect(found.error.history.at(-1)).toMatchObject({ operation: "reconstruction", options: { model: "rvae" } });
  });

  test("needs a model that was trained, and samples of its side", async () => {
    const model = rvae({ ...shapes(windows), hidden: 8 });
    expect((await caught(() => reconstruction(model, windows))).tag).toBe("NotFittedError");
    await fit(model, windows, { epochs: 1, batch: 8 });
    expect((await caught(() => reconstruction(model, pixelSpectra(spectra)))).tag).toBe("ShapeError");
  });
});
