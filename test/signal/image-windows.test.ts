import { describe, expect, expectTypeOf, test } from "vitest";
import { type Image, type ImageWindows, image, type PixelSpectra, spectrumImage } from "../../src/data";
import { imageWindows, pixelSpectra, rescale, select, shapes, split, unscale, windows } from "../../src/signal";
import { thrown } from "../support/errors";

const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
const picture = (rows: number, columns: number): Image => image(ramp(rows * columns), [rows, columns]);
const spectra = (rows: number, columns: number) => spectrumImage(ramp(rows * columns * 3), [rows, columns, 3]);

describe("imageWindows", () => {
  test("cuts the windows that `windows` pairs with spectra, without spectra", () => {
    const images = [picture(9, 12), picture(9, 12)];
    const samples = imageWindows(images, { size: [4, 6], stride: 2 });
    const pairs = windows(images, spectra(9, 12), { size: [4, 6], stride: 2 });
    expect(samples.kind).toBe("image-windows");
    expect(samples.images).toEqual(pairs.images);
    expect(samples.positions).toEqual(pairs.positions);
    expect(samples.scan).toEqual([9, 12]);
    expect(samples.scaling).toEqual({ images: pairs.scaling.images });
    expect("spectra" in samples).toBe(false);
  });

  test("scales all channels together, as told, or not at all", () => {
    const images = [picture(5, 6), rescale(picture(5, 6), { to: [0, 58] })];
    const together = imageWindows(images, { size: 4 });
    expect([Math.min(...together.images.data), Math.max(...together.images.data)]).toEqual([0, 1]);
    expect(together.scaling.images).toEqual({ offset: 0, range: 44 }); // pixel 0, and twice pixel 22 of the ramp
    const own = imageWindows(images, { size: 4, scale: { offset: 2, range: 4 } });
    const raw = imageWindows(images, { size: 4, scale: "none" });
    expect(unscale(own.images.data, own.scaling.images)).toMatchArray(raw.images.data, { relative: 1e-6 }); // float32
  });

  test("keeps the axes of the first image and the history of all", () => {
    const samples = imageWindows([picture(5, 6), rescale(picture(5, 6))], { size: 4 });
    expect(samples.axes.x.size).toBe(6);
    expect(samples.history.map(({ operation }) => operation)).toEqual(["imageWindows"]);
    expect(samples.history[0].options.others).toMatchObject([[{ operation: "rescale" }]]);
  });

  test.each([
    ["images of different size", () => imageWindows([picture(5, 6), picture(6, 5)], { size: 2 }), "ShapeError"],
    ["no image", () => imageWindows([], { size: 2 }), "ShapeError"],
    ["a window larger than the image", () => imageWindows(picture(5, 6)), "OptionError"],
    ["a stride of 0", () => imageWindows(picture(5, 6), { size: 2, stride: 0 }), "OptionError"],
    ["a single window", () => imageWindows(picture(5, 5), { size: 4 }), "DataError"],
    ["a constant image", () => imageWindows(image(new Float32Array(30), [5, 6]), { size: 2 }), "DataError"],
  ])("refuses %s, with got, needed and what to do", (_, work, tag) => {
    const error = thrown(work);
    expect(error).toMatchObject({ tag });
    expect(String(error)).toMatch(/got:[\s\S]*needed:[\s\S]*do this:/);
  });
});

describe("pixelSpectra", () => {
  test("takes every spectrum with its place, scaled as a whole", () => {
    const samples = pixelSpectra(spectra(2, 3));
    expect(samples.spectra.shape).toEqual([6, 3]);
    expect([...samples.positions]).toEqual([0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2]);
    expect(samples.scaling.spectra).toEqual({ offset: 0, range: 17 });
    expect(samples.spectra.data[17]).toBe(1);
    expect([...pixelSpectra(spectra(2, 3), { scale: "none" }).spectra.data]).toEqual([...ramp(18)]);
  });

  test("copies, keeps the axes and appends one line to the history", () => {
    const given = spectra(2, 3);
    const samples = pixelSpectra(given);
    expect(given.data).toEqual(ramp(18));
    expect(samples.axes).toBe(given.axes);
    expect(samples.history.map(({ operation }) => operation)).toEqual(["pixelSpectra"]);
  });

  test("refuses values that are not finite, with their place", () => {
    const data = ramp(18).map((v) => (v === 7 ? Number.NaN : v));
    expect(String(thrown(() => pixelSpectra(spectrumImage(data, [2, 3, 3]))))).toMatch(/row 0, column 2, channel 1/);
  });
});

describe("rescale", () => {
  test("brings the smallest and the largest value to the ends of the range", () => {
    expect([...rescale(picture(1, 5)).data]).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect([...rescale(picture(1, 5), { to: [2, 0] }).data]).toEqual([2, 1.5, 1, 0.5, 0]);
  });

  test("leaves in the history what it takes to go back", () => {
    const given = image(Float32Array.of(3, 7, 11), [1, 3]);
    const scaled = rescale(given, { to: [1, 3] });
    const { offset, range } = scaled.history[0].options as { offset: number; range: number };
    expect(unscale(scaled.data, { offset, range })).toMatchArray(given.data, { relative: 1e-6 }); // float32
    expect(scaled.axes).toEqual(given.axes);
  });

  test.each([
    ["a constant image", () => rescale(image(new Float32Array(4), [2, 2])), "DataError"],
    ["an empty range", () => rescale(picture(2, 2), { to: [1, 1] }), "OptionError"],
    ["NaN", () => rescale(image(Float32Array.of(1, Number.NaN), [1, 2])), "DataError"],
  ])("refuses %s", (_, work, tag) => {
    expect(thrown(work)).toMatchObject({ tag });
  });
});

describe("samples of one side", () => {
  const cut = imageWindows(picture(8, 12), { size: 4 });
  const points = pixelSpectra(spectra(4, 6));

  test("keep their type and all their parts when selected or split", () => {
    const chosen = select(cut, [3, 0]);
    expectTypeOf(chosen).toEqualTypeOf<ImageWindows>();
    expect(chosen.images.shape).toEqual([2, 4, 4, 1]);
    expect([...chosen.images.data.subarray(16)]).toEqual([...cut.images.data.subarray(0, 16)]);
    const { train, test: held } = split(points, { by: "columns", test: 0.3 });
    expectTypeOf(train).toEqualTypeOf<PixelSpectra>();
    expect([train.spectra.shape, held.spectra.shape]).toEqual([
      [16, 3],
      [8, 3],
    ]);
    expect("images" in train).toBe(false);
    expect(held.scaling).toBe(points.scaling);
  });

  test("share pixels where windows overlap; spectra never do", () => {
    const shared = (set: ImageWindows | PixelSpectra) => set.history.at(-1)?.options.sharesPixels;
    expect(shared(split(cut).test)).toBe(true);
    expect(shared(split(cut, { gap: "window" }).test)).toBe(false);
    expect(shared(split(points).test)).toBe(false);
    expect(split(points, { gap: "window" }).train.positions).toHaveLength(split(points).train.positions.length);
  });

  test("tell a model the sizes that they have", () => {
    expect(shapes(cut)).toEqual({ image: [4, 4, 1] });
    expect(shapes(points)).toEqual({ spectrum: 3 });
    expectTypeOf(shapes(points)).toEqualTypeOf<{ readonly spectrum: number }>();
  });

  test("are named in the message of a wrong index", () => {
    expect(String(thrown(() => select(points, [24])))).toMatch(/outside the spectra/);
    expect(String(thrown(() => select(cut, [-1])))).toMatch(/outside the windows/);
  });
});
