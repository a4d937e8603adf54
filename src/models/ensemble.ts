import { join, parse } from "node:path";
import { createRandom, SpecbookError } from "../core";
import { countOption } from "../core/check-option";
import type { FloatArray, Samples } from "../data";
import { fit } from "./fit";
import type { Model } from "./model";
import type { FitOptions, TrainingResult } from "./training";

/** Options of `ensemble`. */
export interface EnsembleOptions {
  /** Number of members, at least 2. Default 5. */
  readonly size?: number;
  /** Sets the seeds of the members. Default 0. */
  readonly seed?: number;
}

/**
 * Makes several models that differ in their first weights alone. Fitted with `fitEnsemble`, they agree where the data say
 * what the answer is and part where they do not, so that the spread of their predictions is a measure of what the training
 * data leave open (Lakshminarayanan, Pritzel & Blundell 2017, arXiv:1612.01474).
 *
 * @param make makes one member from its seed
 * @throws OptionError for a size below 2, or members that are not alike
 * @example
 * const members = ensemble((seed) => im2spec({ ...shapes(train), seed }), { size: 5, seed: 1 });
 * await fitEnsemble(members, train, { validation: test });
 * const { mean, deviation } = await predictDistribution(members, test);
 */
export function ensemble<M extends Model>(make: (seed: number) => M, options: EnsembleOptions = {}): readonly M[] {
  const { size = 5, seed = 0 } = options;
  countOption("ensemble", "size", size, 2);
  const members = memberSeeds(size, seed).map(make);
  const [first, second] = members;
  const values = (model: M) => Object.values(model.parameters).flatMap(({ data }) => [...data]);
  const [one, other] = [values(first), values(second)];
  if (one.length === other.length && one.some((value, i) => value !== other[i])) return Object.freeze(members);
  throw new SpecbookError("OptionError", "the members of an ensemble differ in their first weights alone", {
    got: one.length === other.length ? "members with the same weights" : "members of other sizes",
    needed: "a function that gives its seed to the model",
    remedy: "write ensemble((seed) => im2spec({ ...shapes(pairs), seed }))",
  });
}

/**
 * Fits the members of an ensemble one after the other, each with its own order of the samples. `options` are those of `fit`:
 * `seed` sets the seeds of the members; a checkpoint and a TensorBoard folder get one place for each member
 * (run.safetensors: run.1.safetensors, run.2.safetensors, ...). Stopped, the members before are fitted, and the present
 * one holds its best weights.
 *
 * @throws what `fit` throws
 */
export async function fitEnsemble(
  members: readonly Model[],
  train: Samples | FloatArray,
  options: FitOptions = {},
): Promise<readonly TrainingResult[]> {
  const seeds = memberSeeds(members.length, options.seed ?? 0);
  const records: TrainingResult[] = [];
  for (const [i, member] of members.entries()) {
    records.push(await fit(member, train, { ...optionsOfMember(options, i + 1), seed: seeds[i] }));
  }
  return Object.freeze(records);
}

function memberSeeds(size: number, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: size }, (_, i) => random.fork(`member ${i}`).integer(2 ** 31));
}

function optionsOfMember({ checkpoint, resume, tensorboard, ...rest }: FitOptions, member: number): FitOptions {
  return {
    ...rest,
    ...(checkpoint === undefined ? {} : { checkpoint: { ...checkpoint, path: ownPath(checkpoint.path, member) } }),
    ...(resume === undefined ? {} : { resume: typeof resume === "string" ? ownPath(resume, member) : resume }),
    ...(tensorboard === undefined ? {} : { tensorboard: join(tensorboard, `member-${member}`) }),
  };
}

function ownPath(path: string, member: number): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${member}${ext}`);
}
