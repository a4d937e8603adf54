import { checkMemory, currentHost, SpecbookError } from "../core";
import type { FloatArray, Samples } from "../data";
import { loadEngine } from "../engine/load";
import { diverged } from "./divergence";
import { createLossWatch } from "./early-stop";
import { prepareEpochs } from "./epoch-work";
import { checkValidation, fitSettings } from "./fit-options";
import { architectureOf } from "./kinds";
import { createLearningRates } from "./learning-rate-schedule";
import { meanLoss } from "./mean-loss";
import type { Model } from "./model";
import { createReporter } from "./progress";
import type { EpochRecord, FitOptions, TrainingEnd, TrainingResult } from "./training";
import { createWeightKeeper } from "./weight-keeper";
import { eventLoopYielder } from "./yield-to-event-loop";

/** What a step holds at once, in batches of the widest layer: 41 measured for im2spec with 1496 channels. */
const LAYERS_IN_MEMORY = 45;

/**
 * Trains a model on samples by Adam with mini-batches, and writes the chosen weights, the data scaling and the axes into
 * it. The model holds its best weights so far at every moment: stopped by `signal` or by the stop button of a cell, it
 * is usable as it is, and `fit` throws a CancelledError that names the epoch kept. Calling `fit` again goes on from the
 * weights that the model holds. `model.training` is the record of the last run, also of a stopped one.
 *
 * @throws ShapeError, DataError or OptionError before anything is trained; DataError if the loss stops being a number.
 * @example
 * const run = await fit(model, train, { validation: test, epochs: 120, batch: 64, learningRate: 1e-3, seed: 1 });
 */
export async function fit(
  model: Model,
  train: Samples | FloatArray,
  options: FitOptions = {},
): Promise<TrainingResult> {
  const signal = options.signal ?? currentHost()?.signal();
  const architecture = architectureOf(model);
  const training = architecture.data(model, train);
  const validation = options.validation === undefined ? [] : architecture.data(model, options.validation);
  checkValidation(training, validation);
  const engine = await loadEngine();
  const settings = fitSettings(options, training[0].shape[0], engine);
  const bytes = LAYERS_IN_MEMORY * 4 * settings.batch * architecture.width(model);
  checkMemory(bytes, `training steps of ${settings.batch} pairs`, "set a smaller batch, or bin the energy axis");
  if (signal?.aborted) throw cancelled("before the first step", "the weights it had before");

  const work = prepareEpochs(engine, architecture, model, settings, { training, validation });
  const keeper = createWeightKeeper(model, architecture.specs(model), settings, work.values);
  const rates = createLearningRates(settings.learningRate, settings.schedule, { ...settings, ...work });
  const watch = createLossWatch(settings.earlyStop);
  const totalSteps = work.stepsPerEpoch * settings.epochs;
  const reporter = createReporter(options.onProgress, { totalEpochs: settings.epochs, totalSteps, ...settings });
  const pause = eventLoopYielder();
  const started = performance.now();
  const epochs: EpochRecord[] = [];
  let step = 0;
  let failure: "stopped" | "diverged" = "stopped";

  const report = (state: TrainingEnd | "running", always = true) =>
    reporter.report({ epochs, step, bestEpoch: keeper.bestEpoch }, state, always);

  const failed = (what: string) => {
    failure = "diverged";
    const learningRate = rates.at(Math.max(0, step - 1));
    return diverged({ what, epoch: epochs.length + 1, learningRate, kept: keeper.describe(), model, data: training });
  };

  const afterBatch = async (loss: number, steps: number) => {
    if (!Number.isFinite(loss)) throw failed(`a loss of ${loss}`);
    step += steps;
    report("running", false);
    await pause();
    if (signal?.aborted) throw cancelled(`in epoch ${epochs.length + 1} of ${settings.epochs}`, keeper.describe());
  };

  const runEpoch = async (epoch: number): Promise<EpochRecord> => {
    const epochStarted = performance.now();
    const { loss, terms } = await meanLoss(work.training(rates.at), names, (batch) => afterBatch(batch, 1));
    const held =
      validation.length === 0 ? undefined : await meanLoss(work.validation(), names, (batch) => afterBatch(batch, 0));
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
  const names = () => work.termNames;

  const endEpoch = (entry: EpochRecord) => {
    const judged = entry.validationLoss ?? entry.loss;
    if (!keeper.endEpoch(entry.epoch, judged)) throw failed("weights that are not finite numbers");
    epochs.push(entry);
    rates.endEpoch(judged);
    watch.endEpoch(judged);
    report("running");
  };

  const record = (state: TrainingEnd, keptEpoch: number): TrainingResult => {
    model.training = Object.freeze({
      kind: "training",
      epochs: Object.freeze([...epochs]),
      keptEpoch,
      state,
      engine: engine.name,
      traced: work.traced,
      seconds: (performance.now() - started) / 1000,
      options: Object.freeze({ ...settings }),
    });
    return model.training;
  };

  const keepOnAbort = () => keeper.stop(step);
  signal?.addEventListener("abort", keepOnAbort, { once: true });
  model.scaling = "kind" in train ? train.scaling : undefined;
  model.axes = "kind" in train ? train.axes : undefined;
  try {
    while (epochs.length < settings.epochs && !watch.done) endEpoch(await runEpoch(epochs.length + 1));
    const state = epochs.length < settings.epochs ? "early-stopped" : "finished";
    const result = record(state, keeper.finish(epochs.length));
    await report(state);
    return result;
  } catch (error) {
    record(failure, keeper.bestEpoch ?? 0);
    await report(failure);
    throw error;
  } finally {
    signal?.removeEventListener("abort", keepOnAbort);
    work.dispose();
  }
}

function cancelled(when: string, kept: string): SpecbookError {
  return new SpecbookError("CancelledError", "the training was stopped", {
    got: `a stop ${when}`,
    needed: `nothing: the model is usable and holds ${kept}`,
    remedy: "go on with it as it is, or call fit again to train further from these weights",
  });
}
