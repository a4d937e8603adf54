import { SpecbookError } from "../core";
import type { FloatArray, Samples } from "../data";
import type { Engine } from "../engine/engine";
import type { CheckpointFile, PastEpochs } from "./checkpoint";
import { diverged } from "./divergence";
import type { LossWatch } from "./early-stop";
import type { EpochWork } from "./epoch-work";
import type { EventFile } from "./event-file";
import type { FitSettings } from "./fit-options";
import type { LearningRates } from "./learning-rate-schedule";
import { meanLoss } from "./mean-loss";
import type { Model } from "./model";
import { createReporter } from "./progress";
import type { EpochRecord, FitOptions, TrainingEnd, TrainingResult } from "./training";
import type { WeightKeeper } from "./weight-keeper";
import { eventLoopYielder } from "./yield-to-event-loop";

/** All that a training run consists of. */
export interface TrainingRun {
  readonly engine: Engine;
  readonly model: Model;
  /** The arrays of the training set, for the message of a run that diverges. */
  readonly data: readonly FloatArray[];
  /** What a display may show of the run: the samples that are never trained on, else the training set. */
  readonly samples: Samples | FloatArray;
  readonly settings: FitSettings;
  readonly work: EpochWork;
  readonly keeper: WeightKeeper;
  readonly rates: LearningRates;
  readonly watch: LossWatch;
  readonly checkpoint: CheckpointFile;
  /** The epochs of the checkpoint that the parts were brought to. */
  readonly past?: PastEpochs;
  readonly events?: EventFile;
  readonly signal?: AbortSignal;
  readonly onProgress?: FitOptions["onProgress"];
}

/** Runs the epochs that are left, ends with the weights that were asked for in the model, and records the run there. */
export async function runTraining(run: TrainingRun): Promise<TrainingResult> {
  const { model, settings, work, keeper, rates, watch, checkpoint, past, signal } = run;
  const epochs: EpochRecord[] = [...(past?.epochs ?? [])];
  let step = epochs.length * work.stepsPerEpoch;
  let failure: "stopped" | "diverged" = "stopped";
  const totalSteps = work.stepsPerEpoch * settings.epochs;
  const plan = { totalEpochs: settings.epochs, totalSteps, batch: settings.batch, pastSteps: step };
  let isEnding = false;
  const end = () => {
    isEnding = true;
  };
  const reporter = createReporter(run.onProgress, plan, { model, samples: run.samples, end });
  const pause = eventLoopYielder();
  const started = performance.now();
  const seconds = () => (past?.seconds ?? 0) + (performance.now() - started) / 1000;
  const termNames = () => work.termNames;

  const report = (state: TrainingEnd | "running", always = true) =>
    reporter.report({ epochs, step, bestEpoch: keeper.bestEpoch }, state, always);

  const failed = (what: string) => {
    failure = "diverged";
    const learningRate = rates.at(Math.max(0, step - 1));
    return diverged({ ...run, what, epoch: epochs.length + 1, learningRate, kept: keeper.describe() });
  };

  const afterBatch = async (loss: number, steps: number) => {
    if (!Number.isFinite(loss)) throw failed(`a loss of ${loss}`);
    step += steps;
    report("running", false);
    await pause();
    if (isEnding) throw new EndedByDisplay();
    if (signal?.aborted) throw cancelled(`in epoch ${epochs.length + 1} of ${settings.epochs}`, keeper.describe());
  };

  const runEpoch = async (epoch: number): Promise<EpochRecord> => {
    const epochStarted = performance.now();
    const { loss, terms } = await meanLoss(work.training(rates.at), termNames, (batch) => afterBatch(batch, 1));
    const checks = work.validation();
    const held = checks.length === 0 ? undefined : await meanLoss(checks, termNames, (batch) => afterBatch(batch, 0));
    return Object.freeze({
      epoch,
      loss,
      validationLoss: held?.loss,
      terms,
      validationTerms: held?.terms,
      learningRate: rates.at(step - 1),
      seconds: (performance.now() - epochStarted) / 1000,
    });
  };

  const endEpoch = async (entry: EpochRecord) => {
    const judged = entry.validationLoss ?? entry.loss;
    if (!keeper.endEpoch(entry.epoch, judged)) throw failed("weights that are not finite numbers");
    epochs.push(entry);
    rates.endEpoch(judged);
    watch.endEpoch(judged);
    report("running");
    await run.events?.endEpoch(entry);
    await checkpoint.endEpoch({ epochs, totalEpochs: settings.epochs, seconds: seconds() }, isOver());
  };
  const isOver = () => watch.done || epochs.length >= settings.epochs;

  const record = (state: TrainingEnd, keptEpoch: number): TrainingResult => {
    model.training = Object.freeze({
      kind: "training",
      epochs: Object.freeze([...epochs]),
      keptEpoch,
      state,
      ...(past === undefined ? {} : { resumedEpochs: past.epochs.length }),
      engine: run.engine.name,
      traced: work.traced,
      seconds: seconds(),
      options: Object.freeze({ ...settings }),
    });
    return model.training;
  };

  const keepOnAbort = () => keeper.stop(step);
  signal?.addEventListener("abort", keepOnAbort, { once: true });
  try {
    while (!isOver()) await endEpoch(await runEpoch(epochs.length + 1));
    const state = epochs.length < settings.epochs ? "early-stopped" : "finished";
    const result = record(state, keeper.finish(epochs.length));
    await report(state);
    return result;
  } catch (error) {
    if (error instanceof EndedByDisplay) {
      keepOnAbort();
      const result = record("stopped", keeper.bestEpoch ?? 0);
      await report("stopped");
      return result;
    }
    record(failure, keeper.bestEpoch ?? 0);
    await report(failure);
    throw error;
  } finally {
    signal?.removeEventListener("abort", keepOnAbort);
  }
}

/** Leaves the loop where a display has ended the run: no failure. */
class EndedByDisplay extends Error {}

/** The error of a training that a stop request ended; `kept` says what the model holds. */
export function cancelled(when: string, kept: string): SpecbookError {
  return new SpecbookError("CancelledError", "the training was stopped", {
    got: `a stop ${when}`,
    needed: `nothing: the model is usable and holds ${kept}`,
    remedy: "go on with it as it is, or call fit again to train further from these weights",
  });
}
