import { describe, expect, test } from "vitest";
import { image, type Pairs } from "../../src/data";
import { imageWindows, labelled, split, windows } from "../../src/signal";
import { caught } from "../support/caught";
import { ramp, rampImage } from "./support/clean-up-fixture";

const RAW = { images: "none", spectra: "none" } as const;
const cut = (pairs: Pairs, i: number) => {
  const [, height, width] = pairs.images.shape;
  return [...pairs.images.data.subarray(i * height * width, (i + 1) * height * width)];
};

describe("windows with a border rule", () => {
  test("mirror the image at its outermost pixels, as numpy's reflect does", () => {
    // numpy.pad(arange(12).reshape(3, 4), 1, mode="reflect")[:3, :3] and [2:5, 3:6]
    const pairs = windows(rampImage(3, 4), ramp(3, 4, 1), { size: 3, border: "reflect", scale: RAW });
    expect(pairs.images.shape).toEqual([12, 3, 3, 1]);
    expect(cut(pairs, 0)).toEqual([5, 4, 5, 1, 0, 1, 5, 4, 5]);
    expect(cut(pairs, 11)).toEqual([6, 7, 6, 10, 11, 10, 6, 7, 6]);
  });

  test("continue it by a value", () => {
    const options = { size: 3, border: "constant", scale: RAW } as const;
    const pairs = windows(rampImage(3, 4), ramp(3, 4, 1), { ...options, fill: -1 });
    expect(cut(pairs, 0)).toEqual([-1, -1, -1, -1, 0, 1, -1, 4, 5]);
    expect(cut(windows(rampImage(3, 4), ramp(3, 4, 1), options), 11)).toEqual([6, 7, 0, 10, 11, 0, 0, 0, 0]);
  });

  test("pair every pixel of the scan with its own spectrum, also for even windows and strides", () => {
    const pairs = windows(rampImage(5, 6), ramp(5, 6, 1), { size: 4, border: "reflect", scale: RAW });
    expect(pairs.positions.length).toBe(60);
    expect([...pairs.spectra.data]).toEqual([...ramp(5, 6, 1).data]);
    // The window of centre r covers r - 2 .. r + 1, as inside: its own pixel is at [2, 2].
    expect(Array.from({ length: 30 }, (_, i) => cut(pairs, i)[10])).toEqual([...ramp(5, 6, 1).data]);
    const strided = windows(rampImage(5, 6), ramp(5, 6, 1), { size: 4, stride: 2, border: "reflect" });
    expect([...strided.positions.subarray(0, 8)]).toEqual([0, 0, 0, 2, 0, 4, 2, 0]);
  });

  test("agree with the windows inside where those are", () => {
    const inside = windows(rampImage(6, 7), ramp(6, 7, 2), { size: 3, scale: RAW });
    const all = windows(rampImage(6, 7), ramp(6, 7, 2), { size: 3, border: "constant", fill: 9, scale: RAW });
    for (let i = 0; i < inside.positions.length / 2; i++) {
      const at = inside.positions[2 * i] * 7 + inside.positions[2 * i + 1];
      expect(cut(all, at)).toEqual(cut(inside, i));
    }
  });

  test("are cut from images alone too, with each channel filled", () => {
    const samples = imageWindows([rampImage(3, 3), rampImage(3, 3)], {
      size: 2,
      border: "constant",
      fill: 7,
      scale: "none",
    });
    expect(samples.images.shape).toEqual([9, 2, 2, 2]);
    expect([...samples.images.data.subarray(0, 8)]).toEqual([7, 7, 7, 7, 7, 7, 0, 0]);
  });

  test("say the rule in the history, are split like others, and are labelled pixel by pixel", () => {
    const pairs = windows(rampImage(6, 8), ramp(6, 8, 1), { size: 3, border: "reflect" });
    expect(pairs.history.at(-1)?.options).toMatchObject({ size: [3, 3], border: "reflect" });
    const { train, test: held } = split(pairs, { by: "columns", test: 0.25, gap: "window" });
    expect(train.positions.length + held.positions.length).toBe(2 * (6 * 8 - 6 * 2));
    expect(held.history.at(-1)?.options).toMatchObject({ sharesPixels: false });
    const map = Array.from({ length: 48 }, (_, i) => Number(i % 8 > 3));
    const masks = labelled(pairs, { classes: ["left", "right"], map, of: "pixels" });
    expect([...masks.labels.values.subarray(0, 9)]).toEqual(new Array(9).fill(0));
    const edge = 9 * 4; // row 0, column 4: one column of each window lies left of the boundary
    expect([...masks.labels.values.subarray(edge, edge + 9)]).toEqual([0, 1, 1, 0, 1, 1, 0, 1, 1]);
  });

  test("refuse words they do not know, and a fill that would do nothing", async () => {
    const bad = async (options: object) =>
      (await caught(() => windows(rampImage(3, 4), ramp(3, 4, 1), options))).message;
    expect(await bad({ size: 3, border: "wrap" })).toMatch(/"inside" or "reflect" or "constant"/);
    expect(await bad({ size: 3, fill: 1 })).toMatch(/together with border: "constant"/);
    expect(await bad({ size: 3, border: "reflect", fill: 0 })).toMatch(/together with border/);
    expect(await bad({ size: 5, border: "reflect" })).toMatch(/larger than the image/);
    const thin = image(new Float32Array(1), [1, 1]);
    expect((await caught(() => imageWindows(thin, { size: 1, border: "reflect" }))).tag).toBe("DataError");
  });
});
