import type { Tensor } from "@tensorflow/tfjs-core";
import type { FloatArray, Samples } from "../data";
import { architectureOf } from "./kinds";
import type { Scope } from "./layers";
import type { Model } from "./model";
import { countOf } from "./parameter-spec";
import { runInBatches } from "./run-in-batches";

/** One layer of a network. */
export interface NetworkLayer {
  readonly part: "encoder" | "decoder";
  /** In words: "convolution 3 x 3, dilation 2", "batch norm", "linear", ... */
  readonly kind: string;
  /** Name of its parameters in the model; undefined for a layer without. */
  readonly name?: string;
  /** Shape of what it gives for one sample; undefined where a product of several parts is not told apart. */
  readonly shape?: readonly number[];
  /** Numbers that training adjusts. */
  readonly parameters: number;
}

/** The layers of a network, as they are computed for one sample. */
export interface NetworkLayers {
  readonly kind: "network-layers";
  /** Kind of the model. */
  readonly model: string;
  readonly latent: number;
  /** Shapes of one sample: what goes in, what comes out. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly layers: readonly NetworkLayer[];
  /** All numbers that training adjusts. */
  readonly parameters: number;
}

/**
 * Lists the layers of a model with shapes and numbers of parameters, by sending one sample through it: what is listed is
 * what is computed. Pose and classes of variational models are left out, since encoder and decoder meet at the content.
 *
 * @param samples samples that the model could be fitted to, or its input as an array
 * @throws ShapeError for samples that do not fit the model
 * @example
 * plot.layers(await networkLayers(model, pairs))
 */
export async function networkLayers(model: Model, samples: Samples | FloatArray): Promise<NetworkLayers> {
  const architecture = architectureOf(model);
  const all = architecture.encoderInput(model, samples);
  const size = countOf(all.shape.slice(1));
  const one = { data: all.data.slice(0, size), shape: [1, ...all.shape.slice(1)] };
  const counts = parameterCounts(model);
  const layers: NetworkLayer[] = [];
  const listed = new Set<string>();
  let part: NetworkLayer["part"] = "encoder";
  const list = (kind: string, name?: string, shape?: readonly number[]) => {
    if (name !== undefined) listed.add(name);
    layers.push(Object.freeze({ part, kind, name, shape, parameters: counts.get(name ?? "") ?? 0 }));
  };
  const watched = (scope: Scope): Scope => ({
    ...scope,
    watch: (kind, name, output) => list(kind, name, Object.freeze(output.shape.slice(1))),
  });
  const compute = (scope: Scope, x: Tensor) => {
    const latent = architecture.encode(watched(scope), model, x);
    part = "decoder";
    return { output: architecture.decode(watched(scope), model, latent) };
  };
  const { output } = await runInBatches(model, one, {}, compute);
  for (const name of counts.keys()) {
    if (listed.has(name)) continue;
    part = name.includes("decoder") ? "decoder" : "encoder";
    list("product", name);
  }
  return Object.freeze({
    kind: "network-layers",
    model: model.kind,
    latent: countOf(architecture.latentShape(model)),
    input: Object.freeze(one.shape.slice(1)),
    output: Object.freeze(output.shape.slice(1)),
    layers: Object.freeze(layers),
    parameters: [...counts.values()].reduce((a, b) => a + b, 0),
  });
}

/** Trainable numbers by the name of the layer. */
function parameterCounts(model: Model): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [name, { shape, trainable }] of Object.entries(model.parameters)) {
    const layer = name.slice(0, name.lastIndexOf("."));
    counts.set(layer, (counts.get(layer) ?? 0) + (trainable ? countOf(shape) : 0));
  }
  return counts;
}
