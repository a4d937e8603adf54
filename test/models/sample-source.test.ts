import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createRandom } from "../../src/core";
import type { FloatArray } from "../../src/data";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { fit } from "../../src/models";
import { createAugmentation } from "../../src/models/augment";
import { createSampleSource } from "../../src/models/sample-source";
import { smallModel, smallPairs, weightsOf } from "./support/small-pairs";

// Hundreds of training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000 });

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

function numbers(...shape: number[]): FloatArray {
  const random = createRandom(3);
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()) };
}

/** What a source gives for these samples, read back. */
function batchOf(
  resident: boolean,
  arrays: readonly FloatArray[],
  samples: Int32Array,
  pixels?: Int32Array,
): number[][] {
  const source = createSampleSource(engine, arrays, [pixels !== undefined, false], resident);
  const fed = source.feed(samples, pixels);
  expect(fed).toHaveLength(source.fed);
  const batch = engine.tf.tidy(() => source.gather(fed));
  const values = batch.map((t) => [...t.shape, ...t.dataSync()]);
  engine.tf.dispose([...new Set([...fed, ...batch])]);
  source.dispose();
  return values;
}

describe("a source of samples", () => {
  const arrays = [numbers(7, 3, 3, 2), numbers(7, 5)];
  const samples = Int32Array.of(6, 0, 3, 3);

  test("gives the rows that were asked for, kept on the engine or not", () => {
    const expected = arrays.map(({ data, shape }) => {
      const size = data.length / 7;
      return [4, ...shape.slice(1), ...[...samples].flatMap((s) => [...data.slice(s * size, (s + 1) * size)])];
    });
    expect(batchOf(true, arrays, samples)).toEqual(expected);
    expect(batchOf(false, arrays, samples)).toEqual(expected);
  });

  test("gives rearranged pixels alike, kept on the engine or not", () => {
    const turned = createAugmentation("flips-and-turns", arrays, 1, undefined);
    const pixels = turned.pixels(samples, 0);
    expect(batchOf(true, arrays, samples, pixels)).toEqual(batchOf(false, arrays, samples, pixels));
    expect(batchOf(true, arrays, samples, pixels)).not.toEqual(batchOf(true, arrays, samples));
  });
});

describe("training data that are too large for the engine", () => {
  test.for([false, true])(
    "give the same weights, bit for bit, as data that stay there, traced %s",
    async (trace, { skip }) => {
      if (trace && engine.native === undefined) skip("no native engine");
      const train = smallPairs(400); // 128 kB
      const options = { epochs: 1, batch: 20, learningRate: 3e-3, seed: 1, trace, augment: "flips" } as const;
      const trained = async () => {
        const model = smallModel();
        await fit(model, train, options);
        return weightsOf(model);
      };
      const resident = await trained();
      vi.stubEnv("SPECBOOK_MEMORY_LIMIT", "1.2MB"); // a tenth is less than the data
      expect(createSampleSource(engine, [train.images, train.spectra], [false, false]).tables).toHaveLength(0);
      expect(await trained()).toEqual(resident);
    },
  );
});
