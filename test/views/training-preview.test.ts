import { expect, test, vi } from "vitest";
import { image } from "../../src/data";
import type { DisplayedRun } from "../../src/models";
import type { TrainingProgress } from "../../src/models/training";
import { imageWindows } from "../../src/signal";
import { trainingPreview } from "../../src/views/training-preview";
import type { Widget } from "../../src/views/widget";

const decoding: (() => void)[] = [];

vi.mock("../../src/views/decoded-sides", () => ({
  decodedSides: () => ["images"],
  predictedOf: async () => {
    await new Promise<void>((done) => decoding.push(done));
    return {};
  },
}));

const soon = () => new Promise((done) => setTimeout(done, 0));

test("the preview of a run that ends while one is decoded is that of its best epoch", async () => {
  const samples = imageWindows(
    image(
      Float32Array.from({ length: 64 }, (_, i) => i),
      [8, 8],
    ),
    { size: 4 },
  );
  const shown: number[] = [];
  const widget = { set: ({ preview }: { preview: { epoch: number } }) => shown.push(preview.epoch) };
  const run = { model: { kind: "vae", options: {}, axes: {}, scaling: samples.scaling, training: {} }, samples };
  const preview = trainingPreview(run as never as DisplayedRun, widget as never as Widget);
  preview.update({ bestEpoch: 3, state: "running" } as TrainingProgress);
  preview.update({ bestEpoch: 4, state: "running" } as TrainingProgress);
  preview.update({ bestEpoch: 5, state: "finished" } as TrainingProgress);
  for (let turn = 0; turn < 3; turn++) {
    for (const done of decoding.splice(0)) done();
    await soon();
  }
  expect(shown).toEqual([3, 5]);
});
