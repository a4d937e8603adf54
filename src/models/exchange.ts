import { extname } from "node:path";
import { SpecbookError } from "../core";
import type { Samples } from "../data";
import { writeSafetensors } from "../io/safetensors";
import { writeTorchFile } from "../io/torch/write-torch-file";
import { atomaiDictionary, stateOf } from "./atomai";
import type { Model } from "./model";
import { takeTensors } from "./take-tensors";
import { withWeightFile } from "./weight-file";

/** Options of `exportWeights`. */
export interface ExportOptions {
  /**
   * "pytorch": the weights alone, which `load_state_dict` takes. "atomai": AtomAI's own dictionary with its options beside
   * them (.tar, .pt or .pth), which `atomai.load_model` opens. Default "pytorch".
   */
  readonly for?: "pytorch" | "atomai";
}

/** Options of `importWeights`. */
export interface ImportOptions {
  /** The samples that the weights were trained on: the model takes over their scaling and axes. Default: it has none. */
  readonly samples?: Samples;
}

const TORCH = [".pt", ".pth", ".tar"];

/**
 * Writes the weights of a model in PyTorch's layout and under the names of AtomAI (im2spec, spec2im, vae, rvae, jrvae) or
 * pyroVED (ved): as .safetensors, or as a file of `torch.save` (.pt, .pth, .tar) that `torch.load` reads with
 * `weights_only=True`. The file appears once it is whole.
 *
 * @throws OptionError for another ending, and for a model that AtomAI has no network for; FileError
 * @example
 * await exportWeights(model, "im2spec.pt");                       // net.load_state_dict(torch.load("im2spec.pt"))
 * await exportWeights(model, "im2spec.tar", { for: "atomai" });   // atomai.load_model("im2spec.tar")
 */
export async function exportWeights(model: Model, path: string, options: ExportOptions = {}): Promise<void> {
  const { for: peer = "pytorch" } = options;
  const ending = extname(String(path)).toLowerCase();
  const isTorch = TORCH.includes(ending);
  if (peer !== "pytorch" && peer !== "atomai") {
    throw wrongExport(
      "exportWeights writes for two readers",
      `for: ${JSON.stringify(peer)}`,
      '"pytorch" or "atomai"',
      'leave "for" out',
    );
  }
  if (!isTorch && (peer === "atomai" || ending !== ".safetensors")) {
    const needed = `a path that ends in ${TORCH.join(", ")}${peer === "atomai" ? "" : " or .safetensors"}`;
    throw wrongExport("the name of the file tells its format", `"${path}"`, needed, 'write for example "weights.pt"');
  }
  if (peer === "atomai") await writeTorchFile(path, atomaiDictionary(model));
  else if (isTorch) await writeTorchFile(path, stateOf(model, ""));
  else await writeSafetensors(path, model.parameters, { format: "pt" });
}

/**
 * Reads weights into a model of the same options, all or none: .safetensors, or files of `torch.save` that hold a state
 * dictionary (also as AtomAI's `save_model` and `save_weights` and pyroVED's `save_weights` leave it). No code in the file
 * is run. What the model knew of its training is cleared, for it is not that of these weights.
 *
 * @throws FormatError with the name of the first tensor that does not fit, FileError
 * @example
 * const model = im2spec({ ...shapes(pairs), latent: 10 });
 * await importWeights(model, "imspec_metadict_final.tar", { samples: pairs });
 * plot.errorMap(await errors(model, pairs));
 */
export async function importWeights(model: Model, path: string, options: ImportOptions = {}): Promise<void> {
  await withWeightFile(path, ({ tensors }) => takeTensors(model, tensors, path));
  model.training = undefined;
  model.scaling = options.samples?.scaling;
  model.axes = options.samples?.axes;
}

function wrongExport(summary: string, got: string, needed: string, remedy: string): SpecbookError {
  return new SpecbookError("OptionError", summary, { got, needed, remedy });
}
