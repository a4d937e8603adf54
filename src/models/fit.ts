import { checkMemory, currentHost } from "../core";
import type { FloatArray, Samples } from "../data";
import { loadEngine } from "../engine/load";
import { checkpointSettings, createCheckpointFile } from "./checkpoint";
import { createLossWatch } from "./early-stop";
import { prepareEpochs } from "./epoch-work";
import { startEventFile } from "./event-file";
import { checkSameScaling, checkValidation, fitSettings } from "./fit-options";
import { architectureOf } from "./kinds";
import { createLearningRates } from "./learning-rate-schedule";
import type { Model } from "./model";
import { runIdentity } from "./run-identity";
import type { FitOptions, TrainingResult } from "./training";
import { cancelled, runTraining } from "./training-loop";
import { createWeightKeeper } from "./weight-keeper";

/** What a step holds at once, in batches of the widest layer: 41 measured for im2spec with 1496 channels. */
const LAYERS_IN_MEMORY = 45;

/**
 * Trains a model on samples by Adam with mini-batches, and writes the chosen weights, the data scaling and the axes into
 * it. The model holds its best weights so far at every moment: stopped by `signal` or by the stop button of a cell, it
 * is usable as it is, and `fit` throws a CancelledError that names the epoch kept. Calling `fit` again goes on from the
 * weights that the model holds; with `checkpoint` and `resume` it goes on as if it had never been interrupted.
 * `model.training` is the record of the last run, also of a stopped one.
 *
 * @throws ShapeError, DataError, OptionError or FileError before anything is trained; DataError if the loss stops being a
 * number; FileError if a checkpoint or the numbers for TensorBoard can no longer be written.
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
  const sets = { training, validation };
  checkValidation(training, validation);
  checkSameScaling(train, options.validation);
  const engine = await loadEngine();
  const settings = fitSettings(options, training[0].shape[0], engine);
  const files = await checkpointSettings(options.checkpoint, options.resume);
  const bytes = LAYERS_IN_MEMORY * 4 * settings.batch * architecture.width(model);
  checkMemory(bytes, `training steps of ${settings.batch} pairs`, "set a smaller batch, or bin the energy axis");
  if (signal?.aborted) throw cancelled("before the first step", "the weights it had before");

  const work = prepareEpochs(engine, architecture, model, settings, sets);
  try {
    const keeper = createWeightKeeper(model, architecture.specs(model), settings, work.values);
    const rates = createLearningRates(settings.learningRate, settings.schedule, { ...settings, ...work });
    const watch = createLossWatch(settings.earlyStop);
    const parts = { work, keeper, rates, watch };
    const checkpoint = createCheckpointFile(files, () => runIdentity(model, settings, sets), parts);
    const past = await checkpoint.resume(settings.epochs);
    const events = options.tensorboard === undefined ? undefined : await startEventFile(options.tensorboard);
    model.scaling = "kind" in train ? train.scaling : undefined;
    model.axes = "kind" in train ? train.axes : undefined;
    const { onProgress } = options;
    return await runTraining({
      engine,
      model,
      data: training,
      samples: options.validation ?? train,
      settings,
      ...parts,
      checkpoint,
      past,
      events,
      signal,
      onProgress,
    });
  } finally {
    work.dispose();
  }
}
