import { beforeAll, describe, expect, test } from "vitest";
import { collapse } from "../../src/analyse";
import { latentQuantiles } from "../../src/analyse/latent-quantiles";
import { fit, type VaeModel, type VaeOptions, vae } from "../../src/models";
import { latentUse } from "../../src/models/latent-use";
import { describe as inWords } from "../../src/notebook/describe";
import { smallModel, smallPairs } from "../models/support/small-pairs";
import { rejected } from "../support/errors";

const pairs = smallPairs(200);

async function trained(options: Partial<VaeOptions>, epochs: number): Promise<VaeModel> {
  const model = vae({ spectrum: 16, latent: 2, hidden: 32, seed: 1, ...options });
  await fit(model, pairs, { epochs, batch: 40, learningRate: 5e-3, seed: 1 });
  return model;
}

describe("latentUse", () => {
  test("gives the KL divergence of each latent and the variance of its means", () => {
    const mean = { data: Float32Array.from([1, 0, -1, 0]), shape: [2, 2] };
    const deviation = { data: Float32Array.from([0.5, 1, 0.5, 1]), shape: [2, 2] };
    const [first, second] = latentUse({ mean, deviation });
    expect(first.kl).toBeCloseTo(0.5 * (1 + 0.25 - 1) + Math.log(2), 6);
    expect(first.activity).toBe(1);
    expect(second).toEqual({ kl: 0, activity: 0 });
  });
});

describe("latentQuantiles", () => {
  test("moves one latent at a time, the others at their mean, in the first class of each group", () => {
    const values = { data: Float32Array.from([0, 10, 1, 20, 2, 60]), shape: [3, 2] };
    const { data, shape } = latentQuantiles(values, [0, 1], [2, 1]);
    expect(shape).toEqual([4, 5]);
    expect([...data]).toEqual([0, 30, 1, 0, 1, 2, 30, 1, 0, 1, 1, 10, 1, 0, 1, 1, 60, 1, 0, 1]);
  });
});

describe("collapse", () => {
  let healthy: VaeModel;
  beforeAll(async () => {
    healthy = await trained({}, 50);
  });

  test("stays quiet on a healthy model", async () => {
    const found = await collapse(healthy, pairs);
    expect(found.state).toBe("healthy");
    expect(found.explained).toBeGreaterThan(0.9);
    expect(found.latents.map(({ used }) => used)).toEqual([true, true]);
    expect(found.summary).toMatch(/^healthy: all 2 latents are used/);
    expect(found.summary).not.toContain("do this");
    expect(inWords(found)).toBe(found.summary);
  });

  test.each([
    [{ deviation: 1 }, /smaller deviation than 1, or "optimal"/],
    [{ beta: 300 }, /smaller beta than 300/],
    [{ deviation: 1, capacity: { largest: 0.001, steps: 10, gamma: 100 } }, /capacity\.largest above 0\.001/],
  ] as const)("names the collapse that %o forces, and what to do", async (options, remedy) => {
    const found = await collapse(await trained(options, 15), pairs);
    expect(found.state).toBe("collapsed");
    expect(found.latents.map(({ used }) => used)).toEqual([false, false]);
    expect(found.explained).toBeLessThan(0.05);
    expect(found.summary).toMatch(/^collapsed: no latent is used/);
    expect(found.summary).toMatch(remedy);
  });

  test("names the one latent that the decoder ignores, of a model that is not variational too", async () => {
    const model = smallModel({ latent: 3 });
    await fit(model, pairs, { epochs: 25, batch: 40, learningRate: 5e-3 });
    const before = await collapse(model, pairs);
    expect(before.latents[0].kl).toBeUndefined();
    const effects = before.latents.map(({ effect }) => effect);
    const least = effects.indexOf(Math.min(...effects)); // that the others still explain something
    const { data } = model.parameters["decoder.fc.weight"]; // [out, 3]
    for (let i = least; i < data.length; i += 3) data[i] = 0;
    const found = await collapse(model, pairs);
    expect(found.state).toBe("partly");
    expect(found.latents.map(({ used }) => used)).toEqual([0, 1, 2].map((j) => j !== least));
    expect(found.latents[least].effect).toBe(0);
    expect(found.summary).toContain(`partly collapsed: latent ${least + 1} of 3 unused`);
    expect(found.summary).toMatch(/do this: .*latent: 2 instead of 3/);
  });

  test("the thresholds decide", async () => {
    const strict = await collapse(healthy, pairs, { effect: 5 });
    expect(strict.state).toBe("collapsed");
    expect((await collapse(healthy, pairs, { activity: 50 })).latents.some(({ used }) => used)).toBe(false);
    expect(await rejected(() => collapse(healthy, pairs, { effect: 0 }))).toMatchObject({ tag: "OptionError" });
    expect(await rejected(() => collapse(healthy, pairs, { activity: Number.NaN }))).toMatchObject({
      tag: "OptionError",
    });
  });

  test("refuses a model that was not trained, and stops", async () => {
    expect(await rejected(() => collapse(vae({ spectrum: 16 }), pairs))).toMatchObject({ tag: "NotFittedError" });
    const signal = AbortSignal.abort();
    expect(await rejected(() => collapse(healthy, pairs, { signal }))).toMatchObject({ tag: "CancelledError" });
  });
});
