import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { type ArrayShape, arrayGeometry, outline } from "../../src/simulate/array-geometry";
import { haadf } from "../../src/simulate/detector";
import { arrayOptions } from "../../src/simulate/options";
import { simulationPace } from "../../src/simulate/pace";
import { regionsOf } from "../../src/simulate/regions";
import { caught } from "../support/caught";

const shape: ArrayShape = {
  width: 105,
  height: 87,
  side: 14,
  sideSpread: 0.13,
  gap: 1,
  gapSpread: 0.3,
  padding: 70,
  hole: true,
  edge: 0.85,
};
const sites = (seed: number, change: Partial<ArrayShape> = {}) =>
  arrayGeometry({ ...shape, ...change }, createRandom(seed));

describe("the distance to a cube", () => {
  const turned = outline({ x: 5, y: 5, width: 10, height: 4, angle: Math.PI / 6, thickness: 4 });

  test("is minus half the shorter side at its centre, 0 at a corner", () => {
    expect(turned(5, 5)).toBeCloseTo(-2, 12);
    const c = Math.cos(Math.PI / 6);
    const s = Math.sin(Math.PI / 6);
    expect(turned(5 + 5 * c - 2 * s, 5 + 5 * s + 2 * c)).toBeCloseTo(0, 12);
  });

  test("is the straight way from beside a face and from beyond a corner", () => {
    const square = outline({ x: 0, y: 0, width: 2, height: 2, angle: 0, thickness: 2 });
    expect(square(4, 0.5)).toBeCloseTo(3, 12);
    expect(square(4, 5)).toBeCloseTo(5, 12);
  });
});

describe("the array", () => {
  test("is the same for the same seed and another for another", () => {
    expect(sites(1)).toEqual(sites(1));
    expect(sites(1)).not.toEqual(sites(2));
  });

  test("has cubes of the stated size that hardly overlap", () => {
    const cubes = sites(1).map((site) => site.cube);
    const mean = cubes.reduce((s, c) => s + c.width, 0) / cubes.length;
    expect(Math.abs(mean - 14)).toBeLessThan(0.6); // 13 % scatter, about 230 cubes: 0.12; clipping adds a little
    for (const cube of cubes) {
      const distanceTo = outline(cube);
      for (const other of cubes) if (other !== cube) expect(distanceTo(other.x, other.y)).toBeGreaterThan(3);
    }
  });

  test("loses one to four neighbours in the hole, none without it", () => {
    for (const seed of [1, 2, 3, 4]) {
      const missing = sites(seed).filter((site) => site.fate === "hole");
      expect(missing.length).toBeGreaterThanOrEqual(1);
      expect(missing.length).toBeLessThanOrEqual(4);
    }
    expect(sites(1, { hole: false }).filter((site) => site.fate === "hole")).toEqual([]);
  });

  test("ends where the edge says", () => {
    const right = (edge: number) => {
      const kept = sites(1, { edge }).filter((site) => site.fate === "kept");
      return Math.max(...kept.map(({ cube }) => cube.x));
    };
    expect(right(0.5)).toBeLessThan(0.5 * 105 + 30);
    expect(right(0.5)).toBeGreaterThan(0.5 * 105 - 10);
    expect(right(2)).toBeGreaterThan(105 + 50);
  });
});

const step = (n: number) => Float64Array.from({ length: n }, (_, i) => 1.4 * (i + 0.5));

test("long and high films go on to the borders of the field of view and beyond", () => {
  for (const [width, height] of [
    [1000, 50],
    [50, 1000],
  ]) {
    const kept = sites(1, { width, height, edge: 2, hole: false }).map(({ cube }) => outline(cube));
    const corners = [0, width].flatMap((x) => [0, height].map((y) => [x, y]));
    for (const [x, y] of corners) expect(Math.min(...kept.map((distanceTo) => distanceTo(x, y)))).toBeLessThan(3); // a gap
  }
});

test("every pixel is in one region, and inside a cube where the distance is negative", async () => {
  const { masks, distance } = await regionsOf(sites(2), step(75), step(62), simulationPace());
  for (let p = 0; p < distance.length; p++) {
    expect(masks.particle[p] + masks.gap[p] + masks.hole[p] + masks.outside[p]).toBe(1);
    expect(masks.particle[p] === 1).toBe(distance[p] < 0);
  }
  for (const mask of Object.values(masks)) expect(mask.reduce((s: number, v: number) => s + v, 0)).toBeGreaterThan(60);
});

test("regions and image, seconds of work for a large scan, obey a stop", async () => {
  const pace = simulationPace({ signal: AbortSignal.abort() });
  const cubes = sites(2).map(({ cube }) => cube);
  for (const work of [
    () => regionsOf(sites(2), step(75), step(62), pace),
    () => haadf(cubes, step(75), step(62), arrayOptions({}), createRandom(1), pace),
  ]) {
    expect((await caught(work)).tag).toBe("CancelledError");
  }
});
