import { join } from "node:path";
import { createRandom } from "../../../src/core";
import { DIST, KernelClient, type KernelOptions } from "../../support/kernel-client";
import { median } from "./interrupts";

const ENGINE = join(DIST, "engine/index.js");
const WARM_UP = 3;

/** What interrupting `fit` again and again left behind. */
export interface TrainingResult {
  readonly interrupts: number;
  /** Ended with KeyboardInterrupt. */
  readonly stopped: number;
  /** Record assigned, its weights finite. */
  readonly kept: number;
  readonly median_ms: number;
  readonly max_ms: number;
  readonly engine: string;
  readonly tensors: { readonly before: number; readonly after: number };
  readonly tensor_mb: { readonly before: number; readonly after: number };
  readonly resident_mb: { readonly before: number; readonly after: number };
}

const SETUP = `
  const data = await simulate.nanoparticleArray({ seed: 1, rows: 20, columns: 20, channels: 48 });
  const pairs = windows(data.image, data.spectra, { size: 8 });
  const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
  const { tf } = await require(${JSON.stringify(ENGINE)}).loadEngine();
  const first = await fit(model, pairs, { epochs: 1, seed: 1 });`;

const MEASURE = `(globalThis as any).gc?.();
  JSON.stringify([tf.memory().numTensors, Math.round(tf.memory().numBytes / 1e5) / 10, Math.round(process.memoryUsage().rss / 1e6)])`;

/** Interrupts `fit` `interrupts` times and compares tensors and memory before and after. */
export async function soakTraining(options: KernelOptions & { interrupts: number }): Promise<TrainingResult> {
  const random = createRandom(2);
  const kernel = await KernelClient.start(options);
  const { error } = await kernel.run(SETUP);
  if (error) throw new Error(error.traceback);
  const engine = (await kernel.run("first.engine")).result?.replaceAll("'", "") ?? "?";
  const measure = async (): Promise<[number, number, number]> =>
    JSON.parse((await kernel.run(MEASURE)).result!.slice(1, -1));
  const times: number[] = [];
  let [stopped, kept] = [0, 0];
  const stop = async () => {
    const { error, stopMs = Number.NaN } = await kernel.run(
      "let record = first; record = await fit(model, pairs, { epochs: 100_000, seed: 1 });",
      { stopAfter: 300 + 700 * random.uniform() },
    );
    if (error?.name === "KeyboardInterrupt") stopped++;
    times.push(stopMs);
    const left = await kernel.run("[model.training!.state, Number.isFinite((await errors(model, pairs)).mean)].join()");
    if (left.result === "'stopped,true'") kept++;
  };
  for (let i = 0; i < WARM_UP; i++) await stop();
  const before = await measure();
  [stopped, kept, times.length] = [0, 0, 0];
  for (let i = 0; i < options.interrupts; i++) await stop();
  const after = await measure();
  await kernel.close();
  const pair = (index: number) => ({ before: before[index], after: after[index] });
  return {
    interrupts: options.interrupts,
    stopped,
    kept,
    median_ms: Math.round(median(times)),
    max_ms: Math.round(Math.max(...times)),
    engine,
    tensors: pair(0),
    tensor_mb: pair(1),
    resident_mb: pair(2),
  };
}
