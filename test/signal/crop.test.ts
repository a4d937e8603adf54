import { describe, expect, test } from "vitest";
import { axis, axisValues, spectrumImage } from "../../src/data";
import { crop } from "../../src/signal";
import { caught } from "../support/caught";
import { ramp, rampImage } from "./support/clean-up-fixture";

const cube = ramp(4, 5, 6); // 100, 102 .. 110 eV

describe("crop", () => {
  test("keeps the values and the axis of the energies between two limits", () => {
    const part = crop(cube, { energy: [102, 107] });
    expect(part.shape).toEqual([4, 5, 3]);
    expect([...axisValues(part.axes.energy)]).toEqual([102, 104, 106]);
    expect([...part.data.subarray(0, 4)]).toEqual([1, 2, 3, 7]);
  });

  test("keeps rows and columns from the first to before the end, and moves the offsets of their axes", () => {
    const part = crop(cube, { rows: [1, 3], columns: [2, 5] });
    expect(part.shape).toEqual([2, 3, 6]);
    expect([part.axes.y.offset, part.axes.x.offset]).toEqual([1.5, -1.5]);
    expect(part.data[0]).toBe((1 * 5 + 2) * 6);
    expect(part.data.at(-1)).toBe((2 * 5 + 4) * 6 + 5);
  });

  test("cuts images too", () => {
    const part = crop(rampImage(4, 5), { columns: [3, 5] });
    expect([...part.data]).toEqual([3, 4, 8, 9, 13, 14, 18, 19]);
    expect(part.axes.x.offset).toBe(-1.25);
  });

  test("shares the memory of whole rows and copies other parts", () => {
    expect(crop(cube, { rows: [1, 3] }).data.buffer).toBe(cube.data.buffer);
    expect(crop(cube, { columns: [0, 4] }).data.buffer).not.toBe(cube.data.buffer);
  });

  test("cut twice is the same as cut once", () => {
    const once = crop(cube, { rows: [1, 4], energy: [104, 108] });
    const twice = crop(crop(cube, { energy: [102, 110] }), { rows: [1, 4], energy: [104, 108] });
    expect(twice.data).toEqual(once.data);
    expect(twice.axes).toEqual(once.axes);
  });

  test("takes a limit within the outermost channel, and an axis that falls", () => {
    expect(crop(cube, { energy: [99, 111] }).shape[2]).toBe(6);
    const falling = spectrumImage(new Float32Array([5, 4, 3]), [1, 1, 3], {
      axes: { energy: axis("energy", 3, { units: "eV", offset: 5, scale: -1 }) },
    });
    const part = crop(falling, { energy: [3.5, 5] });
    expect([...part.data]).toEqual([5, 4]);
    expect([...axisValues(part.axes.energy)]).toEqual([5, 4]);
  });

  test("writes a line of history", () => {
    expect(crop(cube, { energy: [102, 107] }).history.at(-1)).toMatchObject({
      operation: "crop",
      options: { rows: [0, 4], columns: [0, 5], channels: [1, 4], energy: [102, 107] },
    });
  });

  test("refuses what lies outside, and says what there is", async () => {
    const tooFar = await caught(() => crop(cube, { energy: [105, 112] }));
    expect(tooFar.tag).toBe("AxisError");
    expect(tooFar.message).toMatch(/\[105, 112\] eV[\s\S]*99 to 111 eV/);
    expect((await caught(() => crop(cube, { energy: [105, 104] }))).tag).toBe("OptionError");
    expect((await caught(() => crop(cube, { energy: [104.5, 105.5] }))).message).toMatch(/wider than one channel/);
    expect((await caught(() => crop(cube, { rows: [2, 5] }))).message).toMatch(/rows \[2, 5\][\s\S]*<= 4/);
    expect((await caught(() => crop(cube, { columns: [0.5, 2] }))).tag).toBe("ShapeError");
    // @ts-expect-error an image has no energies
    expect((await caught(() => crop(rampImage(2, 2), { energy: [0, 1] }))).message).toMatch(/no energy axis/);
    // @ts-expect-error a promise is no data
    expect((await caught(() => crop(Promise.resolve(cube), {}))).message).toMatch(/await is missing/);
  });
});
