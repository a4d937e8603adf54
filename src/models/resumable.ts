/** What a part of a training run must remember so that the run can go on: JSON values, and arrays by name. */
export interface PartState {
  readonly values: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/** A part of a training run that a checkpoint keeps. `restore(save())` of another run's part makes both go on alike. */
export interface Resumable {
  save(): PartState;
  restore(state: PartState): void;
}
