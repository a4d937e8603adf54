import type { Axis } from "../data/axis";
import type { TrainingProgress } from "../models/training";

/** What the front end of the training panel is told of the run: the state `run`. Losses and rates travel as arrays. */
export interface SentRun {
  /** Kind of the model. */
  readonly kind: string;
  readonly state: TrainingProgress["state"];
  /** Epochs done, and asked for. */
  readonly epochs: number;
  readonly totalEpochs: number;
  readonly step: number;
  readonly totalSteps: number;
  readonly samplesPerSecond: number;
  /** Seconds; null where not known yet. */
  readonly secondsLeft: number | null;
  readonly seconds: number;
  /** Epoch whose weights would be kept now. */
  readonly bestEpoch: number | null;
}

/** A sample that is never trained on, and what the model makes of it: the state `preview`; null before there is one. */
export interface SentPreview {
  /** Scan pixel of the sample. */
  readonly row: number;
  readonly column: number;
  /** Epoch of the weights that decoded it. */
  readonly epoch: number;
  readonly energy: Axis | null;
  readonly intensityTitle: string;
  /** [height, width, channels] of a window. */
  readonly window: readonly [number, number, number] | null;
}

/** Names of the arrays of a preview in the state; empty arrays where a side is not there. */
export const PREVIEW_ARRAYS = ["measuredWindow", "measuredSpectrum", "decodedWindow", "decodedSpectrum"] as const;
