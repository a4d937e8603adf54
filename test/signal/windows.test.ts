import { describe, expect, test } from "vitest";
import { image, type SpectrumImage, spectrumImage } from "../../src/data";
import { unscale, windows } from "../../src/signal";
import { thrown } from "../support/errors";

const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
const scan = (rows: number, columns: number, channels = 2): SpectrumImage =>
  spectrumImage(ramp(rows * columns * channels), [rows, columns, channels]);
const picture = (rows: number, columns: number) => image(ramp(rows * columns), [rows, columns]);

describe("windows", () => {
  test("gives the 46 x 59 pairs of the paper's set, centres in rows 8..53 and columns 8..66", () => {
    const pairs = windows(picture(62, 75), scan(62, 75), { size: 16 });
    expect(pairs.images.shape).toEqual([2714, 16, 16, 1]);
    expect(pairs.spectra.shape).toEqual([2714, 2]);
    const rows = pairs.positions.filter((_, i) => i % 2 === 0);
    const columns = pairs.positions.filter((_, i) => i % 2 === 1);
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([8, 53]);
    expect([Math.min(...columns), Math.max(...columns)]).toEqual([8, 66]);
    expect([...pairs.positions.subarray(0, 4)]).toEqual([8, 8, 8, 9]);
    expect(pairs.scan).toEqual([62, 75]);
  });

  test("covers rows r - size/2 .. r + size/2 - 1 around the centre of an even window", () => {
    const pairs = windows(picture(5, 6), scan(5, 6), { size: 4, scale: { images: "none", spectra: "none" } });
    expect([...pairs.positions]).toEqual([2, 2, 2, 3]);
    expect([...pairs.images.data.subarray(16)]).toEqual([1, 2, 3, 4, 7, 8, 9, 10, 13, 14, 15, 16, 19, 20, 21, 22]);
    expect([...pairs.spectra.data]).toEqual([28, 29, 30, 31]); // pixels 14 and 15 of the ramp, two channels each
  });

  test("puts an odd window symmetrically, with one more row and column of pairs", () => {
    const pairs = windows(picture(4, 4), scan(4, 4), { size: 3, scale: { images: "none" } });
    expect([...pairs.positions]).toEqual([1, 1, 1, 2, 2, 1, 2, 2]);
    expect([...pairs.images.data.subarray(0, 9)]).toEqual([0, 1, 2, 4, 5, 6, 8, 9, 10]);
  });

  test("takes a height and a width, and a stride", () => {
    const pairs = windows(picture(7, 9), scan(7, 9), { size: [2, 4], stride: 2 });
    expect(pairs.images.shape).toEqual([9, 2, 4, 1]);
    expect([...pairs.positions.subarray(0, 8)]).toEqual([1, 2, 1, 4, 1, 6, 3, 2]);
  });

  test("interleaves several images as channels", () => {
    const second = image(
      ramp(9).map((v) => v + 100),
      [3, 3],
    );
    const pairs = windows([picture(3, 3), second], scan(3, 3), { size: 1, scale: { images: "none" } });
    expect(pairs.images.shape).toEqual([9, 1, 1, 2]);
    expect([...pairs.images.data.subarray(0, 4)]).toEqual([0, 100, 1, 101]);
  });

  test("scales each set by one min-max to 0..1, and says how, so that it can be undone", () => {
    const pairs = windows(picture(5, 6), scan(5, 6), { size: 4 });
    expect([Math.min(...pairs.images.data), Math.max(...pairs.images.data)]).toEqual([0, 1]);
    expect([Math.min(...pairs.spectra.data), Math.max(...pairs.spectra.data)]).toEqual([0, 1]);
    expect(pairs.scaling.spectra).toEqual({ offset: 28, range: 3 });
    expect([...unscale(pairs.spectra.data, pairs.scaling.spectra)]).toMatchArray([28, 29, 30, 31], { absolute: 1e-5 }); // float32
  });

  test("applies the scaling of another set, or none", () => {
    const given = { offset: 1, range: 2 };
    const pairs = windows(picture(5, 6), scan(5, 6), { size: 4, scale: { images: given, spectra: "none" } });
    expect(pairs.scaling.images).toEqual(given);
    expect(pairs.images.data[0]).toBe(-0.5);
    expect(pairs.spectra.data[0]).toBe(28);
  });

  test("keeps the axes and appends one line to the history", () => {
    const pairs = windows(picture(5, 6), scan(5, 6), { size: 4 });
    expect(pairs.axes.x.size).toBe(6);
    expect(pairs.history.map((entry) => entry.operation)).toEqual(["windows"]);
    expect(pairs.history[0].options).toMatchObject({ size: [4, 4], stride: 1 });
  });

  test("copies: the input stays as it was", () => {
    const spectra = scan(5, 6);
    windows(picture(5, 6), spectra, { size: 4 });
    expect(spectra.data).toEqual(ramp(60));
  });
});

describe("windows refuses, with got, needed and what to do,", () => {
  const nan = (i: number, n: number) => ramp(n).map((v, j) => (j === i ? Number.NaN : v));
  test.each([
    ["a window larger than the image", () => windows(picture(8, 9), scan(8, 9)), "OptionError", /16 x 16.*8 x 9/],
    ["scans of different size", () => windows(picture(8, 9), scan(9, 8)), "ShapeError", /8 x 9.*9 x 8/],
    ["a single pair", () => windows(picture(5, 5), scan(5, 5), { size: 4 }), "DataError", /1 with a window of 4 x 4/],
    ["no pair", () => windows(picture(4, 5), scan(4, 5), { size: 4 }), "DataError", /0 with a window/],
    ["a size that is no whole number", () => windows(picture(8, 9), scan(8, 9), { size: 2.5 }), "OptionError", /2.5/],
    ["a stride of 0", () => windows(picture(8, 9), scan(8, 9), { size: 2, stride: 0 }), "OptionError", /stride 0/],
    ["no image", () => windows([], scan(8, 9), { size: 2 }), "ShapeError", /empty list/],
    [
      "a scaling by 0",
      () => windows(picture(8, 9), scan(8, 9), { size: 2, scale: { images: { offset: 0, range: 0 } } }),
      "OptionError",
      /"range":0/,
    ],
    [
      "NaN in the image, with its place",
      () => windows(image(nan(10, 72), [8, 9]), scan(8, 9), { size: 2 }),
      "DataError",
      /1 not finite of 72 values; the first is NaN at row 1, column 1/,
    ],
    [
      "NaN in the spectra, with its place",
      () => windows(picture(8, 9), spectrumImage(nan(21, 144), [8, 9, 2]), { size: 2 }),
      "DataError",
      /row 1, column 1, channel 1/,
    ],
    [
      "a constant image under min-max scaling",
      () => windows(image(new Float32Array(72), [8, 9]), scan(8, 9), { size: 2 }),
      "DataError",
      /only the value 0/,
    ],
  ])("%s", (_, work, tag, message) => {
    const error = thrown(work);
    expect(error).toMatchObject({ name: tag, tag });
    expect(String(error)).toMatch(message);
    expect(String(error)).toMatch(/got:[\s\S]*needed:[\s\S]*do this:/);
  });
});
