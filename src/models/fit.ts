import { checkMemory, currentHost, SpecbookError } from "../core";
import type { FloatArray, Samples } from "../data";
import { loadEngine } from "../engine/load";
import { type BatchWork, prepareEpochs } from "./epoch-work";
import { checkValidation, type FitSettings, fitSettings } from "./fit-options";
import { architectureOf } from "./kinds";
import type { Model } from "./model";
import { createReporter } from "./progress";
import type { EpochRecord, FitOptions, TrainingResult } from "./training";
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
  const totalSteps = work.stepsPerEpoch * settings.epochs;
  const reporter = createReporter(options.onProgress, { totalEpochs: settings.epochs, totalSteps, ...settings });
  const pause = eventLoopYielder();
  const started = performance.now();
  const epochs: EpochRecord[] = [];
  let step = 0;
  let failure: "stopped" | "diverged" = "stopped";

  const report = (state: TrainingResult["state"] | "running", always = true) =>
    reporter.report({ epochs, step, bestEpoch: keeper.bestEpoch }, state, always);

  const meanLoss = async (batches: readonly BatchWork[], countsAsStep: boolean) => {
    let sum = 0;
    let samples = 0;
    const sums: number[] = [];
    for (const batch of batches) {
      const { loss, terms } = batch.run();
      if (!Number.isFinite(loss)) {
        failure = "diverged";
        throw diverged(loss, epochs.length + 1, settings, keeper.describe());
      }
      sum += loss * batch.samples;
      for (const [i, term] of terms.entries()) sums[i] = (sums[i] ?? 0) + term * batch.samples;
      samples += batch.samples;
      if (countsAsStep) step++;
      report("running", false);
      await pause();
      if (signal?.aborted) throw cancelled(`in epoch ${epochs.length + 1} of ${settings.epochs}`, keeper.describe());
    }
    const terms = Object.fromEntries(work.termNames.map((name, i) => [name, sums[i] / samples]));
    return { loss: sum / samples, ...(sums.length === 0 ? {} : { terms: Object.freeze(terms) }) };
  };

  const record = (state: TrainingResult["state"], keptEpoch: number): TrainingResult => {
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
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      const epochStarted = performance.now();
      const { loss, terms } = await meanLoss(work.training(), true);
      const held = validation.length === 0 ? undefined : await meanLoss(work.validation(), false);
      const validationLoss = held?.loss;
      const seconds = (performance.now() - epochStarted) / 1000;
      const { learningRate } = settings;
      const entry = { epoch, loss, validationLoss, terms, validationTerms: held?.terms, learningRate, seconds };
      epochs.push(Object.freeze(entry));
      keeper.endEpoch(epoch, validationLoss ?? loss);
      report("running");
    }
    const result = record("finished", keeper.finish());
    await report("finished");
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

function diverged(loss: number, epoch: number, settings: FitSettings, kept: string): SpecbookError {
  const slower = (settings.learningRate / 10).toPrecision(1);
  return new SpecbookError("DataError", "the training diverged", {
    got: `a loss of ${loss} in epoch ${epoch}; the model holds ${kept}`,
    needed: "a finite loss; the likely cause is too large a learning rate, or data that were not scaled",
    remedy: `set learningRate: ${slower}, and check that images and spectra of the pairs lie near 0 to 1`,
  });
}
