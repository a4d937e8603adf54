import { SpecbookError, VERSION } from "../core";
import { axis, type SampleAxes, type SampleScaling } from "../data";
import { crc32 } from "../io/crc32";
import type { TrainingResult } from "./training";

/** What a saved model says of itself beside its weights. */
export interface ModelRecord {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly scaling?: SampleScaling;
  readonly axes?: SampleAxes;
  readonly training?: TrainingResult;
  /** CRC-32 of each tensor's bytes: a file that lost a bit is refused. */
  readonly checksums: Readonly<Record<string, number>>;
}

/** Version of the record. One that changes its meaning gets a new number. */
const RECORD_VERSION = 1;

/** The record as texts for the metadata of a .safetensors file, under `key`. */
export function writeRecord(record: ModelRecord, key = "specbook"): Record<string, string> {
  const text = JSON.stringify({ version: RECORD_VERSION, specbook: VERSION, ...record }, keepNumbers);
  return { [key]: text, [`${key}.crc32`]: String(crc32(Buffer.from(text))) };
}

/** Reads a record back and checks it. `path` is for messages. */
export function readRecord(metadata: Readonly<Record<string, string>>, path: string, key = "specbook"): ModelRecord {
  const { [key]: text, [`${key}.crc32`]: sum } = metadata;
  if (text === undefined) {
    const texts = Object.keys(metadata);
    throw noRecord(path, `${texts.length === 0 ? "no texts" : `the texts ${texts.join(", ")}`} beside the tensors`);
  }
  if (String(crc32(Buffer.from(text))) !== sum) throw damaged(path, "a record with another check sum than recorded");
  const record = parse(text, path);
  if (record.version !== RECORD_VERSION) {
    throw new SpecbookError("FormatError", `"${path}" was saved by another version of specbook`, {
      got: `record version ${JSON.stringify(record.version)}, specbook ${JSON.stringify(record.specbook)}`,
      needed: `record version ${RECORD_VERSION} (this is specbook ${VERSION})`,
      remedy: "install the version that saved it, or a newer one",
    });
  }
  const { kind, options, scaling, axes, training, checksums } = record;
  if (typeof kind !== "string" || !isRecord(options) || !isRecord(checksums)) {
    throw damaged(path, "a record without kind, options or check sums");
  }
  return {
    kind,
    options,
    checksums: checksums as Record<string, number>, // compared with numbers, whatever they are
    ...(scaling === undefined ? {} : { scaling: readScaling(scaling, path) }),
    ...(axes === undefined ? {} : { axes: readAxes(axes, path) }),
    ...(training === undefined ? {} : { training: readTraining(training, path) }),
  };
}

/** JSON has no NaN and no infinities; the losses of a run that diverged have. */
function keepNumbers(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { $number: String(value) } : value;
}

function parse(text: string, path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text, (_, part) =>
      isRecord(part) && typeof part.$number === "string" ? Number(part.$number) : part,
    );
    if (isRecord(value)) return value;
  } catch (cause) {
    throw damaged(path, "a record that is not JSON", cause);
  }
  throw damaged(path, "a record that is no JSON object");
}

function readScaling(value: unknown, path: string): SampleScaling {
  const sides = isRecord(value) ? Object.entries(value) : [];
  const isRight = sides.every(
    ([side, s]) =>
      ["images", "spectra"].includes(side) &&
      isRecord(s) &&
      Number.isFinite(s.offset) &&
      Number.isFinite(s.range) &&
      s.range !== 0,
  );
  if (!isRecord(value) || !isRight) throw damaged(path, `the scaling ${JSON.stringify(value)}`);
  return freeze(value) as SampleScaling; // its sides and numbers were checked above
}

function readAxes(value: unknown, path: string): SampleAxes {
  const axes = (isRecord(value) ? Object.entries(value) : []).map(([key, a]) => {
    if (!isRecord(a) || typeof a.name !== "string" || typeof a.units !== "string") {
      throw damaged(path, `the axis ${key}: ${JSON.stringify(a)}`);
    }
    const { name, units, offset, scale, size } = a as { [key in "name" | "units"]: string } & Record<string, number>;
    return [key, axis(name, size, { units, offset, scale })] as const;
  });
  const found = Object.fromEntries(axes);
  if (found.y === undefined || found.x === undefined) throw damaged(path, "axes without x and y");
  return Object.freeze(found) as unknown as SampleAxes; // x and y are there, and every axis was made by axis()
}

function readTraining(value: unknown, path: string): TrainingResult {
  if (!isRecord(value) || value.kind !== "training" || !Array.isArray(value.epochs) || !isRecord(value.options)) {
    throw damaged(path, "a training record of another form");
  }
  return freeze(value) as unknown as TrainingResult; // the record as `fit` made it; the check sum vouches for the rest
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const part of Object.values(Object.freeze(value))) freeze(part);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What weights without their model's options are refused with. */
export function noRecord(path: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" holds weights, but not which model they belong to`, {
    got,
    needed: "a file of saveModel, or of AtomAI's save_model",
    remedy: `make the model with its options, then write: await importWeights(model, ${JSON.stringify(path)})`,
  });
}

/** What a file that lost or gained bits is refused with. */
export function damaged(path: string, got: string, cause?: unknown): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is damaged`, {
    got,
    needed: "the file as saveModel wrote it",
    remedy: "copy the file again, or save the model again",
    cause,
  });
}
