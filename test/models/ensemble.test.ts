import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { Pairs } from "../../src/data";
import { ensemble, fitEnsemble, predict, predictDistribution, vae } from "../../src/models";
import { select } from "../../src/signal";
import { smallModel, smallPairs, weightsOf } from "./support/small-pairs";

vi.setConfig({ testTimeout: 300_000 });

const small = { encoderLayers: 2, decoderLayers: 1, batchNorm: false };
const short = { epochs: 2, batch: 16, learningRate: 3e-3, trace: false } as const;
const train = smallPairs(48, 1);

/** Pairs whose blob lies in the left half, or in the right half. */
function half(n: number, seed: number, side: "left" | "right"): Pairs {
  const pairs = smallPairs(4 * n, seed);
  const isIn = (i: number) => {
    const spectrum = pairs.spectra.data.subarray(16 * i, 16 * i + 16);
    const peak = spectrum.indexOf(Math.max(...spectrum)); // at twice the column of the blob
    return side === "left" ? peak < 7 : peak > 9;
  };
  const chosen = Array.from({ length: 4 * n }, (_, i) => i).filter(isIn);
  return select(pairs, chosen.slice(0, n));
}

function rms(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
}

describe("an ensemble", () => {
  test("has members that differ in their first weights alone, the same ones for the same seed", () => {
    const make = (seed: number) => smallModel({ ...small, seed });
    const members = ensemble(make, { size: 3, seed: 1 });
    expect(members).toHaveLength(3);
    expect(new Set(members.map((m) => m.options.seed)).size).toBe(3);
    expect(weightsOf(ensemble(make, { size: 2, seed: 1 })[1])).toEqual(weightsOf(members[1]));
    expect(weightsOf(ensemble(make, { size: 3, seed: 2 })[1])).not.toEqual(weightsOf(members[1]));
    expect(ensemble(make)).toHaveLength(5);
  });

  test("is more certain inside of what it has seen than outside", async () => {
    const members = ensemble((seed) => smallModel({ ...small, seed }), { size: 3, seed: 1 });
    const options = { ...short, epochs: 40, learningRate: 0.01, seed: 1 };
    const records = await fitEnsemble(members, half(64, 1, "left"), options);
    expect(new Set(records.map((r) => r.options.seed)).size).toBe(3);
    const spread = async (pairs: Pairs) => rms((await predictDistribution(members, pairs)).deviation.data);
    const [inside, outside] = [await spread(half(24, 2, "left")), await spread(half(24, 2, "right"))];
    expect(inside).toBeGreaterThan(0);
    expect(outside).toBeGreaterThan(1.5 * inside);
  });

  test("predicts the mean of its members", async () => {
    const members = ensemble((seed) => smallModel({ ...small, seed }), { size: 2 });
    const { mean, deviation, models } = await predictDistribution(members, train);
    const [a, b] = [await predict(members[0], train), await predict(members[1], train)];
    expect(models).toBe(2);
    expect([...mean.data]).toMatchArray(
      a.data.map((v, i) => (v + b.data[i]) / 2),
      { relative: 1e-6 }, // float32
    );
    // Of two values: their distance over the square root of 2.
    expect([...deviation.data]).toMatchArray(
      a.data.map((v, i) => Math.abs(v - b.data[i]) / Math.SQRT2),
      { relative: 1e-5 },
    );
  });

  test("can be of any kind, and keeps files apart", async () => {
    const folder = await mkdtemp(join(tmpdir(), "specbook-test-"));
    try {
      const members = ensemble((seed) => vae({ spectrum: 16, hidden: 8, seed }), { size: 2 });
      const places = { checkpoint: { path: join(folder, "run.safetensors") }, tensorboard: join(folder, "logs") };
      await fitEnsemble(members, train, { ...short, ...places });
      expect(readdirSync(folder).sort()).toEqual(["logs", "run.1.safetensors", "run.2.safetensors"]);
      expect(readdirSync(join(folder, "logs"))).toEqual(["member-1", "member-2"]);

      const again = ensemble((seed) => vae({ spectrum: 16, hidden: 8, seed }), { size: 2 });
      const records = await fitEnsemble(again, train, { ...short, resume: places.checkpoint.path });
      expect(records.map((r) => r.resumedEpochs)).toEqual([2, 2]);
      expect(again.flatMap(weightsOf)).toEqual(members.flatMap(weightsOf));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("is refused with one member, or with members that are the same", () => {
    expect(() => ensemble((seed) => smallModel({ seed }), { size: 1 })).toThrow(
      /^ensemble cannot use this size[\s\S]*size: 1/,
    );
    expect(() => ensemble(() => smallModel())).toThrow("members with the same weights");
  });
});
