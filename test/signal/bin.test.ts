import { describe, expect, test } from "vitest";
import { axisValues, image } from "../../src/data";
import { read } from "../../src/io";
import { bin, matchScan, windows } from "../../src/signal";
import { caught } from "../support/caught";
import { shared, testShared } from "../support/shared-data";
import { calibrated, cleanUp, ramp, rampImage } from "./support/clean-up-fixture";

const total = (data: Float32Array) => data.reduce((a, b) => a + b, 0);

describe("bin", () => {
  const { counts, binned, axes } = cleanUp.hyperspy;

  test("gives the sums and the axes of HyperSpy's rebin", () => {
    // HyperSpy's scale is (x, y, energy); of 6 columns of 4 rows and 12 channels.
    const ours = bin(calibrated(counts, [4, 6, 12]), { rows: 2, columns: 3, channels: 4, by: "sum" });
    expect([...ours.data]).toEqual(binned); // whole counts: exact
    const [y, x, energy] = axes;
    expect(ours.axes.y).toMatchObject(y);
    expect(ours.axes.x).toMatchObject(x);
    expect(ours.axes.energy).toMatchObject(energy);
  });

  test("moves the first value of an axis to the middle of its bin", () => {
    const cube = ramp(4, 6, 12);
    const ours = bin(cube, { energy: 8 });
    const energies = axisValues(cube.axes.energy);
    expect(ours.axes.energy.offset).toBe((energies[0] + energies[3]) / 2);
    expect(ours.axes.y).toBe(cube.axes.y);
  });

  test("keeps the sum under sum, and the mean under mean", () => {
    const cube = ramp(4, 6, 12);
    const options = { rows: 2, columns: 3, channels: 6 };
    expect(total(bin(cube, { ...options, by: "sum" }).data)).toBe(total(cube.data));
    expect(total(bin(cube, options).data) * 36).toBeCloseTo(total(cube.data), 1);
  });

  test("in two steps is the same as in one", () => {
    const twice = bin(bin(ramp(4, 6, 12), { rows: 2 }), { channels: 3, columns: 2 });
    const once = bin(ramp(4, 6, 12), { rows: 2, channels: 3, columns: 2 });
    expect(twice.data).toEqual(once.data);
    expect(twice.axes).toEqual(once.axes);
  });

  test("takes a width in eV where it is a multiple of the step", async () => {
    expect(bin(ramp(2, 2, 6), { energy: 4 }).data).toEqual(bin(ramp(2, 2, 6), { channels: 2 }).data);
    expect((await caught(() => bin(ramp(2, 2, 6), { energy: 5 }))).message).toMatch(/step of 2 eV[\s\S]*take 6 eV/);
    expect((await caught(() => bin(ramp(2, 2, 6), { energy: 4, channels: 3 }))).tag).toBe("OptionError");
  });

  test("refuses a rest unless it is told to drop it", async () => {
    const cube = ramp(3, 4, 6);
    const error = await caught(() => bin(cube, { rows: 2 }));
    expect(error.message).toMatch(/3 rows in bins of 2: 1 left over[\s\S]*trim: true/);
    const trimmed = bin(cube, { rows: 2, trim: true });
    expect(trimmed.shape).toEqual([1, 4, 6]);
    expect(trimmed.history.at(-1)?.options).toMatchObject({ rows: 2, trim: true });
    expect(trimmed.data).toEqual(bin(ramp(2, 4, 6), { rows: 2 }).data);
  });

  test("refuses factors that are no counts, energies for an image and words it does not know", async () => {
    expect((await caught(() => bin(ramp(2, 2, 2), { rows: 0 }))).message).toMatch(/rows: 0/);
    expect((await caught(() => bin(ramp(2, 2, 2), { columns: 3, trim: true }))).message).toMatch(/at most 2/);
    // @ts-expect-error an image has no channels
    expect((await caught(() => bin(rampImage(2, 2), { channels: 2 }))).message).toMatch(/no energy axis/);
    // @ts-expect-error not a way to join
    expect((await caught(() => bin(rampImage(2, 2), { by: "median" }))).message).toMatch(/"mean" or "sum"/);
  });
});

describe("matchScan", () => {
  test("averages the sub-pixels of an image to the grid of the spectra, axes included", () => {
    const fine = { ...rampImage(8, 12) };
    const spectra = ramp(2, 3, 4);
    const matched = matchScan(fine, calibratedAs(spectra, 4));
    expect(matched.shape).toEqual([2, 3]);
    expect(matched.data).toEqual(bin(fine, { rows: 4, columns: 4 }).data);
    expect(matched.axes.y.scale).toBe(2);
  });

  test("gives an image without a calibration the axes of the spectra", () => {
    const bare = image(new Float32Array(96), [8, 12]);
    expect(matchScan(bare, ramp(2, 3, 4)).axes).toEqual({ y: ramp(2, 3, 4).axes.y, x: ramp(2, 3, 4).axes.x });
  });

  testShared("fits the 32 x 32 sub-pixels of a measured HAADF image to its spectra", async () => {
    const [spectra] = await read(shared("data/eels/DMReader_SpectrumImage_SI-EELS.dm3"));
    const [haadf] = await read(shared("data/eels/DMReader_SI-HAADF.dm3"));
    if (spectra.kind !== "spectrum-image" || haadf.kind !== "image") throw new Error("another kind of signal");
    const matched = matchScan(haadf, spectra);
    expect(matched.shape).toEqual([spectra.shape[0], spectra.shape[1]]);
    let sum = 0;
    for (let row = 0; row < 32; row++)
      for (let column = 0; column < 32; column++) sum += haadf.data[row * haadf.shape[1] + column];
    expect(matched.data[0] / (sum / 1024)).toBeCloseTo(1, 6);
    expect(windows(matched, spectra, { size: 3 }).images.shape[0]).toBe(
      (spectra.shape[0] - 2) * (spectra.shape[1] - 2),
    );
  });

  test("refuses an image of another field or of no whole number of sub-pixels", async () => {
    expect((await caught(() => matchScan(rampImage(8, 13), ramp(2, 3, 4)))).tag).toBe("ShapeError");
    const error = await caught(() => matchScan(rampImage(8, 12), ramp(2, 3, 4)));
    expect(error.message).toMatch(/a height of 4 nm, the spectra one of 1 nm/);
  });
});

/** The same spectra with scan steps `factor` times as long. */
function calibratedAs(spectra: ReturnType<typeof ramp>, factor: number) {
  const { y, x, energy } = spectra.axes;
  return {
    ...spectra,
    axes: { y: { ...y, scale: y.scale * factor }, x: { ...x, scale: x.scale * factor }, energy },
  };
}
