import { describe, expect, test } from "vitest";
import { errorStatistics, errorsOf, latentMaps } from "../../src/analyse";
import { latentGrid } from "../../src/analyse/latent-grid";
import type { LatentCoordinates } from "../../src/analyse/results";
import { image, spectrumImage } from "../../src/data";
import * as plot from "../../src/plot";
import { windows } from "../../src/signal";
import { thrown } from "../support/errors";

// Four pairs at (1, 1), (1, 2), (2, 1), (2, 2) of a 4 x 4 scan whose pixel p has the spectrum [p, p].
const scan = Float32Array.from({ length: 16 }, (_, p) => p);
const pairs = windows(
  image(scan, [4, 4]),
  spectrumImage(
    Float32Array.from({ length: 32 }, (_, i) => Math.floor(i / 2)),
    [4, 4, 2],
  ),
  { size: 2, scale: { images: "none", spectra: { offset: 0, range: 5 } } },
);
const inner = { ...pairs, positions: Int32Array.from([1, 1, 1, 2, 2, 1, 2, 2]) };
const four = {
  ...inner,
  spectra: { data: Float32Array.from([1, 1, 0, 2, 3, 3, 0, 0]), shape: [4, 2] },
  images: { data: new Float32Array(16), shape: [4, 2, 2, 1] },
};
const predicted = { data: Float32Array.from([1, 1, 0, 0, 1, 1, 0, 0]), shape: [4, 2] };

describe("errorsOf", () => {
  // Differences 0; 0 and 2; 2 and 2; 0. Sums 2 and 2; 0 and 2; 4 and 4; 0.
  const result = errorsOf(predicted, four);

  test("gives sqrt(mean (p - t)^2 / mean (p + t)^2) of each pair, and 0 where both are nothing", () => {
    expect(result.perSample).toMatchArray([0, 1, 0.5, 0], { absolute: 1e-7 });
    expect(result.mean).toBeCloseTo(0.375, 7);
  });

  test("gives the ratio and the squared error over the whole set", () => {
    expect(result.overall).toBeCloseTo(Math.sqrt(12 / 44), 12);
    expect(result.mse).toBeCloseTo(12 / 8, 12);
  });

  test("puts the errors at their pixels, and NaN where there is no window", () => {
    const none = Number.NaN;
    expect([...result.map.data]).toEqual([
      ...[none, none, none, none],
      none,
      0,
      1,
      none,
      none,
      0.5,
      0,
      none,
      ...[none, none, none, none],
    ]);
    expect(result.map.history.at(-1)?.operation).toBe("errors");
  });

  test("knows the noise floor when it is told the noise in the units of the data", () => {
    expect(result.noiseFloor).toBeUndefined();
    const sigma = 0.5 / 5; // the spectra are scaled by 5
    const floor = errorsOf(predicted, four, 0.5).noiseFloor as number;
    expect(floor).toBeCloseTo(sigma / Math.sqrt(4 * (24 / 8) - 3 * sigma ** 2), 12);
  });

  test("has a noise floor of 1 where the noise is all there can be, and refuses what is no noise", () => {
    expect(errorsOf(predicted, four, 5 * 3).noiseFloor).toBe(1); // mean t^2 is 3, the noise 9
    expect(errorsOf(predicted, four, 0).noiseFloor).toBe(0);
    for (const noise of [-1, Number.NaN]) {
      expect(thrown(() => errorsOf(predicted, four, noise))).toMatchObject({ tag: "OptionError" });
    }
  });

  test("refuses predictions of another shape, such as those of the other side", () => {
    const images = { data: new Float32Array(16), shape: [4, 2, 2, 1] };
    const error = thrown(() => errorsOf(images, four));
    expect(error).toMatchObject({ tag: "ShapeError" });
    expect(String(error)).toMatch(/predictions \[4, 2, 2, 1\][\s\S]*\[4, 2\], the shape of the spectra[\s\S]*"images"/);
    expect(errorsOf(images, four, undefined, "images").overall).toBe(0);
    expect(thrown(() => errorsOf({ ...predicted, shape: [8] }, four))).toMatchObject({ tag: "ShapeError" });
  });
});

describe("errorStatistics", () => {
  const result = errorsOf(predicted, four);

  test("counts every sample once and gives the quantiles", () => {
    const statistics = errorStatistics(result, { bins: 4 });
    expect([...statistics.histogram.counts]).toEqual([2, 0, 1, 1]);
    expect([...statistics.histogram.edges]).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect([statistics.median, statistics.percentile95, statistics.largest]).toMatchArray([0.25, 0.925, 1], {
      absolute: 1e-7,
    });
    expect(errorStatistics(result).histogram.counts).toHaveLength(40);
  });

  test("correlates the map with an image over the pixels that have an error", () => {
    const like = result.map.data.map((v) => (Number.isNaN(v) ? 99 : 3 - 2 * v));
    expect(errorStatistics(result, { image: image(like, [4, 4]) }).correlation).toBeCloseTo(-1, 6);
    expect(errorStatistics(result).correlation).toBeUndefined();
    // Pixels 5, 6, 9, 10 of the ramp against 0, 1, .5, 0: covariance -0.75, variances 17 and 0.6875.
    const ramp = errorStatistics(result, { image: image(scan, [4, 4]) }).correlation;
    expect(ramp).toBeCloseTo(-0.75 / Math.sqrt(17 * 0.6875), 6);
  });

  test("refuses an image of another scan, and no bins", () => {
    expect(thrown(() => errorStatistics(result, { image: image(scan, [2, 8]) }))).toMatchObject({ tag: "ShapeError" });
    expect(thrown(() => errorStatistics(result, { bins: 0 }))).toMatchObject({ tag: "OptionError" });
  });
});

const coordinates: LatentCoordinates = {
  kind: "latent",
  values: { data: Float32Array.from([0, 10, 7, 4, 20, 7, 2, 60, 10, 2, 30, 0]), shape: [4, 3] },
  positions: four.positions,
  scan: four.scan,
  axes: { y: pairs.axes.y, x: pairs.axes.x },
};

describe("latentMaps", () => {
  test("gives one image for each latent, NaN outside the windows", () => {
    const maps = latentMaps(coordinates);
    expect(maps.map((map) => [5, 6, 9, 10].map((p) => map.data[p]))).toEqual([
      [0, 4, 2, 2],
      [10, 20, 60, 30],
      [7, 7, 10, 0],
    ]);
    expect(maps[0].data.filter(Number.isNaN)).toHaveLength(12);
    expect(JSON.stringify(plot.maps(maps))).toContain("Latent value"); // no intensity
  });
});

describe("latentGrid", () => {
  test("runs from the smallest to the largest sample, the other latents at their mean", () => {
    const { grid, points } = latentGrid(coordinates, { grid: [3, 2] }, 8);
    expect([...grid.x]).toEqual([0, 2, 4]);
    expect([...grid.y]).toEqual([10, 60]);
    expect([...points.data]).toEqual([0, 10, 6, 2, 10, 6, 4, 10, 6, 0, 60, 6, 2, 60, 6, 4, 60, 6]);
  });

  test("takes other latents, a given range and the default size", () => {
    const { grid, points, latents } = latentGrid(coordinates, { latents: [2, 0], range: { x: [-1, 1] } }, 3);
    expect([...grid.x]).toEqual([-1, 0, 1]);
    expect([...grid.y]).toEqual([0, 2, 4]);
    expect([...points.data.subarray(0, 6)]).toEqual([0, 30, -1, 0, 30, 0]);
    expect(latents).toEqual([2, 0]);
  });

  test.each([{ grid: 0 }, { latents: [0, 3] }, { latents: [1, 1] }] as const)("refuses %o", (options) => {
    expect(thrown(() => latentGrid(coordinates, options, 3))).toMatchObject({ tag: "OptionError" });
  });
});
