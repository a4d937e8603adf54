import { isSpecbookError, SpecbookError } from "../core";
import { crc32 } from "../io/crc32";
import { littleEndianBytes, readSafetensors, type Safetensors, writeSafetensors } from "../io/safetensors";
import { fromAtomai } from "./atomai";
import { makeModel } from "./factories";
import { architectureOf } from "./kinds";
import type { Model } from "./model";
import { damaged, type ModelRecord, noRecord, readRecord, writeRecord } from "./model-record";
import { countOf } from "./parameter-spec";
import { type OfferedTensor, takeTensors } from "./take-tensors";
import { isTorchFile, withWeightFile } from "./weight-file";

/**
 * Saves a model of any kind: kind, options, data scaling, axes and training record beside the weights, in one
 * .safetensors file whose tensors have PyTorch's names and layout. The file appears once it is whole.
 *
 * @throws DataError for weights that are not finite, FileError where nothing can be written
 * @example await saveModel(model, "im2spec.safetensors");
 */
export async function saveModel(model: Model, path: string): Promise<void> {
  const record = recordOf(model);
  await writeSafetensors(path, model.parameters, writeRecord(record));
}

/** The record of a model whose weights can be saved. @internal */
export function recordOf(model: Model): ModelRecord {
  // In a cell nothing stands between saveModel and, say, what fit returned.
  const { kind, options, scaling, axes, training, parameters } = architectureOf(model ?? {}) && model;
  for (const [name, { data }] of Object.entries(parameters)) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw notFinite(name, data[bad]);
  }
  const checksums = Object.fromEntries(
    Object.entries(parameters).map(([name, { data }]) => [name, crc32(littleEndianBytes(data))]),
  );
  return { kind, options: { ...options }, scaling, axes, training, checksums };
}

/**
 * Loads a model that `saveModel` wrote, or one that AtomAI saved with its options (`save_model` of ImSpec, VAE and rVAE;
 * it knows no scaling or axes: set `model.scaling` and `model.axes` to those of the pairs). It gives the same output as the saved one, bit for bit, and holds the scaling
 * and axes of the data it was fitted to: cut new data with `windows(image, spectra, { size, scale: model.scaling })`.
 *
 * @param options.kind - the kind that is wanted; another is refused, and the result has that kind's type.
 * @throws FileError, FormatError for a damaged or foreign file (with the name of the first tensor that does not fit),
 * OptionError for another kind than asked for
 * @example const model = await loadModel("im2spec.safetensors", { kind: "im2spec" });
 */
export async function loadModel<Kind extends Model["kind"] = Model["kind"]>(
  path: string,
  options: { readonly kind?: Kind } = {},
): Promise<Extract<Model, { kind: Kind }>> {
  return ofKind(await readModel(path), options.kind, path);
}

/** The model, if it is of the wanted kind. @internal */
export function ofKind<Kind extends Model["kind"]>(
  model: Model,
  kind: Kind | undefined,
  path: string,
): Extract<Model, { kind: Kind }> {
  if (kind === undefined || model.kind === kind) return model as Extract<Model, { kind: Kind }>; // just compared
  throw new SpecbookError("OptionError", `"${path}" holds another kind of model`, {
    got: `kind ${model.kind}`,
    needed: `kind ${kind}`,
    remedy: `leave { kind } out, or write { kind: "${model.kind}" }`,
  });
}

async function readModel(path: string): Promise<Model> {
  if (await isTorchFile(path)) return readPeerModel(path);
  const { tensors, metadata } = await readSafetensors(path);
  if (MEMBERS in metadata) {
    throw new SpecbookError("FormatError", `"${path}" holds an ensemble, not one model`, {
      got: `${metadata[MEMBERS]} members`,
      needed: "a file of saveModel",
      remedy: `write: const members = await loadEnsemble(${JSON.stringify(path)})`,
    });
  }
  return modelOf(readRecord(metadata, path), tensors, path);
}

/** The text beside an ensemble that says how many members it has. @internal */
export const MEMBERS = "specbook.members";

/** The model of a record with these tensors. @internal */
export async function modelOf(record: ModelRecord, tensors: Safetensors["tensors"], path: string): Promise<Model> {
  const counts = Object.values(tensors).map(({ data }) => data.length);
  const model = remake(record.kind, record.options, counts, path);
  const offered = Object.entries(tensors).map(([name, tensor]): [string, OfferedTensor] => [
    name,
    { ...tensor, read: async () => checked(name, tensor, record, path) },
  ]);
  await takeTensors(model, new Map(offered), path, ["float32"]);
  const { kind: _kind, options: _options, checksums: _checksums, ...fitted } = record;
  return Object.assign(model, fitted);
}

/** A model that AtomAI saved with its options. */
async function readPeerModel(path: string): Promise<Model> {
  return withWeightFile(path, async ({ tensors, meta }) => {
    if (meta === undefined) throw noRecord(path, "weights without options");
    const { kind, options } = fromAtomai(meta, path);
    const shapes = [...tensors.values()].map(({ shape }) => countOf(shape));
    const model = remake(kind, options, shapes, path);
    await takeTensors(model, tensors, path);
    return model;
  });
}

/** The model that the record describes, with first weights. */
function remake(kind: string, options: ModelRecord["options"], counts: readonly number[], path: string): Model {
  const values = counts.reduce((a, b) => a + b, 0);
  checkSizes(options, 2 ** 16 + values, path);
  // Up to a few million values, the name of the first tensor that does not fit says more.
  if (valuesOf(kind, options) > 2 ** 22 + 2 * values) {
    throw damaged(path, `options of a model (${kind}) of far more than its ${values} values`);
  }
  try {
    return makeModel(kind, options);
  } catch (cause) {
    if (!isSpecbookError(cause)) throw damaged(path, `options that make no ${kind} model`, cause);
    throw new SpecbookError("FormatError", `"${path}" holds a model that cannot be made`, {
      got: `${cause.message.split("\n")[0]}: ${cause.got}`,
      needed: cause.needed,
      remedy: cause.remedy,
      cause,
    });
  }
}

/** Options that are no size of a layer: a capacity may grow within a million steps in the smallest of models. */
const NO_SIZES = ["seed", "beta", "deviation", "capacity", "classCapacity", "gamma", "weights"];

/** A forged size must not make us build a list of layers: no size of a model exceeds the number of its weights by much. */
function checkSizes(value: unknown, most: number, path: string, name = "options"): void {
  if (typeof value === "object" && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      if (!NO_SIZES.includes(key)) checkSizes(part, most, path, key);
    }
  } else if (Number.isInteger(value) && Math.abs(value as number) > most) {
    throw damaged(path, `${name} ${value} of a model with fewer than ${most} weights`);
  }
}

/** How many values the options ask for; not a number where they make no sense, which the model's function then says. */
function valuesOf(kind: string, options: Readonly<Record<string, unknown>>): number {
  try {
    const bare = { kind, options, parameters: {} } as unknown as Model; // specs read nothing but the options
    return architectureOf(bare)
      .specs(bare)
      .reduce((sum, { shape }) => sum + countOf(shape), 0);
  } catch {
    return Number.NaN;
  }
}

function checked<T extends Safetensors["tensors"][string]>(
  name: string,
  tensor: T,
  { checksums }: ModelRecord,
  path: string,
): T {
  // takeTensors has made sure that the type is float32.
  if (crc32(littleEndianBytes(tensor.data as Float32Array)) === checksums[name]) return tensor;
  throw damaged(path, `tensor "${name}" with another check sum than recorded`);
}

function notFinite(name: string, value: number): SpecbookError {
  return new SpecbookError("DataError", "the model holds weights that are not numbers, and is not saved", {
    got: `${value} in "${name}"`,
    needed: "finite weights",
    remedy: "make the model again and fit it with a smaller learning rate",
  });
}
