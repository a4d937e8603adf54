import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { writeSafetensors } from "../../src/io";
import { type FitOptions, fit, type TrainingProgress } from "../../src/models";
import { testBuilt } from "../support/built";
import { caught } from "../support/caught";
import { inFreshNode } from "../support/engine-child";
import { hasNative } from "../support/engines";
import { smallModel, smallPairs, weightsOf } from "./support/small-pairs";

// Hundreds of training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000 });

const train = smallPairs(40, 1);
const validation = smallPairs(16, 2);
/** Two batch sizes, an average, a schedule that looks at the losses, an early stop that waits, and turned images. */
const rich: FitOptions = {
  epochs: 6,
  batch: 16,
  learningRate: 0.02,
  seed: 1,
  validation,
  dropLast: false,
  swa: 3,
  schedule: { kind: "plateau", patience: 1, factor: 0.5, improvement: 0.3 },
  earlyStop: { patience: 5, improvement: 0.9 },
  augment: "flips-and-turns",
  trace: false,
};

/** Quicker still: what is refused is refused whatever the model is. */
const tiny = () => smallModel({ encoderLayers: 1, decoderLayers: 1, encoderFilters: 2, decoderFilters: 2 });

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "specbook-test-"));
  path = join(folder, "run.safetensors");
});
afterEach(() => rm(folder, { recursive: true }));

/** A fit that is stopped in the epoch after `epochs` finished ones. */
async function interrupted(epochs: number, options: FitOptions): Promise<void> {
  const stop = new AbortController();
  const onProgress = (p: TrainingProgress) => {
    if (p.epochs.length === epochs) stop.abort();
  };
  const model = smallModel();
  const error = await caught(() => fit(model, train, { ...options, signal: stop.signal, onProgress }));
  expect(error.tag).toBe("CancelledError");
}

/** The parts of a record that do not tell the time. */
function timeless(run: Awaited<ReturnType<typeof fit>>) {
  return { state: run.state, keptEpoch: run.keptEpoch, epochs: run.epochs.map((e) => ({ ...e, seconds: 0 })) };
}

describe("a resumed fit", () => {
  test.for([
    [false, {}],
    [true, {}],
    [false, { swa: false, weights: "best", schedule: "one-cycle", augment: undefined }],
    [true, { swa: false, weights: "last", schedule: { kind: "cosine", warmUp: 2 }, earlyStop: false }],
  ] as const)("ends with the very weights of an uninterrupted one, traced %s, %o", async ([trace, more]) => {
    const options = { ...rich, ...more, trace: trace && hasNative };
    const whole = smallModel();
    const expected = await fit(whole, train, options);
    await interrupted(4, { ...options, checkpoint: { path, every: 2 } });
    const resumed = smallModel();
    const run = await fit(resumed, train, { ...options, resume: path });
    expect(run.resumedEpochs).toBe(4);
    expect(timeless(run)).toEqual(timeless(expected));
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
  });

  test("goes on from where it was last written, and does nothing where all was done", async () => {
    const options = { ...rich, checkpoint: { path, every: 4 }, resume: true };
    const first = smallModel();
    await fit(first, train, options); // no file yet: begins
    const again = smallModel();
    const seen: TrainingProgress[] = [];
    const run = await fit(again, train, { ...options, onProgress: (p) => seen.push(p) });
    expect(run.resumedEpochs).toBe(6); // 4, and the last
    expect(seen).toHaveLength(1);
    expect(weightsOf(again)).toEqual(weightsOf(first));
  });

  test("stays ended where it had ended early", async () => {
    const options = { ...rich, earlyStop: { patience: 1, improvement: 0.9 }, checkpoint: { path }, resume: true };
    const first = await fit(smallModel(), train, options);
    expect(first.state).toBe("early-stopped");
    expect(timeless(await fit(smallModel(), train, options))).toEqual(timeless(first));
  });

  test("may be given more epochs where the schedule does not depend on their number", async () => {
    const plain = { ...rich, schedule: "constant", earlyStop: false } as const;
    const whole = smallModel();
    await fit(whole, train, plain);
    await fit(smallModel(), train, { ...plain, epochs: 4, checkpoint: { path } });
    const longer = smallModel();
    await fit(longer, train, { ...plain, resume: path });
    expect(weightsOf(longer)).toEqual(weightsOf(whole));
    const shorter = await caught(() => fit(smallModel(), train, { ...plain, epochs: 3, resume: path }));
    expect(shorter.message).toContain("epochs of fit: 4 there, 3 here");
  });
});

describe("a checkpoint", () => {
  testBuilt("of a process that was killed is whole, and leads to the same weights", async () => {
    const options = { ...rich, epochs: 400, earlyStop: false } as const;
    // The same pairs and model, made by the same seeds; JSON numbers are exact.
    const code = `
      const { fit, im2spec } = source("models");
      const { options, model, train, validation } = JSON.parse(process.env.RUN);
      const revive = (p) => ({ ...p, images: { ...p.images, data: Float32Array.from(p.images.data) }, spectra: { ...p.spectra, data: Float32Array.from(p.spectra.data) } });
      fit(im2spec(model), revive(train), { ...options, validation: revive(validation), checkpoint: { path: process.env.CHECKPOINT },
        onProgress: ({ epochs }) => { if (epochs.length === 6) process.kill(process.pid, "SIGKILL"); } });
    `;
    const plain = (_: string, value: unknown) =>
      ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
    const run = { options: { ...options, validation: undefined }, model: tiny().options, train, validation };
    inFreshNode(code, { RUN: JSON.stringify(run, plain), CHECKPOINT: path });

    const nineEpochs = async (more: FitOptions) => {
      const stop = new AbortController();
      const onProgress = (p: TrainingProgress) => {
        if (p.epochs.length === 9) stop.abort();
      };
      const model = tiny();
      await caught(() => fit(model, train, { ...options, ...more, signal: stop.signal, onProgress }));
      return model;
    };
    const [whole, resumed] = [await nineEpochs({}), await nineEpochs({ resume: path })];
    expect(resumed.training?.resumedEpochs).toBe(5);
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    expect(resumed.training?.epochs.map((e) => e.loss)).toEqual(whole.training?.epochs.map((e) => e.loss));
  });

  test("leaves one whole file and nothing beside it", async () => {
    await fit(tiny(), train, { ...rich, checkpoint: { path } });
    expect(readdirSync(folder)).toEqual(["run.safetensors"]);
  });

  test("changes nothing of the run", async () => {
    const [with_, without] = [tiny(), tiny()];
    await fit(with_, train, { ...rich, checkpoint: { path } });
    await fit(without, train, { ...rich, trace: false });
    expect(weightsOf(with_)).toEqual(weightsOf(without));
  });

  test.for([
    [
      "another model",
      () => smallModel({ ...tiny().options, latent: 3 }),
      {},
      "option latent of the model: 2 there, 3 here",
    ],
    [
      "another seed of the weights",
      () => smallModel({ ...tiny().options, seed: 2 }),
      {},
      "option seed of the model: 1 there, 2 here",
    ],
    ["another batch", tiny, { batch: 8 }, "option batch of fit: 16 there, 8 here"],
    ["another rate", tiny, { learningRate: 0.01 }, "option learningRate of fit: 0.02 there, 0.01 here"],
    ["other turns", tiny, { augment: "flips" }, 'augment of fit: "flips-and-turns" there, "flips" here'],
    ["another validation set", tiny, { validation: smallPairs(16, 3) }, "array 0 of the validation set"],
    ["no validation set", tiny, { validation: undefined }, "array 0 of the validation set"],
  ] as const)("of %s is refused and named, and the model stays as it was", async ([, make, more, words]) => {
    await fit(tiny(), train, { ...rich, epochs: 3, checkpoint: { path } });
    const model = make();
    const before = weightsOf(model);
    const error = await caught(() => fit(model, train, { ...rich, ...more, resume: path }));
    expect(error.tag).toBe("OptionError");
    expect(error.message).toContain(words);
    expect(weightsOf(model)).toEqual(before);
    expect(model.training).toBeUndefined();
  });

  test("of other data is refused", async () => {
    await fit(tiny(), train, { ...rich, epochs: 3, checkpoint: { path } });
    const error = await caught(() => fit(tiny(), smallPairs(40, 5), { ...rich, resume: path }));
    expect(error.message).toContain("check sum of array 0 of the training set");
  });

  test("that is none, or damaged, is refused", async () => {
    await writeSafetensors(path, { weight: { data: new Float32Array(3), shape: [3] } });
    const foreign = await caught(() => fit(tiny(), train, { ...rich, resume: path }));
    expect(foreign.message).toContain("no checkpoint of a training run");
    await fit(tiny(), train, { ...rich, epochs: 3, checkpoint: { path } });
    writeFileSync(path, readFileSync(path).subarray(0, -100));
    const damaged = await caught(() => fit(tiny(), train, { ...rich, resume: path }));
    expect(damaged.tag).toBe("FormatError");
  });

  test("is refused before any work where it cannot be written or named", async () => {
    const model = tiny();
    const before = weightsOf(model);
    const bad: [FitOptions, string][] = [
      [{ checkpoint: { path: join(folder, "none", "run.safetensors") } }, "make the folder first"],
      [{ checkpoint: { path: "" } }, "checkpoint.path"],
      [{ checkpoint: path as unknown as FitOptions["checkpoint"] }, 'set checkpoint: { path: "run.safetensors" }'],
      [{ checkpoint: { path, every: 0 } }, "checkpoint.every: 0"],
      [{ resume: true }, "resume: true"],
      [{ resume: join(folder, "none.safetensors") }, "none.safetensors"],
    ];
    for (const [options, words] of bad) {
      const error = await caught(() => fit(model, train, { ...rich, ...options }));
      expect(error.message).toContain(words);
    }
    expect(weightsOf(model)).toEqual(before);
  });
});
