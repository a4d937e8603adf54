import { describe, expect, test } from "vitest";
import { type Image, image } from "../../src/data";
import {
  combineMasks,
  growMask,
  invertMask,
  maskFromRegion,
  regionSpectrum,
  shrinkMask,
  threshold,
} from "../../src/signal";
import { caught } from "../support/caught";
import { cleanUp, ramp, rampImage } from "./support/clean-up-fixture";

const { image: values, otsu, mask, grown, shrunk } = cleanUp.masks;
const picture = image(Float32Array.from(values), [20, 24]);
const asImage = (data: number[]): Image => image(Float32Array.from(data), [20, 24]);
const count = ({ data }: Image) => data.reduce((a, b) => a + b, 0);

describe("threshold", () => {
  test("finds the level of scikit-image's threshold_otsu", () => {
    const ours = threshold(picture, { method: "otsu" });
    expect([...ours.data]).toEqual(mask);
    expect(ours.history.at(-1)?.options.level).toBeCloseTo(otsu, 6); // the level is computed in float64 on both sides
    expect([...threshold(picture, { method: "otsu", side: "below" }).data]).toEqual(mask.map((v: number) => 1 - v));
  });

  test("takes values at and above, at and below, or between two limits", () => {
    const four = image(Float32Array.from([1, 2, 3, Number.NaN]), [2, 2]);
    expect([...threshold(four, { above: 2 }).data]).toEqual([0, 1, 1, 0]);
    expect([...threshold(four, { below: 2 }).data]).toEqual([1, 1, 0, 0]);
    expect([...threshold(four, { above: 2, below: 2.5 }).data]).toEqual([0, 1, 0, 0]);
  });

  test("keeps the axes, names itself a mask, and can be used as one", () => {
    const ours = threshold(rampImage(2, 3), { above: 4 });
    expect(ours.axes).toEqual(rampImage(2, 3).axes);
    expect(ours.metadata).toMatchObject({ signal: "mask" });
    expect(ours.history.at(-1)).toMatchObject({ operation: "threshold", options: { above: 4 } });
    expect([...regionSpectrum(ramp(2, 3, 2), { mask: ours }).mean]).toEqual([9, 10]); // pixels 4 and 5
  });

  test("refuses to work without a level, or on an image of one value", async () => {
    expect((await caught(() => threshold(picture, {}))).message).toMatch(/needs a level/);
    expect((await caught(() => threshold(picture, { above: 3, below: 2 }))).tag).toBe("OptionError");
    expect((await caught(() => threshold(picture, { above: 3, method: "otsu" }))).tag).toBe("OptionError");
    expect((await caught(() => threshold(picture, { above: 3, side: "below" }))).tag).toBe("OptionError");
    const flat = image(new Float32Array(4), [2, 2]);
    expect((await caught(() => threshold(flat, { method: "otsu" }))).message).toMatch(/only the value 0/);
  });
});

describe("masks", () => {
  test("grow and shrink by a disk as scikit-image's dilation and erosion do", () => {
    expect([...growMask(asImage(mask), { pixels: 2 }).data]).toEqual(grown);
    expect([...shrinkMask(asImage(mask), { pixels: 2 }).data]).toEqual(shrunk);
    expect(count(growMask(asImage(mask)))).toBeLessThan(count(growMask(asImage(mask), { pixels: 2 })));
  });

  test("shrink what they do not grow: one of the inverse is the inverse of the other", () => {
    const other = invertMask(growMask(invertMask(asImage(mask)), { pixels: 2 }));
    expect(other.data).toEqual(shrinkMask(asImage(mask), { pixels: 2 }).data);
  });

  test("come from a rectangle", () => {
    const ours = maskFromRegion(ramp(3, 4, 2), { rows: [1, 3], columns: [0, 2] });
    expect([...ours.data]).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
    expect(ours.axes.y).toEqual(ramp(3, 4, 2).axes.y);
  });

  test("combine by and, or, xor, and turn around", () => {
    const [a, b] = [
      image(Float32Array.from([0, 1, 0, 1]), [2, 2]),
      image(Float32Array.from([0, 0, 3, Number.NaN]), [2, 2]),
    ];
    expect([...combineMasks([a, b], { by: "and" }).data]).toEqual([0, 0, 0, 0]);
    expect([...combineMasks([a, b], { by: "or" }).data]).toEqual([0, 1, 1, 1]);
    expect([...combineMasks([a, b, a], { by: "xor" }).data]).toEqual([0, 0, 1, 0]);
    expect([...invertMask(b).data]).toEqual([1, 1, 0, 1]);
    expect(combineMasks([a, b], { by: "or" }).history).toHaveLength(1);
  });

  test("refuse what does not fit", async () => {
    const error = await caught(() => combineMasks([picture, rampImage(2, 2)], { by: "and" }));
    expect(error.message).toMatch(/20 x 24 and 2 x 2/);
    expect((await caught(() => combineMasks([], { by: "and" }))).tag).toBe("OptionError");
    // @ts-expect-error not a way to combine
    expect((await caught(() => combineMasks([picture], { by: "not" }))).message).toMatch(/"and" or "or" or "xor"/);
    expect((await caught(() => growMask(picture, { pixels: -1 }))).message).toMatch(/a positive number/);
    expect((await caught(() => maskFromRegion(picture, { rows: [0, 21] }))).tag).toBe("ShapeError");
  });
});
