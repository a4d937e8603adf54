import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type MimeBundle, setHost } from "../../src/core/host";
import { classifier, im2spec } from "../../src/models";
import { createReporter } from "../../src/models/progress";
import type { TrainingProgress } from "../../src/models/training";
import { trainingPanel } from "../../src/notebook";

const VEGA_LITE = "application/vnd.vegalite.v5+json";

/** A host that keeps what it was given: first displays, then updates. */
function recordingHost() {
  const displays: MimeBundle[] = [];
  const updates: MimeBundle[] = [];
  const display = (first: MimeBundle) => {
    displays.push(first);
    return { id: "1", update: (next: MimeBundle) => void updates.push(next) };
  };
  return { displays, updates, host: { signal: () => undefined, display } };
}

function progress(done: number, state: TrainingProgress["state"] = "running"): TrainingProgress {
  const epochs = Array.from({ length: done }, (_, i) => ({
    epoch: i + 1,
    loss: 0.1 / (i + 1),
    validationLoss: 0.12 / (i + 1),
    learningRate: 1e-3,
    seconds: 0.1,
  }));
  return {
    epochs,
    totalEpochs: 20,
    step: 10 * done,
    totalSteps: 200,
    samplesPerSecond: 5123.4,
    secondsLeft: 80,
    state,
    bestEpoch: done || undefined,
  };
}

describe("trainingPanel", () => {
  let clock = 0;
  beforeEach(() => {
    clock = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
  });
  afterEach(() => vi.restoreAllMocks());

  test("draws four times a second at most, in one place", () => {
    const { host, displays, updates } = recordingHost();
    const show = trainingPanel(host);
    for (let i = 0; i < 100; i++) {
      show(progress(1));
      clock += 10; // 100 reports in one second
    }
    expect(displays).toHaveLength(1);
    expect(updates).toHaveLength(3);
  });

  test("says epoch, speed and time left, without a picture while it runs", () => {
    const { host, displays } = recordingHost();
    trainingPanel(host)(progress(3));
    expect(Object.keys(displays[0])).toEqual([VEGA_LITE, "text/plain"]);
    expect(displays[0]["text/plain"]).toBe(
      "[chart] Training: epoch 3 of 20 running: 15 %; 5123 samples/s; 1 min 20 s left",
    );
  });

  test("names the model, so that several runs of one cell are told apart", () => {
    const { host, displays } = recordingHost();
    trainingPanel(host, im2spec({ image: [8, 8, 1], spectrum: 12, latent: 1 }))(progress(3));
    trainingPanel(host, classifier({ spectrum: 64, classes: ["a", "b"] }))(progress(3));
    expect(displays[0]["text/plain"]).toMatch(/^\[chart\] Training im2spec, 1 latent: epoch 3 of 20/);
    expect(displays[1]["text/plain"]).toMatch(/^\[chart\] Training classifier: epoch 3 of 20/);
  });

  test.each(["finished", "stopped", "diverged"] as const)(
    "draws the %s run at once, with a small picture",
    async (state) => {
      const { host, updates } = recordingHost();
      const show = trainingPanel(host);
      show(progress(19));
      await show(progress(20, state));
      const last = updates.at(-1)!;
      expect(last["text/plain"]).toContain(state);
      expect(String(last["image/png"]).length).toBeLessThan(24_000);
      expect(JSON.stringify(last[VEGA_LITE]).length).toBeLessThan(8_000);
    },
  );

  test("draws before the first epoch has ended, and losses that are not finite", async () => {
    const { host, displays, updates } = recordingHost();
    const show = trainingPanel(host);
    show(progress(0));
    const bad = { ...progress(2, "diverged"), epochs: progress(2).epochs.map((e) => ({ ...e, loss: Number.NaN })) };
    await show(bad);
    expect(displays[0]).toHaveProperty([VEGA_LITE]);
    expect(updates.at(-1)).toHaveProperty("image/png");
  });

  test("shows a fault of the chart as text and never stops the training", async () => {
    const { host, displays } = recordingHost();
    const broken = { ...progress(1, "finished"), epochs: undefined as unknown as [] };
    await trainingPanel(host)(broken);
    expect(displays[0]["text/plain"]).toMatch(/cannot draw this value/);
  });
});

describe("the display of a run that names no listener", () => {
  afterEach(() => setHost(undefined));
  const plan = { totalEpochs: 1, totalSteps: 1, batch: 1 };
  const run = { epochs: progress(1).epochs, step: 1 };

  test("is a panel inside a cell, with its picture when the awaited last report is done", async () => {
    const { host, displays, updates } = recordingHost();
    setHost(host);
    await createReporter(undefined, plan).report(run, "finished");
    expect(displays).toHaveLength(1);
    expect(updates.at(-1)).toHaveProperty("image/png");
  });

  test("is nothing in plain Node", () => {
    expect(createReporter(undefined, plan).report(run, "finished")).toBeUndefined();
  });
});
