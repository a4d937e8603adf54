import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { type DualVaeModel, dualVae } from "../../src/models";
import { dualVaeArchitecture, imageLatents, spectrumLatents } from "../../src/models/dual-vae-network";
import { drawLatent } from "../../src/models/variational";
import { forwardPass, lossAndGradients } from "./support/parity-run";

interface Case {
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly latents: Readonly<Record<"mean1" | "log1" | "mean2" | "log2", number[]>>;
  /** Decoded at the drawn point of the spectra. */
  readonly spectra: number[];
  readonly gradients: Readonly<Record<string, number[]>>;
}

/** Made by test/peers/dual_vae_fixture.py, in double precision. */
const fixture = JSON.parse(readFileSync(join(__dirname, "fixtures/dual-vae.json"), "utf8"));
const { sizes, beta, gamma, anglePrior, shiftPrior } = fixture;
const cases = Object.entries(fixture.cases) as [DualVaeModel["options"]["link"], Case][];

/** The values that the fixture's script makes too. */
function wave(count: number, offset: number, scale = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => scale * Math.sin(offset + 0.7 * i));
}

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

function made(link: DualVaeModel["options"]["link"], names: readonly string[]): DualVaeModel {
  const { height, width, channels, spectrum, hidden, latent, layers } = sizes;
  const image = [height, width, channels] as const;
  const sized = { image, spectrum, hidden, latent, layers };
  const model = dualVae({ ...sized, beta, gamma, anglePrior, shiftPrior, link });
  for (const [i, name] of names.entries()) {
    const { data } = model.parameters[name];
    data.set(wave(data.length, 0.9 * i, 0.4));
  }
  return model;
}

function inputs() {
  const { n, height, width, channels, spectrum, latent } = sizes;
  const { tf } = engine;
  const unit = (count: number, offset: number) => wave(count, offset, 0.5).map((v) => v + 0.5);
  return {
    data: [
      tf.tensor(unit(n * height * width * channels, 0.3), [n, height, width, channels]),
      tf.tensor(unit(n * spectrum, 1.1), [n, spectrum]),
    ],
    noise: [tf.tensor(wave(n * (3 + latent), 2), [n, 3 + latent]), tf.tensor(wave(n * latent, 3), [n, latent])],
    schedule: [],
  };
}

// Ours is float32 through some seven layers: 1e-6 of the largest value and below.
const FLOAT32 = { relative: 1e-5 };

describe.each(cases)("a dual VAE with link %s agrees with one written in PyTorch", (link, expected) => {
  test("in its parameters, latents and decoded spectra", () => {
    const model = made(link, Object.keys(expected.gradients));
    expect(Object.keys(model.parameters).sort()).toEqual(Object.keys(expected.gradients).sort());
    const { data, noise } = inputs();
    const got = forwardPass(engine, dualVaeArchitecture, model, false, (scope) => {
      const [q1, q2] = [imageLatents(scope, model.options, data[0]), spectrumLatents(scope, model.options, data[1])];
      const spectra = dualVaeArchitecture.decode(scope, model, drawLatent(engine, q2, noise[1]));
      return { mean1: q1.mean, log1: q1.logDeviation, mean2: q2.mean, log2: q2.logDeviation, spectra };
    });
    for (const [name, values] of Object.entries({ ...expected.latents, spectra: expected.spectra })) {
      expect(got[name], name).toMatchArray(values, FLOAT32);
    }
    engine.tf.dispose([...data, ...noise]);
  });

  test("in the loss, its terms and every gradient", () => {
    const model = made(link, Object.keys(expected.gradients));
    const given = inputs();
    const { loss, terms, gradients } = lossAndGradients(engine, dualVaeArchitecture, model, given);
    expect([loss]).toMatchArray([expected.loss], FLOAT32);
    expect(Object.keys(terms)).toEqual(Object.keys(expected.terms));
    expect(Object.values(terms)).toMatchArray(Object.values(expected.terms), FLOAT32);
    expect(gradients.size).toBe(Object.keys(expected.gradients).length);
    for (const [name, gradient] of gradients) {
      // Beside the relative error: 1e-6 for a sum whose terms, near 1, cancel.
      expect(gradient, name).toMatchArray(expected.gradients[name], { ...FLOAT32, absolute: 2e-6 });
    }
    engine.tf.dispose([...given.data, ...given.noise]);
  });
});
