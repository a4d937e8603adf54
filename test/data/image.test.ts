import { describe, expect, test } from "vitest";
import { isSpecbookError } from "../../src/core/errors";
import { axis, axisIndex, axisValues } from "../../src/data/axis";
import { image } from "../../src/data/image";
import { spectrumImage } from "../../src/data/spectrum-image";

const caught = (f: () => unknown): unknown => {
  try {
    f();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("axis", () => {
  test("maps indices to values and back", () => {
    const energy = axis("energy", 4, { units: "eV", offset: 0.2, scale: 0.1 });
    expect(axisValues(energy)).toMatchArray([0.2, 0.3, 0.4, 0.5], { absolute: 1e-12 });
    expect(axisIndex(energy, 0.41)).toBe(2);
    expect(axisIndex(energy, 99)).toBe(3);
  });

  test("refuses a scale of 0", () => {
    expect(
      isSpecbookError(
        caught(() => axis("x", 3, { scale: 0 })),
        "AxisError",
      ),
    ).toBe(true);
  });
});

describe("image and spectrumImage", () => {
  test("keep data, shape and axes together, frozen and not copied", () => {
    const data = new Float32Array(6);
    const im = image(data, [2, 3]);
    expect(im.data).toBe(data);
    expect(im.axes.x.size).toBe(3);
    expect(Object.isFrozen(im) && Object.isFrozen(im.axes) && Object.isFrozen(im.shape)).toBe(true);
  });

  test("refuse data of another length, with what was got and needed", () => {
    const error = caught(() => spectrumImage(new Float32Array(5), [1, 2, 3]));
    expect(isSpecbookError(error, "ShapeError")).toBe(true);
    expect(String(error)).toMatch(/got:.*5 values[\s\S]*needed:.*6 values[\s\S]*do this:/);
  });

  test("refuse swapped axes", () => {
    const error = caught(() => image(new Float32Array(6), [2, 3], { axes: { y: axis("y", 3) } }));
    expect(isSpecbookError(error, "AxisError")).toBe(true);
  });
});
