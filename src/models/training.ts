/** One finished epoch. */
export interface EpochRecord {
  /** 1 for the first. */
  readonly epoch: number;
  /** Mean training loss over the epoch's samples. */
  readonly loss: number;
  /** Loss on the validation set after the epoch; undefined without one. */
  readonly validationLoss?: number;
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
