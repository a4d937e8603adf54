import { describe, expect, test } from "vitest";
import { errorCorrelation, errorsOf } from "../../src/analyse";
import { pearson, ranks } from "../../src/analyse/correlation";
import { image } from "../../src/data";
import { fit } from "../../src/models";
import { describe as inWords } from "../../src/notebook/describe";
import { smallModel, smallPairs } from "../models/support/small-pairs";
import { rejected } from "../support/errors";

const [ROWS, COLUMNS] = [12, 15];
const wave = (i: number) => Math.sin(i) + 0.1 * (i % 30);
const other = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.cos(i / 2) + 0.1 * (i % 30));
const haadf = image(other, [ROWS, COLUMNS], { metadata: { signal: "HAADF" } });
/** An error analysis whose map holds these values. */
function analysis(values: Float32Array) {
  const pairs = smallPairs(2);
  const found = errorsOf(pairs.spectra, pairs);
  return { ...found, mean: 0.1, map: image(values, [ROWS, COLUMNS]) };
}
const map = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => wave(i));

describe("correlation", () => {
  const a = Float64Array.from({ length: 30 }, (_, i) => wave(i));
  const b = Float64Array.from({ length: 30 }, (_, i) => Math.round(10 * (Math.cos(i / 2) + 0.1 * i)) / 10);

  test("agrees with SciPy, ties shared", () => {
    expect(pearson(a, b)).toBeCloseTo(0.6450669996653926, 12);
    expect(pearson(ranks(a), ranks(b))).toBeCloseTo(0.6455854483110216, 12);
    expect([...ranks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
  });

  test("of chosen places is that of these places", () => {
    expect(pearson(a, b, Int32Array.from([3, 7, 9]))).toBeCloseTo(pearson([a[3], a[7], a[9]], [b[3], b[7], b[9]]), 12);
    expect(pearson([1, 1], [1, 2])).toBeNaN();
  });
});

describe("errorCorrelation", () => {
  const list = [
    { errors: analysis(map), latent: 10 },
    { errors: analysis(other.map((v) => 3 * v + 1)), latent: 2, name: "perfect" },
  ];

  test("sorts by latent size; a linear relation has coefficient 1, no spread and no difference", async () => {
    const { rows, pixels, image: name } = await errorCorrelation(list, haadf);
    expect(rows.map(({ latent }) => latent)).toEqual([2, 10]);
    expect(rows[0].name).toBe("perfect");
    for (const key of ["pearson", "spearman"] as const) {
      const { value, low, high } = rows[0][key];
      expect([value, low, high]).toMatchArray([1, 1, 1], { absolute: 1e-6 }); // float32 values
    }
    expect(rows[0].mse).toBeCloseTo(0, 6);
    expect([pixels, name]).toEqual([ROWS * COLUMNS, "HAADF"]);
    expect(rows[1].pearson.value).toBeCloseTo(pearson(map, other), 12);
    expect(rows[1].pearson.low).toBeLessThan(rows[1].pearson.value);
    expect(rows[1].pearson.high).toBeGreaterThan(rows[1].pearson.value);
    const scaled = (values: Float32Array) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return values.map((v) => (v - low) / (high - low));
    };
    const [x, y] = [scaled(map), scaled(other)];
    const squares = x.reduce((sum, v, i) => sum + (v - y[i]) ** 2, 0);
    expect(rows[1].mse).toBeCloseTo(squares / x.length, 6);
    expect(rows[1].meanError).toBe(0.1);
  });

  test("tells the same of the noise alone", async () => {
    const { floor, rows, summary } = await errorCorrelation(list, haadf, { floor: analysis(map) });
    const { latent: _, ...ten } = rows[1];
    expect(floor).toEqual({ ...ten, name: "noise alone" });
    expect(summary).toMatch(/\n {2}noise alone: Pearson .* mean error 10\.0 %/);
    expect((await errorCorrelation(list, haadf)).floor).toBeUndefined();
    const elsewhere = { ...analysis(map), map: image(new Float32Array(4), [2, 2]) };
    expect(await rejected(() => errorCorrelation(list, haadf, { floor: elsewhere }))).toMatchObject({
      tag: "ShapeError",
    });
  });

  test("leaves out pixels where one is no number", async () => {
    const gaps = map.map((v, i) => (i < 20 ? Number.NaN : v));
    const found = await errorCorrelation([{ errors: analysis(gaps), latent: 2 }], haadf);
    expect(found.pixels).toBe(ROWS * COLUMNS - 20);
    expect(found.rows[0].pearson.value).toBeCloseTo(pearson(map.slice(20), other.slice(20)), 10);
  });

  test("the interval covers the truth about as often as it says, for independent pixels", async () => {
    // 40 images of noise against noise: the true correlation is 0; 95 % of 40 is 38, and 3 standard deviations are 4.
    let covered = 0;
    let width = 0;
    for (let seed = 0; seed < 40; seed++) {
      const noise = map.map(
        (_, i) =>
          Math.sin(12.9898 * (i + 1000 * seed)) * 43758.5453 -
          Math.floor(Math.sin(12.9898 * (i + 1000 * seed)) * 43758.5453),
      );
      const options = { block: 1, bootstrap: 100, seed };
      const [row] = (
        await errorCorrelation(
          [{ errors: analysis(noise), latent: 2 }],
          image(
            map.map((_, i) => (i * 7919) % 180),
            [ROWS, COLUMNS],
          ),
          options,
        )
      ).rows;
      if (row.pearson.low <= 0 && row.pearson.high >= 0) covered++;
      width += (row.pearson.high - row.pearson.low) / 40;
    }
    expect(covered).toBeGreaterThanOrEqual(33);
    // Twice 1.96 standard deviations of 1 / sqrt(180); 100 resamplings know the ends of an interval to a tenth.
    expect(width / (2 * 1.96)).toBeCloseTo(1 / Math.sqrt(ROWS * COLUMNS), 2);
  });

  test("seed, bootstrap and block change the interval, the same seed does not", async () => {
    const low = async (options: object) =>
      (await errorCorrelation([list[0]], haadf, { block: 2, ...options })).rows[0].pearson.low;
    const base = await low({});
    expect(await low({})).toBe(base);
    expect(await low({ seed: 1 })).not.toBe(base);
    expect(await low({ bootstrap: 50 })).not.toBe(base);
    expect(await low({ block: 3 })).not.toBe(base);
  });

  test("takes a trained model with its samples", async () => {
    const placed = smallPairs(40); // at (0, 1), (2, 3), ... of a scan of 80 x 80
    const model = smallModel({ latent: 3 });
    await fit(model, placed, { epochs: 1, batch: 20 });
    const scan = image(
      Float32Array.from({ length: 6400 }, (_, i) => i),
      [80, 80],
    );
    const found = await errorCorrelation([{ model, samples: placed }], scan);
    expect(found.rows[0]).toMatchObject({ latent: 3, name: "3 latents" });
    expect(found.pixels).toBe(40);
    expect(inWords(found)).toMatch(/3 latents: Pearson .* to .*Spearman/);
  });

  test("refuses nothing, another scan and bad options, and stops", async () => {
    expect(await rejected(() => errorCorrelation([], haadf))).toMatchObject({ tag: "OptionError" });
    const small = image(new Float32Array(4), [2, 2]);
    expect(await rejected(() => errorCorrelation(list, small))).toMatchObject({ tag: "ShapeError" });
    for (const wrong of [{ bootstrap: 0 }, { block: 1.5 }]) {
      expect(await rejected(() => errorCorrelation(list, haadf, wrong))).toMatchObject({ tag: "OptionError" });
    }
    const signal = AbortSignal.abort();
    expect(await rejected(() => errorCorrelation(list, haadf, { signal }))).toMatchObject({ tag: "CancelledError" });
  });
});
