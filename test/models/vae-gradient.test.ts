import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { createTrainer } from "../../src/models/trainer";
import { type VaeOptions, vae } from "../../src/models/vae";
import { vaeArchitecture } from "../../src/models/vae-network";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { drawnInputs, lossSlopes } from "./support/loss-slope";
import { smallPairs } from "./support/small-pairs";

vi.setConfig({ testTimeout: 300_000 }); // hundreds of small passes, on a crowded machine

const { spectra } = smallPairs(6, 1);
const FORMS: Partial<VaeOptions>[] = [
  {},
  { deviation: 1 },
  { deviation: 0.3, beta: 2 },
  { likelihood: "bernoulli" },
  { sigmoid: true },
  { deviation: 1, capacity: { largest: 5, steps: 10, gamma: 3 } },
  { shift: true, shiftPrior: 0.4, deviation: 0.5 },
];
const small = (options: Partial<VaeOptions>) => vae({ spectrum: 16, hidden: 6, seed: 3, ...options });

const engines = hasNative ? ["native", "wasm"] : ["wasm"];
describe.each(engines)("on the %s engine", (name) => {
  let engine: Engine;
  let tensorsBefore = 0;
  beforeAll(async () => {
    engine = name === "wasm" ? await wasmEngine() : await defaultEngine();
    tensorsBefore = engine.tf.memory().numTensors;
  });
  afterEach(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore)); // nothing is left on the engine
  afterAll(async () => void (await defaultEngine()));

  test.each(FORMS)("the loss with %j has the gradient that central differences give", (options) => {
    for (const { name: parameter, analytic, numeric, scale } of lossSlopes(engine, vaeArchitecture, small(options), [
      spectra,
    ])) {
      // The loss is float32, 6e-8 of some 10, over a step of 2e-2: 1e-4; and the third derivative's share of the step.
      expect([analytic], parameter).toMatchArray([numeric], { absolute: 2e-3 * scale + 3e-4 });
    }
  });

  test.each(FORMS)("a few steps with %j lower the loss", (options) => {
    const model = small(options);
    const { data, noise, schedule } = drawnInputs(engine, vaeArchitecture, model, [spectra]);
    const inputs = [...data, ...noise, ...schedule];
    const trainer = createTrainer(engine, vaeArchitecture, model);
    const losses = Array.from({ length: 8 }, () => trainer.step(inputs, 1e-3).loss);
    expect(losses.every((loss, i) => i === 0 || loss < losses[i - 1])).toBe(true);
    trainer.dispose();
    engine.tf.dispose(inputs);
  });
});

test.skipIf(!hasNative)("both engines give the same losses and the same steps", async () => {
  const run = (engine: Engine, options: Partial<VaeOptions>) => {
    const model = small(options);
    const { data, noise, schedule } = drawnInputs(engine, vaeArchitecture, model, [spectra]);
    const inputs = [...data, ...noise, ...schedule];
    const trainer = createTrainer(engine, vaeArchitecture, model);
    const losses = Array.from({ length: 5 }, () => trainer.step(inputs, 1e-3)).flatMap((s) => [s.loss, ...s.terms]);
    trainer.dispose();
    engine.tf.dispose(inputs);
    return losses;
  };
  const wasm = await wasmEngine();
  const onWasm = FORMS.map((options) => run(wasm, options));
  const native = await defaultEngine();
  for (const [i, options] of FORMS.entries()) {
    expect(onWasm[i], JSON.stringify(options)).toMatchArray(run(native, options), { relative: 1e-4 }); // 5 float32 steps
  }
});
