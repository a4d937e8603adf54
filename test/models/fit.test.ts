import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { setHost } from "../../src/core";
import type { Pairs } from "../../src/data";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { fit, predict, setTrainingDisplay, type TrainingProgress } from "../../src/models";
import { caught } from "../support/caught";
import { ownTemporaryFolder } from "../support/own-temporary-folder";
import { smallModel, smallPairs, weightsOf } from "./support/small-pairs";

// Hundreds of training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000 });

const train = smallPairs(48, 1);
const validation = smallPairs(20, 2);
const short = { epochs: 3, batch: 16, learningRate: 3e-3, seed: 1 };

const temporary = ownTemporaryFolder();
let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => {
  expect(engine.tf.memory().numTensors).toBe(tensorsBefore); // nothing is left on the engine, whatever happened
  expect(temporary()).toEqual([]);
});

async function mse(model: ReturnType<typeof smallModel>, pairs: Pairs): Promise<number> {
  const { data } = await predict(model, pairs);
  return data.reduce((sum, v, i) => sum + (v - pairs.spectra.data[i]) ** 2, 0) / data.length;
}

describe("fit", () => {
  test("learns what can be learnt", async () => {
    const model = smallModel();
    const run = await fit(model, train, { ...short, epochs: 60, learningRate: 0.01 });
    expect(run.state).toBe("finished");
    expect(run.epochs).toHaveLength(60);
    const mean = train.spectra.data.reduce((a, b) => a + b, 0) / train.spectra.data.length;
    const spread = train.spectra.data.reduce((a, b) => a + (b - mean) ** 2, 0) / train.spectra.data.length;
    expect(await mse(model, train)).toBeLessThan(0.3 * spread);
  });

  test("gives the same weights for the same seed, others for another", async () => {
    const weights = async (seed: number) => {
      const model = smallModel();
      await fit(model, train, { ...short, seed, trace: false });
      return weightsOf(model);
    };
    const [a, b, c] = [await weights(1), await weights(1), await weights(2)];
    expect(a).toMatchArray(b, { relative: 1e-6 }); // threads may sum in another order
    expect(a).not.toEqual(c);
  });

  test("trains the same whether the step is traced or run operation by operation", async ({ skip }) => {
    if (engine.native === undefined) skip("no native engine");
    const [traced, eager] = [smallModel(), smallModel()];
    // 46 pairs and no dropped batch: two batch sizes, two recordings
    const some = { ...short, epochs: 2, dropLast: false, weights: "last" as const, validation };
    const pairs = smallPairs(46, 1);
    const a = await fit(traced, pairs, { ...some, trace: true });
    const b = await fit(eager, pairs, { ...some, trace: false });
    expect([a.traced, b.traced]).toEqual([true, false]);
    const losses = (run: typeof a) => run.epochs.flatMap((e) => [e.loss, e.validationLoss ?? Number.NaN]);
    // Six float32 steps whose sums run in another order.
    expect(losses(a)).toMatchArray(losses(b), { relative: 1e-4 });
    // Adam moves an entry whose gradient is zero in theory by up to the rate: at most 6 steps of 3e-3, few entries.
    const differences = weightsOf(traced).map((w, i) => Math.abs(w - weightsOf(eager)[i]));
    expect(differences.filter((d) => d > 1e-4).length).toBeLessThan(0.01 * differences.length);
  });

  test("keeps the epoch of the lowest validation loss, or the last if told so", async () => {
    const best = smallModel();
    const run = await fit(best, train, { ...short, epochs: 12, validation, learningRate: 0.03 });
    const losses = run.epochs.map((e) => e.validationLoss as number);
    expect(run.keptEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect([await mse(best, validation)]).toMatchArray([Math.min(...losses)], { relative: 1e-4 });

    const last = smallModel();
    const other = await fit(last, train, { ...short, epochs: 12, validation, learningRate: 0.03, weights: "last" });
    expect(other.keptEpoch).toBe(12);
    const lastLoss = other.epochs[11].validationLoss as number;
    expect([await mse(last, validation)]).toMatchArray([lastLoss], { relative: 1e-4 });
  });

  test("averages the last epochs, with their statistics or with AtomAI's", async () => {
    const weights = async (swa: number | "atomai" | false) => {
      const model = smallModel();
      await fit(model, train, { ...short, epochs: 6, weights: "last", swa, trace: false });
      return model.parameters;
    };
    const [last, one, five, atomai] = [
      await weights(false),
      await weights(1),
      await weights(5),
      await weights("atomai"),
    ];
    const flat = (p: typeof last, name: string) => [...p[name].data];
    const [weight, statistic] = ["encoder.fc.weight", "encoder.conv.block.2.running_mean"];
    expect(flat(one, weight)).toMatchArray(flat(last, weight), { relative: 1e-5 });
    expect(flat(five, weight)).not.toEqual(flat(last, weight));
    expect(flat(five, weight)).toMatchArray(flat(atomai, weight), { relative: 1e-5 });
    expect(flat(five, statistic)).not.toEqual(flat(atomai, statistic));
  });

  test("averages as many epochs as it is told to: the last ones", async () => {
    const trained = async (epochs: number, swa: number | false) => {
      const model = smallModel();
      await fit(model, train, { ...short, epochs, weights: "last", swa, trace: false });
      return weightsOf(model);
    };
    const [two, three] = [await trained(2, false), await trained(3, false)];
    const means = two.map((w, i) => (w + three[i]) / 2);
    expect(await trained(3, 2)).toMatchArray(means, { relative: 1e-6 }); // threads may sum in another order
    expect(three).not.toMatchArray(means, { relative: 1e-4 });
  });

  test("writes scaling, axes and the record into the model", async () => {
    const model = smallModel();
    const run = await fit(model, train, { ...short, epochs: 1 });
    expect(model.scaling).toEqual(train.scaling);
    expect(model.axes).toEqual(train.axes);
    expect(model.training).toBe(run);
    expect(run.options).toMatchObject({ seed: 1, batch: 16, epochs: 1, learningRate: 3e-3, dropLast: true });
    expect(run.engine).toBe(engine.name);
  });

  test("drops the last, smaller batch unless told not to", async () => {
    const steps = async (dropLast: boolean) => {
      const seen: TrainingProgress[] = [];
      const pairs = smallPairs(40);
      await fit(smallModel(), pairs, { ...short, epochs: 2, dropLast, onProgress: (p) => seen.push(p) });
      return seen[seen.length - 1];
    };
    expect(await steps(true)).toMatchObject({ step: 4, totalSteps: 4 });
    expect(await steps(false)).toMatchObject({ step: 6, totalSteps: 6 });
  });

  test("goes on from the weights that the model holds", async () => {
    const model = smallModel();
    const first = await fit(model, train, { ...short, epochs: 10 });
    const second = await fit(model, train, { ...short, epochs: 1 });
    expect(second.epochs[0].loss).toBeLessThan(0.7 * first.epochs[0].loss);
  });
});

describe("a stopped fit", () => {
  test("keeps the best weights so far, says so, and leaves the model usable", async () => {
    const model = smallModel();
    const stop = new AbortController();
    const seen: TrainingProgress[] = [];
    const onProgress = (p: TrainingProgress) => {
      seen.push(p);
      if (p.epochs.length === 4) stop.abort();
    };
    const error = await caught(() =>
      fit(model, train, { ...short, epochs: 50, validation, signal: stop.signal, onProgress }),
    );
    const last = seen[seen.length - 1];
    const losses = last.epochs.map((e) => e.validationLoss as number);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(error.tag).toBe("CancelledError");
    expect(error.message).toContain(`the weights of epoch ${best}`);
    expect(last).toMatchObject({ state: "stopped", bestEpoch: best });
    expect(model.training).toMatchObject({ state: "stopped", keptEpoch: best });
    expect([await mse(model, validation)]).toMatchArray([Math.min(...losses)], { relative: 1e-4 });
  });

  test("in its first epoch keeps what it learnt, at once", async () => {
    const model = smallModel();
    const before = weightsOf(model);
    const stop = new AbortController();
    let atOnce: number[] = [];
    const onProgress = (p: TrainingProgress) => {
      if (p.step < 2 || stop.signal.aborted) return;
      stop.abort();
      atOnce = weightsOf(model); // the kernel may answer before the promise settles
    };
    const error = await caught(() => fit(model, train, { ...short, signal: stop.signal, onProgress: onProgress }));
    expect(error.tag).toBe("CancelledError");
    expect(atOnce).not.toEqual(before);
    expect(weightsOf(model)).toEqual(atOnce);
  });

  test("obeys the stop button of the cell it runs in", async () => {
    const stop = new AbortController();
    setHost({ signal: () => stop.signal, display: () => ({ id: "", update: () => {} }) });
    try {
      setImmediate(() => stop.abort());
      const error = await caught(() => fit(smallModel(), train, { ...short, epochs: 1000 }));
      expect(error.tag).toBe("CancelledError");
    } finally {
      setHost(undefined);
    }
  });

  test("that was stopped beforehand does nothing", async () => {
    const model = smallModel();
    const before = weightsOf(model);
    const error = await caught(() => fit(model, train, { ...short, signal: AbortSignal.abort() }));
    expect(error.tag).toBe("CancelledError");
    expect(weightsOf(model)).toEqual(before);
  });

  test("that diverges keeps its last good weights and names the learning rate", async () => {
    const model = smallModel({ batchNorm: false });
    const error = await caught(() => fit(model, train, { ...short, learningRate: 1e30 }));
    expect(error.tag).toBe("DataError");
    expect(error.message).toContain("learningRate");
    expect(weightsOf(model).every(Number.isFinite)).toBe(true);
    expect(model.training?.state).toBe("diverged");
  });

  test("that diverges on data that were not scaled says how far they reach", async () => {
    const spectra = { ...train.spectra, data: train.spectra.data.map((v) => 1e30 * v) };
    const error = await caught(() => fit(smallModel({ batchNorm: false }), { ...train, spectra }, short));
    expect(error.message).toContain("not scaled: they reach 9.75e+29");
  });

  test("that is stopped just after it lost its weights keeps those it had before", async () => {
    const model = smallModel({ batchNorm: false });
    const before = weightsOf(model);
    const stop = new AbortController();
    const options = { ...short, learningRate: 1e39, signal: stop.signal, onProgress: () => stop.abort() };
    const error = await caught(() => fit(model, train, options));
    expect(error.message).toContain("holds the weights it had before");
    expect(weightsOf(model)).toEqual(before);
  });

  test("that loses its weights in the last step of an epoch keeps the good ones", async () => {
    const model = smallModel({ batchNorm: false });
    const before = weightsOf(model);
    // One step an epoch: its loss is from before the update that ruins the weights.
    const ruinous = { ...short, epochs: 1, batch: 48, learningRate: 1e39, dropLast: false };
    const error = await caught(() => fit(model, train, ruinous));
    expect(error.message).toContain("weights that are not finite");
    expect(weightsOf(model)).toEqual(before);
  });
});

describe("progress", () => {
  test("comes at each epoch's end and ends with the final state", async () => {
    const seen: TrainingProgress[] = [];
    await fit(smallModel(), train, { ...short, validation, onProgress: (p) => seen.push(p) });
    for (const n of [1, 2, 3]) expect(seen.some((p) => p.epochs.length === n && p.state === "running")).toBe(true);
    expect(seen[seen.length - 1]).toMatchObject({ state: "finished", step: 9, totalSteps: 9, totalEpochs: 3 });
    expect(seen[seen.length - 1].secondsLeft).toBe(0);
  });

  test("goes to the display of the cell where no listener is given", async () => {
    const shown: TrainingProgress[] = [];
    const own: TrainingProgress[] = [];
    setTrainingDisplay(() => (p) => shown.push(p));
    try {
      await fit(smallModel(), train, { ...short, epochs: 1 });
      expect(shown[shown.length - 1].state).toBe("finished");
      const before = shown.length;
      await fit(smallModel(), train, { ...short, epochs: 1, onProgress: (p) => own.push(p) });
      expect(own[own.length - 1].state).toBe("finished");
      expect(shown).toHaveLength(before);
    } finally {
      setTrainingDisplay(undefined);
    }
  });

  test("leaves the event loop turning after each step that takes its time", async () => {
    let turns = 0;
    const count = () => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => {
      now += 60; // every look at the clock finds 60 ms gone
      return now;
    });
    try {
      await fit(smallModel(), train, { ...short, epochs: 5 });
    } finally {
      clock.mockRestore();
      clearImmediate(timer);
    }
    expect(turns).toBeGreaterThanOrEqual(5 * 3);
  });
});

describe("bad input to fit", () => {
  const one = smallPairs(1);
  const broken = smallPairs(48);
  broken.images.data[64 * 5 + 3] = Number.NaN;
  const lopsided: Pairs = { ...train, spectra: smallPairs(40).spectra };

  test.each([
    ["one pair only", one, {}, "ShapeError", "1 training pair"],
    ["a batch larger than the set", train, { batch: 64 }, "OptionError", "at most the 48 training pairs"],
    ["a value that is not a number", broken, {}, "DataError", "NaN in sample 5, at value 3"],
    ["spectra of another number than images", lopsided, {}, "ShapeError", "48 images and 40 spectra"],
    ["no epochs", train, { epochs: 0 }, "OptionError", "epochs: 0"],
    ["a negative rate", train, { learningRate: -1 }, "OptionError", "learningRate: -1"],
    ["more averaged epochs than epochs", train, { swa: 9 }, "OptionError", "swa: 9"],
    [
      "a share as validation",
      train,
      { validation: 0.2 as unknown as Pairs },
      "ShapeError",
      "split(samples, { test: 0.2 })",
    ],
    [
      "validation scaled by itself",
      train,
      { validation: { ...validation, scaling: { ...validation.scaling, spectra: { offset: 1, range: 2 } } } },
      "OptionError",
      "scale: train.scaling",
    ],
    ["validation on the training set", train, { validation: train }, "OptionError", "split them"],
    [
      "validation of another size",
      train,
      { validation: { ...one, spectra: { data: new Float32Array(9), shape: [1, 9] } } },
      "ShapeError",
      "[1, 9]",
    ],
  ] as const)("%s is refused before anything is trained", async (_, pairs, options, tag, words) => {
    const model = smallModel();
    const before = weightsOf(model);
    const error = await caught(() => fit(model, pairs, { ...short, ...options }));
    expect(error.tag).toBe(tag);
    expect(error.message).toContain(words);
    expect(weightsOf(model)).toEqual(before);
  });

  test("windows and spectra of another size than the model's are named", async () => {
    const windows = await caught(() => fit(smallModel({ image: [16, 16, 1] }), train, short));
    expect(windows.message).toContain("[48, 8, 8, 1]");
    expect(windows.message).toContain("[n, 16, 16, 1]");
    const spectra = await caught(() => fit(smallModel({ spectrum: 24 }), train, short));
    expect(spectra.message).toContain("[n, 24]");
  });

  test("a batch that does not fit into memory is refused before it is tried", async () => {
    vi.stubEnv("SPECBOOK_MEMORY_LIMIT", "1MB"); // 45 layers x 4 bytes x 48 pairs x 4 filters x 64 pixels = 2.2 MB
    try {
      const error = await caught(() => fit(smallModel(), train, { ...short, batch: 48 }));
      expect(error.tag).toBe("MemoryError");
      expect(error.message).toContain("set a smaller batch");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("trace: true where the engine cannot trace is refused", async ({ skip }) => {
    if (engine.native !== undefined) skip("the native engine can");
    const error = await caught(() => fit(smallModel(), train, { ...short, trace: true }));
    expect(error.tag).toBe("EngineError");
    expect(error.message).toContain("specbook setup");
  });
});
