import type { FloatArray, Samples } from "../data";
import type { Augment } from "./augment";
import type { Checkpoint } from "./checkpoint";
import type { EarlyStop } from "./early-stop";
import type { Schedule } from "./learning-rate-schedule";

/** Options of `fit`. */
export interface FitOptions {
  /**
   * Samples that are never trained on, scaled as those that are: their loss after each epoch is shown, and chooses the
   * best epoch.
   */
  readonly validation?: Samples | FloatArray;
  /** Passes over the training pairs. Default 120. */
  readonly epochs?: number;
  /** Pairs per step. Default 64. */
  readonly batch?: number;
  /** Learning rate of Adam. Default 1e-3. */
  readonly learningRate?: number;
  /** How the learning rate changes during the run. Default "constant". */
  readonly schedule?: Schedule;
  /**
   * End the run when the validation loss (training loss without validation) has stopped falling: `true` or
   * `{ patience: 10, improvement: 1e-3 }`. What the model then holds is what `weights` or `swa` says, with the last epoch
   * that was run as the last. Default false: all epochs are run.
   */
  readonly earlyStop?: boolean | EarlyStop;
  /** Seed of the order in which pairs are drawn. Default 0. */
  readonly seed?: number;
  /**
   * What the model holds at the end: the weights of the epoch with the lowest validation loss ("best", the default;
   * training loss without validation) or of the last epoch. The loss on pairs that chose the epoch is optimistic: for an
   * unbiased error use "last" or `swa`, or a third set.
   */
  readonly weights?: "best" | "last";
  /**
   * Stochastic weight averaging (Izmailov et al. 2018, arXiv:1803.05407) instead of `weights`: the mean of the last
   * `swa` epochs (true: 5), weights and batch-norm statistics. "atomai" averages the last 5 weights and leaves the
   * statistics of the first of them, as AtomAI does; kept for comparison, it costs accuracy.
   */
  readonly swa?: boolean | number | "atomai";
  /**
   * Turn the images of each batch at random, each sample by itself: "flips" (mirrors and the half turn, 4 ways) or
   * "flips-and-turns" (with quarter turns, 8 ways). Right where the physics has no preferred direction, so that a turned
   * image has the same spectrum; refused for models whose output or pose depends on the orientation. Default: none.
   */
  readonly augment?: Augment;
  /**
   * Write down, after every `every` epochs (default 1), all that is needed to go on: weights, Adam's moments, average,
   * history, order of the pairs. Default: no file.
   */
  readonly checkpoint?: Checkpoint;
  /**
   * Go on from a checkpoint and end with the same weights as a run that was never interrupted, bit for bit on the same
   * engine: its path, or `true` for `checkpoint.path` where that file is there (else begin). Model, options and data must
   * be those of the checkpoint; `epochs` may be more where the schedule does not depend on it. Default false.
   */
  readonly resume?: boolean | string;
  /**
   * A folder for a TensorBoard event file: losses, their terms and the learning rate of each epoch. Made where it is
   * missing; `tensorboard --logdir FOLDER` draws it. Default: none.
   */
  readonly tensorboard?: string;
  /** Leave out the last, smaller batch of an epoch. Default true. */
  readonly dropLast?: boolean;
  /** Replay the step as one recorded graph. Default: true on the native engines; false is for comparison. */
  readonly trace?: boolean;
  /** Stops the training; default the stop button of the running cell. */
  readonly signal?: AbortSignal;
  /** Called four times a second at most and at each epoch's end; replaces the training panel of a cell. */
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** One finished epoch. */
export interface EpochRecord {
  /** 1 for the first. */
  readonly epoch: number;
  /** Mean training loss over the epoch's samples. */
  readonly loss: number;
  /** Loss on the validation set after the epoch; undefined without one. */
  readonly validationLoss?: number;
  /** What the loss is made of, by name, where it has several terms (e.g. reconstruction and KL of a VAE). */
  readonly terms?: Readonly<Record<string, number>>;
  readonly validationTerms?: Readonly<Record<string, number>>;
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number;
  /** Wall time of the epoch. */
  readonly seconds: number;
}

/**
 * How a run ended: after all epochs, by `earlyStop`, by a stop request (or an error beside it, such as a full disk), or
 * because the loss was no longer a number.
 */
export type TrainingEnd = "finished" | "early-stopped" | "stopped" | "diverged";

/** What `fit` reports while it runs, four times a second at most and at each epoch's end. */
export interface TrainingProgress {
  readonly epochs: readonly EpochRecord[];
  /** Number of epochs asked for. */
  readonly totalEpochs: number;
  /** Steps done in all, and to do in all. */
  readonly step: number;
  readonly totalSteps: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
  readonly state: "running" | TrainingEnd;
  /** Epoch whose weights would be kept now: the lowest validation loss (training loss without validation). */
  readonly bestEpoch?: number;
}

/** The record of a training run. */
export interface TrainingResult {
  readonly kind: "training";
  readonly epochs: readonly EpochRecord[];
  /** Epoch whose weights the model now holds (the last of those averaged); 0 where no epoch was finished. */
  readonly keptEpoch: number;
  readonly state: TrainingEnd;
  /** Number of epochs that came from a checkpoint; undefined for a run that was not resumed. */
  readonly resumedEpochs?: number;
  /** Name of the engine that trained. */
  readonly engine: string;
  /** True where the step was replayed as one recorded graph. */
  readonly traced: boolean;
  /** Wall time of the run, with that behind its checkpoint. */
  readonly seconds: number;
  /** The options of `fit` with their defaults. */
  readonly options: Readonly<Record<string, unknown>> & { readonly seed: number };
}
