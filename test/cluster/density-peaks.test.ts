import { describe, expect, test } from "vitest";
import { density, densityPeaks } from "../../src/cluster";
import type { Density } from "../../src/cluster/results";
import { createRandom } from "../../src/core";
import { thrown } from "../support/errors";

const line = (values: number[]): Density => ({
  kind: "density",
  names: ["x"],
  x: Float64Array.from(values, (_, i) => 10 * i),
  values: Float64Array.from(values),
  count: values.length,
  left: 0,
  bandwidth: 1,
  rule: "given",
});

function drawn(count: number, place: (i: number) => readonly [number, number]) {
  const random = createRandom(4);
  const data = Float32Array.from({ length: 2 * count }, (_, at) => {
    const [mean, deviation] = place(at >> 1);
    return random.normal(at % 2 === 0 ? mean : 0, deviation);
  });
  return density({ data, shape: [count, 2] });
}

describe("densityPeaks", () => {
  test("of a line gives place, height, valley and share of each maximum, highest first", () => {
    const peaks = densityPeaks(line([0, 1, 4, 2, 3, 1, 8, 1]));
    expect(peaks.map(({ x, height }) => [x, height])).toEqual([
      [60, 8],
      [20, 4],
      [40, 3],
    ]);
    expect(peaks.map(({ valley }) => valley)).toEqual([0, 1 / 4, 2 / 3]); // the lower of two that meet ends there
    expect(peaks.map(({ share }) => share)).toMatchArray([10 / 20, 7 / 20, 3 / 20], { absolute: 1e-12 });
    expect(peaks[0].y).toBeUndefined();
  });

  test("of groups with nothing between them and beyond are these groups, and no places without density", () => {
    const peaks = densityPeaks(line([0, 0, 3, 0, 0, 0, 1, 0, 0]));
    expect(peaks.map(({ x, height, valley, share }) => [x, height, valley, share])).toEqual([
      [20, 3, 0, 3 / 4],
      [60, 1, 0, 1 / 4],
    ]);
  });

  test("of a plane goes around corners, and keeps x and y apart", () => {
    const values = Float64Array.of(9, 0, 0, 1, 0, 5, 0, 0, 0, 0, 0, 7);
    const plane: Density = { ...line([0, 0, 0, 0]), y: Float64Array.of(-1, 0, 1), values };
    expect(densityPeaks(plane).map(({ x, y, height, valley }) => [x, y, height, valley])).toEqual([
      [0, -1, 9, 0],
      [30, 1, 7, 0],
      [30, -1, 1, 0],
    ]); // 5 lies at the corner of 9 and is no maximum of its own
  });

  test("finds two groups in a sample of two Gaussians and one in a sample of one", () => {
    const apart = (peaks: ReturnType<typeof densityPeaks>) =>
      peaks.filter(({ valley, share }) => valley < 0.75 && share > 0.05);
    const two = densityPeaks(drawn(1500, (i) => [i % 3 === 0 ? -2.5 : 2.5, 1]));
    expect(apart(two)).toHaveLength(2);
    expect(two[0].x).toBeCloseTo(2.5, 0);
    expect(apart(two)[1].share).toBeCloseTo(1 / 3, 1);
    const one = densityPeaks(drawn(1500, () => [0, 1]));
    expect(apart(one)).toHaveLength(1);
    expect(two.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
  });

  test("reads nothing but a density", () => {
    expect(thrown(() => densityPeaks({ kind: "latent" } as never))).toMatchObject({ tag: "OptionError" });
  });
});
