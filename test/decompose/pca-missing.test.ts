import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { image, spectrumImage } from "../../src/data";
import { type PcaOptions, pca } from "../../src/decompose";
import type { Engine } from "../../src/engine/engine";
import { defaultEngine } from "../support/engines";
import { rejected } from "../support/errors";

const ROWS = 8;
const COLUMNS = 10;
const CHANNELS = 20;
const SHAPE = [ROWS, COLUMNS, CHANNELS] as const;

/** Two components and a mean, with or without noise. */
function made(noise: number): Float32Array {
  const random = createRandom(6);
  const scores = Array.from({ length: ROWS * COLUMNS }, () => [random.normal(), random.normal()]);
  return Float32Array.from({ length: ROWS * COLUMNS * CHANNELS }, (_, i) => {
    const c = i % CHANNELS;
    const [a, b] = scores[Math.floor(i / CHANNELS)];
    return 5 + 3 * a * Math.sin(c / 3) + b * Math.cos(c / 2) + noise * random.normal();
  });
}

const exact = made(0);
const noisy = made(0.1);
const without = (data: Float32Array, spoil: (pixel: number, channel: number) => boolean) =>
  spectrumImage(
    data.map((v, i) => (spoil(Math.floor(i / CHANNELS), i % CHANNELS) ? Number.NaN : v)),
    SHAPE,
  );

let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});
const run = (data: Parameters<typeof pca>[0], options: PcaOptions = {}) =>
  pca(data, { components: 2, missing: "ignore", engine, ...options });

describe("pca with missing values", () => {
  test("gives the same where nothing is missing", async () => {
    const whole = spectrumImage(noisy, SHAPE);
    const [one, other] = [await run(whole), await run(whole, { missing: "refuse" })];
    expect(one.maps.data).toEqual(other.maps.data);
    expect(one.explainedVariance).toEqual(other.explainedVariance);
  });

  test("leaves out pixels and channels that are NaN throughout, as a mask and a crop do", async () => {
    const dead = (p: number) => p % 7 === 2;
    const spoilt = await run(without(noisy, (p, c) => dead(p) || c === 4));
    const mask = image(
      Float32Array.from({ length: ROWS * COLUMNS }, (_, p) => (dead(p) ? 0 : 1)),
      [ROWS, COLUMNS],
    );
    const cut = noisy.filter((_, i) => i % CHANNELS !== 4);
    const masked = await run(spectrumImage(cut, [ROWS, COLUMNS, CHANNELS - 1]), { mask, missing: "refuse" });
    const finite = (values: Float32Array) => values.filter((v) => !Number.isNaN(v));
    expect(finite(spoilt.maps.data)).toEqual(finite(masked.maps.data));
    expect(finite(spoilt.components.data)).toEqual(masked.components.data);
    expect([spoilt.mean[4], spoilt.components.data[4]]).toEqual([Number.NaN, Number.NaN]);
    expect(spoilt.explainedVariance).toEqual(masked.explainedVariance);
  });

  test("single NaN values count nothing: two exact components come back whole", async () => {
    const random = createRandom(1);
    const spoilt = await run(without(exact, () => random.uniform() < 0.1));
    const whole = await run(spectrumImage(exact, SHAPE));
    // The filled values settle to 1e-6 of the data, and their rate of approach leaves some ten times that.
    expect(spoilt.maps.data).toMatchArray(whole.maps.data, { relative: 1e-3 });
    expect(spoilt.components.data).toMatchArray(whole.components.data, { relative: 1e-3 });
    expect(spoilt.mean).toMatchArray(whole.mean, { relative: 1e-3 });
    expect(spoilt.options).toMatchObject({ imputation: { converged: true } });
  });

  test("stays near the whole answer under noise", async () => {
    const random = createRandom(2);
    const spoilt = await run(without(noisy, () => random.uniform() < 0.05));
    const whole = await run(spectrumImage(noisy, SHAPE));
    expect(spoilt.components.data).toMatchArray(whole.components.data, { absolute: 0.02 }); // noise 0.1 on signals of 1 and 3
    expect(spoilt.explainedVariance).toMatchArray(whole.explainedVariance, { relative: 0.02 });
  });

  test("refuses NaN by default, and infinite values always", async () => {
    const one = without(noisy, (p, c) => p === 3 && c === 2);
    const error = await rejected(() => run(one, { missing: "refuse" }));
    expect(error).toMatchObject({ tag: "DataError" });
    expect(String(error)).toMatch(/missing: "ignore"/);
    const infinite = spectrumImage(
      noisy.map((v, i) => (i === 9 ? Number.NEGATIVE_INFINITY : v)),
      SHAPE,
    );
    expect(await rejected(() => run(infinite))).toMatchObject({ tag: "DataError" });
  });

  test("can be stopped while it fills in", async () => {
    const random = createRandom(3);
    const spoilt = without(noisy, () => random.uniform() < 0.1);
    const error = await rejected(() => run(spoilt, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ tag: "CancelledError" });
  });
});
