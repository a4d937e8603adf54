import type { TrainingResult } from "../models";

/** The record of a training run in two lines; undefined for other values. */
export function describeTraining(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value) || value.kind !== "training") return undefined;
  if (!("epochs" in value)) return undefined; // an object of the user
  const { epochs, keptEpoch, state, engine, seconds } = value as TrainingResult;
  const kept = epochs.find(({ epoch }) => epoch === keptEpoch);
  const number = (v: number) => String(Number(v.toPrecision(4)));
  const validation = kept?.validationLoss === undefined ? "" : `, validation loss ${number(kept.validationLoss)}`;
  const holds =
    kept === undefined
      ? "no epoch was finished"
      : `the model holds epoch ${keptEpoch}: loss ${number(kept.loss)}${validation}`;
  const terms = Object.entries(kept?.terms ?? {}).map(([name, term]) => `${name} ${number(term)}`);
  return [
    `training ${state} after ${epochs.length} epochs in ${number(seconds)} s on ${engine}; ${holds}`,
    ...(terms.length === 0 ? [] : [terms.join(", ")]),
  ].join("\n");
}
