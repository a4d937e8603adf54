import { SpecbookError } from "../core";
import { readSafetensors, writeSafetensors } from "../io/safetensors";
import type { Model } from "./model";
import { MEMBERS, modelOf, ofKind, recordOf } from "./model-file";
import { damaged, readRecord, writeRecord } from "./model-record";

/**
 * Saves the members of an ensemble in one file, each as `saveModel` would; the tensors are named 0.encoder..., 1.encoder...
 *
 * @throws OptionError without members, DataError for weights that are not finite, FileError
 * @example await saveEnsemble(members, "ensemble.safetensors");
 */
export async function saveEnsemble(members: readonly Model[], path: string): Promise<void> {
  if (!(members.length > 0)) {
    throw new SpecbookError("OptionError", "an ensemble is a list of models", {
      got: members.length === 0 ? "an empty list" : "something else",
      needed: "the members, as ensemble(...) makes them",
      remedy: "save one model with saveModel(model, path)",
    });
  }
  const texts = members.map((member, i) => writeRecord(recordOf(member), `specbook.${i}`));
  const tensors = members.flatMap(({ parameters }, i) =>
    Object.entries(parameters).map(([name, parameter]) => [`${i}.${name}`, parameter] as const),
  );
  await writeSafetensors(
    path,
    Object.fromEntries(tensors),
    Object.assign({ [MEMBERS]: String(members.length) }, ...texts),
  );
}

/**
 * Loads an ensemble that `saveEnsemble` wrote: the members give the same output as the saved ones, bit for bit.
 *
 * @param options.kind - the kind that is wanted; another is refused, and the members have that kind's type.
 * @throws as `loadModel`
 * @example const members = await loadEnsemble("ensemble.safetensors", { kind: "im2spec" });
 */
export async function loadEnsemble<Kind extends Model["kind"] = Model["kind"]>(
  path: string,
  options: { readonly kind?: Kind } = {},
): Promise<readonly Extract<Model, { kind: Kind }>[]> {
  const { tensors, metadata } = await readSafetensors(path);
  const count = metadata[MEMBERS];
  if (count === undefined) {
    throw new SpecbookError("FormatError", `"${path}" holds no ensemble`, {
      got: "specbook" in metadata ? "one model" : "no record of members",
      needed: "a file of saveEnsemble",
      remedy: `write: const model = await loadModel(${JSON.stringify(path)})`,
    });
  }
  const size = Object.keys(metadata).filter((key) => /^specbook\.\d+$/.test(key)).length;
  const names = Object.keys(tensors);
  const stray = names.find((name) => !(Number(/^(\d+)\./.exec(name)?.[1]) < size));
  if (String(size) !== count || size === 0) throw damaged(path, `${size} records of ${count} members`);
  if (stray !== undefined) throw damaged(path, `tensor "${stray}" of no member`);
  const members: Extract<Model, { kind: Kind }>[] = [];
  for (let i = 0; i < size; i++) {
    const own = names
      .filter((name) => name.startsWith(`${i}.`))
      .map((name) => [name.slice(`${i}.`.length), tensors[name]]);
    const record = readRecord(metadata, path, `specbook.${i}`);
    members.push(ofKind(await modelOf(record, Object.fromEntries(own), path), options.kind, path));
  }
  return Object.freeze(members);
}
