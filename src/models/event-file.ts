import { appendFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { makeFolder, SpecbookError } from "../core";
import { double, float, integer, message } from "../core/protobuf";
import { crc32c } from "../io/crc32";
import { wrongOption } from "./option-errors";
import type { EpochRecord } from "./training";

/** Takes the numbers of a run as it goes. */
export interface EventFile {
  /** Appends the numbers of an epoch. */
  endEpoch(entry: EpochRecord): Promise<void>;
}

let files = 0;

/**
 * Starts a TensorBoard event file in `directory`, which is made where it is missing: one record for each epoch with
 * losses, their terms and the learning rate as scalars. `tensorboard --logdir DIRECTORY` draws it, also while it grows.
 * Format: TFRecord frames (tensorflow/core/lib/io/record_writer.h) around Event messages (tensorflow/core/util/event.proto).
 *
 * @throws OptionError without a directory, FileError where it cannot be made, and where an epoch cannot be written
 */
export async function startEventFile(directory: string): Promise<EventFile> {
  if (typeof directory !== "string" || directory === "") {
    throw wrongOption("tensorboard", directory, "the path of a folder", 'set tensorboard: "runs/first"');
  }
  await makeFolder(directory, 'give fit another folder: tensorboard: "runs/first"');
  // TensorBoard takes any file with "tfevents" in its name; later files of a folder go on where earlier ones end.
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, "0");
  const path = join(directory, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${files++}`);
  await append(path, event({ version: "brain.Event:2" }));
  return { endEpoch: (entry) => append(path, event({ step: entry.epoch, scalars: scalarsOf(entry) })) };
}

async function append(path: string, record: Buffer): Promise<void> {
  await appendFile(path, frame(record)).catch((cause: unknown) => {
    throw new SpecbookError("FileError", "the TensorBoard event file cannot be written", {
      got: cause instanceof Error ? cause.message : String(cause),
      needed: `the file ${path}, its folder, and room on the disk until the training ends`,
      remedy: "the model holds its best weights so far: call fit again to go on, with a folder that stays",
      cause,
    });
  });
}

/** The numbers of an epoch under TensorBoard's tags; what stands before the slash is drawn in one chart. */
function scalarsOf(entry: EpochRecord): [tag: string, value: number][] {
  const terms = (set: string, values: EpochRecord["terms"] = {}) =>
    Object.entries(values).map(([name, value]): [string, number] => [`${name}/${set}`, value]);
  const held: [string, number][] =
    entry.validationLoss === undefined ? [] : [["loss/validation", entry.validationLoss]];
  return [
    ["loss/training", entry.loss],
    ...held,
    ...terms("training", entry.terms),
    ...terms("validation", entry.validationTerms),
    ["learning rate", entry.learningRate],
  ];
}

/** Event { 1: wall_time, 2: step, 3: file_version, 5: Summary { 1: Value { 1: tag, 2: simple_value } } } */
function event(content: {
  readonly version?: string;
  readonly step?: number;
  readonly scalars?: readonly (readonly [string, number])[];
}): Buffer {
  const parts = [double(1, Date.now() / 1000)];
  if (content.step !== undefined) parts.push(integer(2, content.step));
  if (content.version !== undefined) parts.push(message(3, Buffer.from(content.version)));
  if (content.scalars !== undefined) {
    const values = content.scalars.map(([tag, value]) =>
      message(1, Buffer.concat([message(1, Buffer.from(tag)), float(2, value)])),
    );
    parts.push(message(5, Buffer.concat(values)));
  }
  return Buffer.concat(parts);
}

/** Length (64 bits), its check sum, the data, their check sum. */
function frame(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedSum(length), data, maskedSum(data)]);
}

/** A check sum turned and shifted, as TFRecord has it: a sum over data that hold sums would be weak. */
function maskedSum(bytes: Buffer): Buffer {
  const sum = crc32c(bytes);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0);
  return masked;
}
