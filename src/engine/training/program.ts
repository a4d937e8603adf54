import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * The forward pass and loss of one batch. `trainable` get gradients; `state` (running statistics) is replaced by the
 * `state` returned, one tensor for each, in order, kept by `tf.keep`; `terms` are the scalars that the loss is made of,
 * kept too, always of the same number. Shapes may depend on the batch size alone, and random numbers must be inputs.
 */
export type Program = (
  trainable: readonly Tensor[],
  state: readonly Tensor[],
  inputs: readonly Tensor[],
) => { readonly loss: Tensor; readonly terms?: readonly Tensor[]; readonly state: readonly Tensor[] };

/** The loss of a step before its update, and the terms it is made of. */
export interface StepLoss {
  readonly loss: number;
  readonly terms: readonly number[];
}

/** The tensors of a program, in the program's order. */
export interface ProgramTensors {
  readonly trainable: readonly Tensor[];
  readonly state: readonly Tensor[];
}

/** All that a step goes on from: its tensors, Adam's moments of the trainable ones, and the number of steps taken. */
export interface StepState extends ProgramTensors {
  readonly means: readonly Tensor[];
  readonly squares: readonly Tensor[];
  readonly count: number;
}

/** A training step that owns its copy of the tensors. */
export interface TrainingStep {
  /** True where a recorded graph is replayed, false where each operation is run by itself. */
  readonly traced: boolean;
  /** Forward, backward, Adam, running statistics. The inputs stay the caller's. */
  run(inputs: readonly Tensor[], learningRate: number): StepLoss;
  /** The tensors as they are now; the caller disposes of them. */
  read(): ProgramTensors;
  /** The tensors and the optimiser as they are now; the caller disposes of them. */
  readState(): StepState;
  /** Goes back to a state that `readState` gave, here or in another step of the same program; it stays the caller's. */
  restore(state: StepState): void;
  /** Frees everything the step holds. */
  dispose(): void;
}
