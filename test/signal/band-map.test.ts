import { describe, expect, test } from "vitest";
import { spectrumImage } from "../../src/data";
import { bandMap } from "../../src/signal";
import { caught } from "../support/caught";
import { ramp } from "./support/clean-up-fixture";

const cube = ramp(2, 3, 6); // 100, 102 .. 110 eV; the values count up

describe("bandMap", () => {
  test("takes mean, sum, integral or largest value of the channels between two energies", () => {
    const of = (by?: "mean" | "sum" | "integral" | "maximum") => [...bandMap(cube, { energy: [102, 107], by }).data];
    expect(of()).toEqual([2, 8, 14, 20, 26, 32]);
    expect(of("sum")).toEqual(of().map((value) => 3 * value));
    expect(of("integral")).toEqual(of().map((value) => 6 * value)); // a channel is 2 eV wide
    expect(of("maximum")).toEqual(of().map((value) => value + 1));
  });

  test("keeps the scan's axes, says which channels, and takes the whole axis without a band", () => {
    const map = bandMap(cube);
    expect(map.axes).toEqual({ y: cube.axes.y, x: cube.axes.x });
    expect(map.data[1]).toBeCloseTo(8.5, 6);
    expect(map.history.at(-1)).toMatchObject({ operation: "bandMap", options: { by: "mean", channels: [0, 6] } });
    expect(bandMap(cube, { energy: [102, 107] }).metadata.title).toBe("102 to 106 eV");
  });

  test("tells an integral in the units of the data times eV", () => {
    const counted = spectrumImage(cube.data, cube.shape, { axes: cube.axes, metadata: { units: "counts" } });
    expect(bandMap(counted, { by: "integral" }).metadata.units).toBe("counts eV");
    expect(bandMap(counted, { by: "sum" }).metadata.units).toBe("counts");
    expect(bandMap(cube, { by: "integral" }).metadata.units).toBeUndefined();
  });

  test("a missing value of the band makes the pixel missing", () => {
    const data = cube.data.slice();
    data[2] = Number.NaN;
    const holes = spectrumImage(data, cube.shape, { axes: cube.axes });
    for (const by of ["mean", "maximum"] as const) {
      expect(Number.isNaN(bandMap(holes, { energy: [102, 107], by }).data[0])).toBe(true);
      expect(Number.isNaN(bandMap(holes, { energy: [106, 110], by }).data[0])).toBe(false);
    }
  });

  test("refuses a band outside the axis, an unknown measure and other values", async () => {
    expect((await caught(() => bandMap(cube, { energy: [90, 104] }))).tag).toBe("AxisError");
    expect((await caught(() => bandMap(cube, { by: "median" as never }))).tag).toBe("OptionError");
    expect((await caught(() => bandMap({} as never))).tag).toBe("OptionError");
  });
});
