import type { FloatArray, Samples } from "../data";

/** Options of `fit`. */
export interface FitOptions {
  /** Samples that are never trained on: their loss after each epoch is shown, and chooses the best epoch. */
  readonly validation?: Samples | FloatArray;
  /** Passes over the training pairs. Default 120. */
  readonly epochs?: number;
  /** Pairs per step. Default 64. */
  readonly batch?: number;
  /** Learning rate of Adam. Default 1e-3. */
  readonly learningRate?: number;
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
  readonly learningRate: number;
  /** Wall time of the epoch. */
  readonly seconds: number;
}

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
  readonly state: "running" | "finished" | "stopped" | "diverged";
  /** Epoch whose weights would be kept now: the lowest validation loss (training loss without validation). */
  readonly bestEpoch?: number;
}

/** The record of a training run. */
export interface TrainingResult {
  readonly kind: "training";
  readonly epochs: readonly EpochRecord[];
  /** Epoch whose weights the model now holds (the last of those averaged); 0 where no epoch was finished. */
  readonly keptEpoch: number;
  readonly state: "finished" | "stopped" | "diverged";
  /** Name of the engine that trained. */
  readonly engine: string;
  /** True where the step was replayed as one recorded graph. */
  readonly traced: boolean;
  /** Wall time of the run. */
  readonly seconds: number;
  /** The options of `fit` with their defaults. */
  readonly options: Readonly<Record<string, unknown>> & { readonly seed: number };
}
