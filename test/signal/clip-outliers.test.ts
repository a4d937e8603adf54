import { describe, expect, test, vi } from "vitest";
import { image } from "../../src/data";
import { clipOutliers, threshold } from "../../src/signal";
import { caught } from "../support/caught";
import { cleanUp, ramp } from "./support/clean-up-fixture";

const { values, percentiles, median, sigma } = cleanUp.statistics;
const picture = image(Float32Array.from(values), [1, 101]);

describe("clipOutliers", () => {
  test("sets values beyond numpy's percentiles to them", () => {
    const clipped = clipOutliers(picture, { percentiles: [2.5, 97.3] });
    const [, low, , high] = percentiles;
    const expected = values.map((v: number) => Math.min(high, Math.max(low, v)));
    expect(clipped.data).toMatchArray(expected, { absolute: 1e-6 });
    expect(clipped.history.at(-1)?.options).toMatchObject({ percentiles: [2.5, 97.3], clipped: 6 });
  });

  test("takes robust deviations from the median", () => {
    const clipped = clipOutliers(picture, { sigmas: 1.5 });
    const expected = values.map((v: number) => Math.min(median + 1.5 * sigma, Math.max(median - 1.5 * sigma, v)));
    expect(clipped.data).toMatchArray(expected, { absolute: 1e-6 });
    expect(clipOutliers(picture, { sigmas: 1 }).data).not.toEqual(clipped.data);
  });

  test("changes nothing at the ends, leaves NaN as it is, and takes spectra", () => {
    expect(clipOutliers(picture, { percentiles: [0, 100] }).data).toEqual(picture.data);
    const gap = image(Float32Array.of(1, Number.NaN, 2, 100), [2, 2]);
    expect([...clipOutliers(gap, { sigmas: 2 }).data].map(Number.isNaN)).toEqual([false, true, false, false]);
    expect(clipOutliers(ramp(2, 2, 3), { percentiles: [0, 50] }).data.at(-1)).toBe(5.5);
  });

  test("says so where half of the values are the same, instead of making all of them so", async () => {
    const counts = image(Float32Array.of(0, 0, 0, 3, 0, 0, 120, 1), [2, 4]);
    const refused = await caught(() => clipOutliers(counts, { sigmas: 5 }));
    expect(refused).toMatchObject({ tag: "DataError" });
    expect(refused.message).toMatch(/half or more are 0.*percentiles/s);
    const level = image(new Float32Array(4).fill(7), [2, 2]);
    expect(clipOutliers(level, { sigmas: 5 }).data).toEqual(level.data);
  });

  test("sorts out what is finite without a list of it, which 1.3e8 values would end the process by", () => {
    const listing = vi.spyOn(Float32Array.prototype, "filter");
    clipOutliers(picture, { sigmas: 1 });
    threshold(picture, { method: "otsu" });
    expect(listing).not.toHaveBeenCalled();
    listing.mockRestore();
  });

  test("refuses both options, none, and limits out of range", async () => {
    expect((await caught(() => clipOutliers(picture, {}))).message).toMatch(/one of percentiles and sigmas/);
    expect((await caught(() => clipOutliers(picture, { sigmas: 1, percentiles: [1, 2] }))).tag).toBe("OptionError");
    expect((await caught(() => clipOutliers(picture, { percentiles: [5, 101] }))).tag).toBe("OptionError");
    expect((await caught(() => clipOutliers(picture, { sigmas: -1 }))).tag).toBe("OptionError");
    const empty = image(Float32Array.of(Number.NaN), [1, 1]);
    expect((await caught(() => clipOutliers(empty, { sigmas: 1 }))).tag).toBe("DataError");
  });
});
