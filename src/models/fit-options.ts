import { SpecbookError } from "../core";
import type { FloatArray, Samples } from "../data";
import type { Engine } from "../engine/engine";
import { type Augment, checkAugment } from "./augment";
import { differentScaling } from "./different-scaling";
import { type EarlyStop, earlyStopSettings } from "./early-stop";
import { type ScheduleSettings, scheduleSettings } from "./learning-rate-schedule";
import { checkCount, wrongOption } from "./option-errors";
import type { FitOptions } from "./training";

/** The options with their defaults, as a training run uses and records them. */
export interface FitSettings {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly schedule: ScheduleSettings;
  readonly earlyStop?: Required<EarlyStop>;
  readonly seed: number;
  readonly weights: "best" | "last";
  /** Epochs averaged at the end; 0 for none. */
  readonly swa: number;
  /** Where the batch-norm statistics of an average come from. */
  readonly swaStatistics: "averaged" | "first";
  readonly augment?: Augment;
  readonly dropLast: boolean;
  readonly trace: boolean;
}

/** Fills in the defaults and checks every option against the data and the engine. @internal */
export function fitSettings(options: FitOptions, samples: number, engine: Engine): FitSettings {
  const { epochs = 120, batch = 64, learningRate = 1e-3, seed = 0, weights = "best", swa = false } = options;
  const { augment, dropLast = true, trace = engine.native !== undefined } = options;
  const averaged = swa === true || swa === "atomai" ? 5 : swa === false ? 0 : swa;
  checkCount("epochs", epochs, 1);
  checkCount("batch", batch, 2);
  checkCount("swa", averaged, 0);
  if (!(learningRate > 0) || !Number.isFinite(learningRate)) {
    throw wrongOption("learningRate", learningRate, "a positive number", "start with learningRate: 1e-3");
  }
  if (weights !== "best" && weights !== "last") {
    throw wrongOption("weights", weights, '"best" or "last"', 'leave it out for "best"');
  }
  if (averaged > epochs) {
    throw wrongOption(
      "swa",
      averaged,
      `at most the number of epochs, ${epochs}`,
      `set epochs to at least ${averaged}, or leave swa out`,
    );
  }
  if (trace && engine.native === undefined) {
    throw new SpecbookError("EngineError", "this engine cannot replay a traced step", {
      got: `trace: true on the ${engine.name} engine`,
      needed: "the native engine",
      remedy: "run `npx specbook setup` once, or leave trace out",
    });
  }
  checkSamples(samples, batch);
  checkAugment(augment);
  const swaStatistics = swa === "atomai" ? "first" : "averaged";
  return {
    epochs,
    batch,
    learningRate,
    schedule: scheduleSettings(options.schedule),
    earlyStop: earlyStopSettings(options.earlyStop),
    seed,
    weights,
    swa: averaged,
    swaStatistics,
    augment,
    dropLast,
    trace,
  };
}

/** Throws where the samples of the validation are scaled otherwise than those that are trained on. */
export function checkSameScaling(train: Samples | FloatArray, validation: FitOptions["validation"]): void {
  if (validation === undefined || !("kind" in train && "kind" in validation)) return;
  const found = differentScaling(train.scaling, validation.scaling);
  if (found === undefined) return;
  const { side, own, other } = found;
  throw new SpecbookError(
    "OptionError",
    `the ${side} for validation are scaled in another way than those for training`,
    {
      got: `${side} for validation: ${other}`,
      needed: `${side} as in training: ${own}`,
      remedy: "cut them with the scaling of the training set: windows(image, spectra, { size, scale: train.scaling })",
    },
  );
}

/** Throws if the validation set is the training set itself. */
export function checkValidation(training: readonly FloatArray[], validation: readonly FloatArray[]): void {
  if (validation.length === 0 || validation[0].data !== training[0].data) return;
  throw new SpecbookError("OptionError", "the validation pairs are the training pairs", {
    got: "the same pairs for training and validation",
    needed: "pairs that are not trained on",
    remedy: 'split them: const { train, test } = split(pairs, { by: "columns", test: 0.3 })',
  });
}

function checkSamples(samples: number, batch: number): void {
  if (samples < 2) {
    throw new SpecbookError("ShapeError", "one pair is not enough to train on", {
      got: `${samples} training pair`,
      needed: "at least 2, and hundreds for a useful model",
      remedy: "cut windows with a smaller stride, or leave more pairs in the training part of the split",
    });
  }
  if (batch > samples) {
    throw wrongOption("batch", batch, `at most the ${samples} training pairs`, `set batch: ${Math.min(32, samples)}`);
  }
}
