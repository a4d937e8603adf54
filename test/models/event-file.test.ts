import { readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { crc32c } from "../../src/io/crc32";
import { fit, type TrainingProgress, vae } from "../../src/models";
import { caught } from "../support/caught";
import { smallModel, smallPairs, weightsOf } from "./support/small-pairs";

const train = smallPairs(32, 1);
const validation = smallPairs(16, 2);
const short = { epochs: 3, batch: 16, learningRate: 3e-3, seed: 1, trace: false } as const;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "specbook-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** CRC-32C bit by bit, as RFC 3720 describes it: nothing shared with the table of the writer. */
function slowSum(bytes: Uint8Array): number {
  let remainder = 0xffffffffn;
  for (const byte of bytes) {
    remainder ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1n ? (remainder >> 1n) ^ 0x82f63b78n : remainder >> 1n;
  }
  return Number(remainder ^ 0xffffffffn);
}

interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

/** The fields of a protobuf message, with the types that events have. */
function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 1:
        fields.push({ number, value: bytes.readDoubleLE(at) });
        at += 8;
        break;
      case 5:
        fields.push({ number, value: bytes.readFloatLE(at) });
        at += 4;
        break;
      default: {
        const length = varint();
        fields.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
      }
    }
  }
  return fields;
}

interface EventRecord {
  readonly time: number;
  readonly step: number;
  readonly version?: string;
  readonly scalars: Record<string, number>;
}

/** Reads an event file by the format's description, and checks every check sum. */
function eventsOf(path: string): EventRecord[] {
  const file = readFileSync(path);
  const events: EventRecord[] = [];
  const checked = (bytes: Buffer, at: number) => {
    const sum = slowSum(bytes);
    const turned = (sum >>> 15) + (sum % 2 ** 15) * 2 ** 17;
    expect(file.readUInt32LE(at)).toBe((turned + 0xa282ead8) % 2 ** 32);
    return bytes;
  };
  for (let at = 0; at < file.length; ) {
    const length = Number(checked(file.subarray(at, at + 8), at + 8).readBigUInt64LE());
    const fields = fieldsOf(checked(file.subarray(at + 12, at + 12 + length), at + 12 + length));
    const one = (number: number) => fields.find((f) => f.number === number)?.value;
    const values = fieldsOf((one(5) as Buffer | undefined) ?? Buffer.alloc(0)).map(({ value }) => {
      const [tag, scalar] = fieldsOf(value as Buffer);
      return [String(tag.value), scalar.value as number] as const;
    });
    events.push({
      time: one(1) as number,
      step: (one(2) as number | undefined) ?? 0,
      version: one(3)?.toString(),
      scalars: Object.fromEntries(values),
    });
    at += 16 + length;
  }
  return events;
}

function onlyFile(): string {
  const names = readdirSync(folder);
  expect(names).toHaveLength(1);
  expect(names[0]).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  return join(folder, names[0]);
}

describe("the check sum of record files", () => {
  test("is that of RFC 3720", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa); // appendix B.4: 32 bytes of zeros
  });
});

describe("a TensorBoard event file", () => {
  test("holds losses and learning rate of every epoch", async () => {
    const before = Date.now() / 1000;
    const run = await fit(smallModel(), train, { ...short, validation, schedule: "cosine", tensorboard: folder });
    const [head, ...events] = eventsOf(onlyFile());
    expect(head.version).toBe("brain.Event:2");
    expect(events.map(({ step }) => step)).toEqual([1, 2, 3]);
    for (const [i, { scalars, time }] of events.entries()) {
      const { loss, validationLoss, learningRate } = run.epochs[i];
      expect(Object.keys(scalars)).toEqual(["loss/training", "loss/validation", "learning rate"]);
      // Written as float32.
      expect(Object.values(scalars)).toEqual([loss, validationLoss as number, learningRate].map(Math.fround));
      expect(time).toBeGreaterThanOrEqual(before);
    }
  });

  test("holds the terms of the loss where there are several", async () => {
    const spectra = { ...train.spectra };
    const run = await fit(vae({ spectrum: 16, hidden: 8 }), spectra, { ...short, epochs: 1, tensorboard: folder });
    const { terms = {} } = run.epochs[0];
    const { scalars } = eventsOf(onlyFile())[1];
    expect(Object.keys(terms).length).toBeGreaterThan(1);
    for (const [name, value] of Object.entries(terms)) expect(scalars[`${name}/training`]).toBe(Math.fround(value));
  });

  test("goes on in a second file when a run is resumed", async () => {
    const path = join(folder, "run.safetensors");
    const logs = join(folder, "made", "logs");
    await fit(smallModel(), train, { ...short, epochs: 2, tensorboard: logs, checkpoint: { path } });
    await fit(smallModel(), train, { ...short, epochs: 3, tensorboard: logs, resume: path });
    const steps = readdirSync(logs)
      .sort()
      .flatMap((name) => eventsOf(join(logs, name)).slice(1))
      .map(({ step }) => step);
    expect(steps).toEqual([1, 2, 3]);
  });

  test("that can no longer be written ends the run with a word, and the model keeps its best weights", async () => {
    const model = smallModel();
    const before = weightsOf(model);
    const logs = join(folder, "logs");
    const onProgress = ({ epochs }: TrainingProgress) => {
      if (epochs.length === 2) rmSync(logs, { recursive: true, force: true });
    };
    const error = await caught(() => fit(model, train, { ...short, tensorboard: logs, onProgress }));
    expect(error.tag).toBe("FileError");
    expect(error.message).toContain("the model holds its best weights");
    expect(weightsOf(model)).not.toEqual(before);
    expect(model.training).toMatchObject({ state: "stopped", keptEpoch: 2 });
  });

  test("is refused before any work where there can be no folder", async () => {
    const model = smallModel();
    const before = weightsOf(model);
    await writeFile(join(folder, "file"), "");
    const blocked = await caught(() => fit(model, train, { ...short, tensorboard: join(folder, "file") }));
    expect(blocked.message).toContain(join(folder, "file"));
    const unnamed = await caught(() => fit(model, train, { ...short, tensorboard: "" }));
    expect(unnamed.tag).toBe("OptionError");
    expect(weightsOf(model)).toEqual(before);
  });
});
