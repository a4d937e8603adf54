import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { image, spectrumImage } from "../../src/data";
import { ica, nmf, pca, residualMap, scree, stability } from "../../src/decompose";
import type { Engine } from "../../src/engine/engine";
import { defaultEngine } from "../support/engines";
import { rejected } from "../support/errors";
import { sourceOf } from "../support/spectrum-sources";

const random = createRandom(3);
const [ROWS, COLUMNS, CHANNELS] = [9, 11, 30];
const counts = Float32Array.from({ length: ROWS * COLUMNS * CHANNELS }, (_, i) => {
  const [p, c] = [Math.floor(i / CHANNELS), i % CHANNELS];
  return random.poisson(
    2 + 30 * (p % 4) * Math.exp(-((c - 8) ** 2) / 9) + 20 * (p % 3) * Math.exp(-((c - 20) ** 2) / 9),
  );
});
const spectra = spectrumImage(counts, [ROWS, COLUMNS, CHANNELS]);
const mask = image(
  Float32Array.from({ length: ROWS * COLUMNS }, (_, p) => (p % 6 === 1 ? 0 : 1)),
  [ROWS, COLUMNS],
);
/** What the issue asks of the streamed form. */
const SAME = { relative: 1e-5 };

let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});

describe("from a source that is read in blocks", () => {
  test.each([1, 4])("scree is that of the whole, %i rows at a time", async (block) => {
    const { source } = sourceOf(spectra);
    for (const options of [
      {},
      { weighting: "poisson" },
      { centred: false },
      { mask },
      { method: "parallel" },
    ] as const) {
      const whole = await scree(spectra, { ...options, permutations: 2, engine });
      const streamed = await scree(source, { ...options, permutations: 2, block, engine });
      expect(streamed.variances).toMatchArray(whole.variances, SAME);
      expect(streamed.suggested).toBe(whole.suggested);
      expect(streamed.noise.edge / whole.noise.edge).toBeCloseTo(1, 4);
    }
  });

  test("scree takes few pixels of many channels too", async () => {
    const wide = spectrumImage(counts.slice(0, 20 * 90), [4, 5, 90]);
    const streamed = await scree(sourceOf(wide).source, { block: 1, engine });
    expect(streamed.variances).toMatchArray((await scree(wide, { engine })).variances, SAME);
  });

  test("ica, stability and the residual map are those of the whole", async () => {
    const { source } = sourceOf(spectra);
    const parts = await ica(spectra, { components: 2, mask, engine });
    const streamedParts = await ica(source, { components: 2, mask, block: 2, engine });
    expect(streamedParts.components.data).toMatchArray(parts.components.data, SAME);
    const options = { components: [2, 3], restarts: 2, iterations: 20, loss: "kullback-leibler", engine } as const;
    const [one, other] = [await stability(spectra, options), await stability(source, { ...options, block: 2 })];
    expect(other.scores).toMatchArray(one.scores, SAME);
    for (const result of [parts, await nmf(spectra, { components: 2, iterations: 9, engine })]) {
      const whole = await residualMap(result, spectra, { noise: "poisson" });
      const streamed = await residualMap(result, source, { noise: "poisson", block: 2 });
      expect(streamed.error.data).toEqual(whole.error.data);
      expect(streamed.overall).toEqual(whole.overall);
    }
  });

  test("a wrong block is refused", async () => {
    const { source } = sourceOf(spectra);
    const parts = await pca(spectra, { components: 2, engine });
    const works = [
      () => scree(source, { block: 0, engine }),
      () => ica(source, { block: 0, engine }),
      () => residualMap(parts, source, { block: 0 }),
    ];
    for (const work of works) expect(await rejected(work)).toMatchObject({ tag: "OptionError" });
  });
});
