import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { SpecbookError } from "../core";
import { readSafetensors, type WritableTensor, writeSafetensors } from "../io/safetensors";
import { checkCount, checkKeys, wrongOption } from "./option-errors";
import type { PartState, Resumable } from "./resumable";
import { firstDifference, type RunIdentity } from "./run-identity";
import type { EpochRecord } from "./training";

/** Where and how often `fit` writes down all that it needs to go on. */
export interface Checkpoint {
  /** A .safetensors file; written under a temporary name first, so that it is whole at every moment. */
  readonly path: string;
  /** Epochs from one writing to the next; the last epoch is always written. Default 1. */
  readonly every?: number;
}

/** The epochs that a run has behind it. */
export interface PastEpochs {
  readonly epochs: readonly EpochRecord[];
  /** Number of epochs asked for. */
  readonly totalEpochs: number;
  /** Wall time that they took. */
  readonly seconds: number;
}

/** The checkpoint file of a run. */
export interface CheckpointFile {
  /** After an epoch; `last` where no other follows. */
  endEpoch(past: PastEpochs, last: boolean): Promise<void>;
  /** Brings all parts to where the file was written and returns what was behind it; undefined where nothing is resumed. */
  resume(totalEpochs: number): Promise<PastEpochs | undefined>;
}

const FORMAT = "specbook checkpoint 1";

/** Checks the options `checkpoint` and `resume`, and that the file can be written. @internal */
export async function checkpointSettings(
  option: Checkpoint | undefined,
  resume: boolean | string = false,
): Promise<{ readonly checkpoint?: Required<Checkpoint>; readonly resume?: string }> {
  if (option === undefined && resume === true) {
    throw wrongOption("resume", resume, "a path, or true beside a checkpoint", 'set resume: "run.safetensors"');
  }
  const from = typeof resume === "string" ? resume : undefined;
  if (option === undefined) return { resume: from };
  if (typeof option !== "object" || option === null) {
    throw wrongOption("checkpoint", option, "{ path, every }", 'set checkpoint: { path: "run.safetensors" }');
  }
  checkKeys("checkpoint", option, ["path", "every"]);
  const { path, every = 1 } = option;
  checkCount("checkpoint.every", every, 1);
  if (typeof path !== "string" || path === "") {
    throw wrongOption("checkpoint.path", path, "the path of a file", 'set checkpoint: { path: "run.safetensors" }');
  }
  const folder = dirname(resolve(path));
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new SpecbookError("FileError", "the checkpoint cannot be written", {
      got: `${folder}, which is not there or may not be written to`,
      needed: "a folder for the checkpoint",
      remedy: "make the folder first, or give another path",
      cause,
    });
  });
  // True says: go on where there is something to go on from, so that a cell can be run again and again.
  const there = await access(path).then(
    () => true,
    () => false,
  );
  return { checkpoint: { path, every }, resume: from ?? (resume === true && there ? path : undefined) };
}

/** The checkpoint file of a run made of these parts. */
export function createCheckpointFile(
  { checkpoint, resume }: { readonly checkpoint?: Required<Checkpoint>; readonly resume?: string },
  identity: () => RunIdentity,
  parts: Readonly<Record<string, Resumable>>,
): CheckpointFile {
  const own = checkpoint === undefined && resume === undefined ? {} : identity();
  return {
    endEpoch: async (past, last) => {
      if (checkpoint === undefined || !(last || past.epochs.length % checkpoint.every === 0)) return;
      const tensors: Record<string, WritableTensor> = {};
      const values: Record<string, PartState["values"]> = {};
      for (const [part, { save }] of Object.entries(parts)) {
        const state = save();
        values[part] = state.values;
        for (const [name, data] of Object.entries(state.arrays)) {
          tensors[`${part}/${name}`] = { data, shape: [data.length] };
        }
      }
      const texts = { identity: own, past, values };
      const metadata = Object.entries(texts).map(([name, value]) => [name, JSON.stringify(value)]);
      await writeSafetensors(checkpoint.path, tensors, { format: FORMAT, ...Object.fromEntries(metadata) });
    },
    resume: async (totalEpochs) => {
      if (resume === undefined) return undefined;
      const { tensors, metadata } = await readSafetensors(resume);
      const written = parse(metadata);
      if (written === undefined) throw foreign(resume, metadata.format);
      const { past, values } = written;
      const different = firstDifference(written.identity, own);
      if (different !== undefined) throw otherRun(resume, different.what, different.one, different.other);
      if (totalEpochs < past.totalEpochs) {
        throw otherRun(resume, "option epochs of fit", `${past.totalEpochs}`, `${totalEpochs}`);
      }
      for (const [part, { restore }] of Object.entries(parts)) {
        const arrays = Object.entries(tensors).flatMap(([name, { data }]) =>
          name.startsWith(`${part}/`) ? [[name.slice(part.length + 1), data as Float32Array] as const] : [],
        );
        restore({ values: values[part], arrays: Object.fromEntries(arrays) });
      }
      return past;
    },
  };
}

/** The texts of a checkpoint; undefined where a file has others. */
function parse({ format, identity, past, values }: Readonly<Record<string, string>>) {
  if (format !== FORMAT) return undefined;
  const texts = { identity: JSON.parse(identity), past: JSON.parse(past), values: JSON.parse(values) };
  return texts as { identity: RunIdentity; past: PastEpochs; values: Record<string, PartState["values"]> }; // as written
}

function foreign(path: string, format: string | undefined): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is no checkpoint of a training run`, {
    got: format === undefined ? "a .safetensors file of something else" : `the format "${format}"`,
    needed: `a file that fit wrote, of the format "${FORMAT}"`,
    remedy: "give the path of checkpoint.path of the run; a saved model is read by loadModel",
  });
}

function otherRun(path: string, what: string, there: string, here: string): SpecbookError {
  return new SpecbookError("OptionError", `"${path}" is the checkpoint of another run`, {
    got: `${what}: ${there} there, ${here} here`,
    needed: "the same model, options and data: only then is the result that of an uninterrupted run",
    remedy: "take what was taken there, or leave resume out to begin anew",
  });
}
