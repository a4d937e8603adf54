import { SpecbookError } from "../core";
import type { NumericArray } from "../io";
import type { ModelBase } from "./model";

/** A tensor of a file before its numbers are read. */
export interface OfferedTensor {
  readonly shape: readonly number[];
  /** numpy's name of the type: "float32", "int64", ... */
  readonly dtype: string;
  read(): Promise<NumericArray>;
}

/** What a file may hold beside the parameters: PyTorch counts the batches that a batch norm has seen, and never reads it. */
const COUNTER = /(^|\.)num_batches_tracked$/;

const FLOATS = ["float32", "float64", "float16", "bfloat16"];

/**
 * Puts the tensors of a file into a model, all or none.
 *
 * @param offered - by the model's own names.
 * @param types - types that are taken; the default takes every float and rounds float64.
 * @throws FormatError with the name of the first tensor, in the model's order, that does not fit: missing, of another
 * shape or type, with values that are not finite; then one that the model does not have.
 */
export async function takeTensors(
  model: ModelBase & { readonly kind: string },
  offered: ReadonlyMap<string, OfferedTensor>,
  path: string,
  types: readonly string[] = FLOATS,
): Promise<void> {
  const wanted = Object.entries(model.parameters);
  for (const [name, { shape }] of wanted) {
    const found = offered.get(name);
    if (found === undefined) throw missing(model, name, offered, path);
    if (found.shape.length !== shape.length || found.shape.some((size, i) => size !== shape[i])) {
      throw unfit(model, name, path, `shape [${found.shape.join(", ")}]`, `shape [${shape.join(", ")}]`);
    }
    if (!types.includes(found.dtype)) throw unfit(model, name, path, `type ${found.dtype}`, types.join(" or "));
  }
  const extra = [...offered.keys()].find((name) => !Object.hasOwn(model.parameters, name) && !COUNTER.test(name));
  if (extra !== undefined) {
    const got = `a tensor of shape [${offered.get(extra)?.shape.join(", ")}] beside all that the model has`;
    throw unfit(model, extra, path, got, `the ${wanted.length} tensors of the model and no other`);
  }
  const values: Float32Array[] = [];
  for (const [name] of wanted) {
    // Every name was found above.
    const { data } = await (offered.get(name) as OfferedTensor).read();
    const numbers = data instanceof Float32Array ? data : Float32Array.from(data);
    const bad = numbers.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw unfit(model, name, path, `${data[bad]} at value ${bad} of ${data.length}`, "finite values only");
    values.push(numbers);
  }
  for (const [i, [, parameter]] of wanted.entries()) parameter.data.set(values[i]);
}

function missing(
  model: ModelBase & { readonly kind: string },
  name: string,
  offered: ReadonlyMap<string, OfferedTensor>,
  path: string,
): SpecbookError {
  const names = [...offered.keys()];
  const first = names.slice(0, 3).join(", ");
  const got =
    names.length === 0
      ? "no tensors"
      : `no such tensor among ${names.length}: ${first}${names.length > 3 ? ", ..." : ""}`;
  return unfit(model, name, path, got, `a tensor of that name, shape [${model.parameters[name].shape.join(", ")}]`);
}

function unfit(
  { kind }: { readonly kind: string },
  name: string,
  path: string,
  got: string,
  needed: string,
): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" does not fit this ${kind} model: tensor "${name}"`, {
    got,
    needed,
    remedy: `make the ${kind} model with the options of the network that was saved, and check that this is its file`,
  });
}
