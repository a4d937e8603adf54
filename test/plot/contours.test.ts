import { describe, expect, test } from "vitest";
import { contours } from "../../src/plot/contours";

const axis = (n: number) => Float64Array.from({ length: n }, (_, i) => -2 + (4 * i) / (n - 1));
const field = (n: number, f: (x: number, y: number) => number) => {
  const x = axis(n);
  return { x, y: x, values: Float64Array.from({ length: n * n }, (_, i) => f(x[i % n], x[Math.floor(i / n)])) };
};

describe("contours", () => {
  test("of a cone is one closed circle", () => {
    const found = contours(
      field(81, (x, y) => Math.hypot(x, y)),
      1,
    );
    expect(found).toHaveLength(1);
    const [{ x, y }] = found;
    expect([x[0], y[0]]).toEqual([x.at(-1), y.at(-1)]);
    for (const [i, value] of x.entries()) expect(Math.hypot(value, y[i])).toBeCloseTo(1, 2); // steps of 0.05
    // Neighbours are never further apart than the diagonal of a cell: the line does not jump.
    const steps = x.slice(1).map((value, i) => Math.hypot(value - x[i], y[i + 1] - y[i]));
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.05 * Math.SQRT2 + 1e-12);
    expect(steps.reduce((a, b) => a + b, 0)).toBeCloseTo(2 * Math.PI, 1);
  });

  test("of a slope is one open line across the grid", () => {
    const found = contours(
      field(5, (x) => x),
      0.25,
    );
    expect(found).toHaveLength(1);
    expect(found[0].x).toMatchArray([0.25, 0.25, 0.25, 0.25, 0.25], { absolute: 1e-12 });
    expect([...found[0].y].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  test("of two hills are two lines, of a saddle two that do not cross", () => {
    const hills = (x: number, y: number) =>
      Math.exp(-9 * ((x - 1) ** 2 + y ** 2)) + Math.exp(-9 * ((x + 1) ** 2 + y ** 2));
    expect(contours(field(41, hills), 0.5)).toHaveLength(2);
    const saddle = contours(
      { x: Float64Array.of(0, 1), y: Float64Array.of(0, 1), values: [1, 0, 1, 0].map(Number) },
      0.5,
    );
    expect(saddle).toHaveLength(1); // columns of ones and zeros: a slope
    const cross = { x: Float64Array.of(0, 1), y: Float64Array.of(0, 1), values: [1, 0, 0, 1] };
    expect(contours(cross, 0.4)).toHaveLength(2); // the middle, 0.5, lies above: the ones belong together
    expect(contours(cross, 0.6)).toHaveLength(2);
    const corner = (level: number) => contours(cross, level).flatMap(({ x, y }) => x.map((v, i) => v + y[i]));
    // Above the middle the lines cut off the ones at (0, 0) and (1, 1), below it the zeros at (1, 0) and (0, 1).
    expect(corner(0.6)).toMatchArray([0.4, 0.4, 1.6, 1.6], { absolute: 1e-12 });
    expect(corner(0.4).every((sum) => Math.abs(sum - 0.6) < 1e-12 || Math.abs(sum - 1.4) < 1e-12)).toBe(true);
  });

  test("are none where the level is not reached, or a value is missing", () => {
    const flat = field(4, () => 1);
    expect(contours(flat, 2)).toEqual([]);
    expect(contours({ ...flat, values: flat.values.map(() => Number.NaN) }, 1)).toEqual([]);
  });
});
