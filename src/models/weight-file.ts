import { SpecbookError } from "../core";
import { readExactly, withFile } from "../io/open-file";
import { readSafetensors } from "../io/safetensors";
import { type TorchFile, withTorchFile } from "../io/torch/torch-file";
import { TorchTensor, type TorchValue } from "../io/torch/values";
import type { OfferedTensor } from "./take-tensors";

/** The weights of a file, and what stands beside them. */
export interface WeightFile {
  readonly tensors: ReadonlyMap<string, OfferedTensor>;
  /** The dictionary that AtomAI saves: options, weights, optimiser. Undefined for bare weights. */
  readonly meta?: ReadonlyMap<TorchValue, TorchValue>;
}

/** True for a zip archive or a pickle, as PyTorch writes them; a .safetensors file begins with neither. */
export async function isTorchFile(path: string): Promise<boolean> {
  return withFile(path, async (file, size) => {
    const start = Buffer.alloc(Math.min(size, 9));
    await readExactly(file, start, 0, path);
    return start.toString("latin1", 0, 2) === "PK" || (start[0] === 0x80 && start[8] !== 0x7b); // 0x7b begins the JSON
  });
}

/**
 * Opens weights of either format by what the file holds, whatever its name: .safetensors, or a file of `torch.save` with
 * a state dictionary, alone or where AtomAI and common training scripts keep it.
 */
export async function withWeightFile<T>(path: string, work: (file: WeightFile) => Promise<T>): Promise<T> {
  if (await isTorchFile(path)) return withTorchFile(path, (file) => work(torchWeights(file, path)));
  const { tensors } = await readSafetensors(path);
  const offered = Object.entries(tensors).map(([name, tensor]): [string, OfferedTensor] => [
    name,
    { ...tensor, read: async () => tensor },
  ]);
  return work({ tensors: new Map(offered) });
}

/** Keys under which training scripts keep the weights; the first is AtomAI's. */
const NESTS = ["weights", "state_dict", "model_state_dict"];

function torchWeights({ content, read }: TorchFile, path: string): WeightFile {
  if (!(content instanceof Map)) throw noWeights(path, "no dictionary");
  const meta: ReadonlyMap<TorchValue, TorchValue> = content;
  const [encoder, decoder] = [meta.get("encoder"), meta.get("decoder")];
  const isPair = encoder instanceof Map && decoder instanceof Map; // how AtomAI keeps the two networks of its VAEs
  const nest = NESTS.map((name) => meta.get(name)).find((value) => value instanceof Map);
  const found = isPair
    ? [...prefixed("encoder_net.", encoder), ...prefixed("decoder_net.", decoder)]
    : [...((nest as ReadonlyMap<TorchValue, TorchValue> | undefined) ?? meta)]; // `find` looked for a Map
  const tensors = found.map(([name, value]): [string, OfferedTensor] => {
    if (typeof name === "string" && value instanceof TorchTensor) {
      return [name, { shape: value.shape, dtype: value.storage.type.dtype, read: () => read(value) }];
    }
    throw noWeights(path, `an entry ${JSON.stringify(name)} that is no tensor`);
  });
  return { tensors: new Map(tensors), ...(meta.has("model_type") ? { meta } : {}) };
}

function prefixed(prefix: string, state: ReadonlyMap<TorchValue, TorchValue>): [TorchValue, TorchValue][] {
  return [...state].map(([name, value]) => [`${prefix}${String(name)}`, value]);
}

function noWeights(path: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" holds no weights that can be told`, {
    got,
    needed: "a dictionary of tensors by name, alone or under weights, state_dict, or encoder and decoder",
    remedy: "in Python: torch.save(model.state_dict(), path)",
  });
}
