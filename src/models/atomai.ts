import { SpecbookError } from "../core";
import type { TorchValue } from "../io/torch/values";
import { Tuple, type WritableValue } from "../io/torch/write-torch-file";
import type { Im2specModel } from "./im2spec";
import type { JrvaeModel } from "./jrvae";
import type { Model } from "./model";
import type { RvaeModel } from "./rvae";
import type { SegmenterModel } from "./segmenter";
import type { Spec2imModel } from "./spec2im";
import type { VaeModel } from "./vae";

/** AtomAI's dictionary of a model, which its `load_model` reads. Throws for what AtomAI has no network for. */
export function atomaiDictionary(model: Model): Record<string, WritableValue> {
  switch (model.kind) {
    case "im2spec":
    case "spec2im":
      return imspecDictionary(model);
    case "segmenter":
      return segmenterDictionary(model);
    case "vae":
    case "rvae":
    case "jrvae":
      return vaeDictionary(model);
    default:
      throw noPeer(model.kind, `a model of kind ${model.kind}`);
  }
}

function imspecDictionary(model: Im2specModel | Spec2imModel): Record<string, WritableValue> {
  const { kind, options: o } = model;
  if (o.image[2] !== 1) throw noPeer(kind, `images of ${o.image[2]} channels`);
  const image = new Tuple([o.image[0], o.image[1]]);
  const spectrum = new Tuple([o.spectrum]);
  return {
    model_type: "imspec",
    in_dim: kind === "im2spec" ? image : spectrum,
    out_dim: kind === "im2spec" ? spectrum : image,
    latent_dim: o.latent,
    nblayers_encoder: o.encoderLayers,
    nblayers_decoder: o.decoderLayers,
    nbfilters_encoder: o.encoderFilters,
    nbfilters_decoder: o.decoderFilters,
    batchnorm: o.batchNorm,
    batch_norm: o.batchNorm, // AtomAI saves the one and asks for the other: without it a net without batch norm is lost
    encoder_downsampling: o.downsampling === 1 ? 0 : o.downsampling,
    decoder_upsampling: o.upsampling,
    weights: stateOf(model, ""),
    optimizer: null,
  };
}

function vaeDictionary(model: VaeModel | RvaeModel | JrvaeModel): Record<string, WritableValue> {
  const { kind, options: o } = model;
  if (kind === "vae" && model.options.shift) throw noPeer(kind, "a VAE with shift");
  if (kind !== "vae" && !model.options.rotation) throw noPeer(kind, `an ${kind} without rotation`);
  const coord = kind === "vae" ? 0 : 1 + (model.options.shift ? 2 : 0);
  return {
    model_type: "vae",
    in_dim: new Tuple(inputSizes(model)),
    latent_dim: o.latent,
    coord,
    conv_encoder: false,
    ...(coord === 0 ? { conv_decoder: false } : {}),
    numlayers_encoder: o.layers,
    numlayers_decoder: o.layers,
    numhidden_encoder: o.hidden,
    numhidden_decoder: o.hidden,
    skip: kind !== "vae" && model.options.skip,
    nb_classes: 0,
    discrete_dim: kind === "jrvae" ? model.options.classes : null,
    sigmoid_out: o.sigmoid || o.likelihood === "bernoulli",
    softplus_out: null,
    encoder: stateOf(model, "encoder_net."),
    decoder: stateOf(model, "decoder_net."),
    optimizer: null,
  };
}

/** AtomAI's Unet; its default doubles bilinearly, ours takes the nearest pixel. */
function segmenterDictionary(model: SegmenterModel): Record<string, WritableValue> {
  const { kind, options: o } = model;
  if (o.image[2] !== 1) throw noPeer(kind, `images of ${o.image[2]} channels`);
  if (o.layers.length !== 4) throw noPeer(kind, `${o.layers.length} blocks`);
  return {
    model_type: "seg",
    model: "Unet",
    nb_classes: o.output === "sigmoid" ? 1 : o.classes.length,
    batch_norm: o.batchNorm,
    dropout: false,
    upsampling: "nearest",
    with_dilation: false,
    nb_filters: o.filters,
    layers: o.layers,
    weights: stateOf(model, ""),
  };
}

/** (channels,) or (height, width), with the image channels where there are several. */
function inputSizes(model: VaeModel | RvaeModel | JrvaeModel): number[] {
  if (model.kind === "vae" && model.options.side === "spectra") return [model.options.spectrum as number]; // of its side
  const [height, width, channels] = model.options.image as readonly number[];
  return channels === 1 ? [height, width] : [height, width, channels];
}

/** The parameters whose names begin with `prefix`, without it. */
export function stateOf({ parameters }: Pick<Model, "parameters">, prefix: string): Map<string, WritableValue> {
  const mine = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return new Map(mine.map(([name, { data, shape }]) => [name.slice(prefix.length), { data, shape }]));
}

/** Kind and options of the model that AtomAI's dictionary describes. `path` is for messages. */
export function fromAtomai(
  meta: ReadonlyMap<TorchValue, TorchValue>,
  path: string,
): { readonly kind: Model["kind"]; readonly options: Readonly<Record<string, unknown>> } {
  const type = meta.get("model_type");
  if (type === "imspec") return fromImspec(meta, path);
  if (type === "vae") return fromVae(meta, path);
  if (type === "seg" && meta.get("model") === "Unet" && meta.get("upsampling") === "nearest") {
    throw new SpecbookError("FormatError", `"${path}" does not say how large the windows of its segmenter are`, {
      got: "AtomAI's Unet, which is saved without the size of its images and the names of its classes",
      needed: "a model with these",
      remedy: `make it with segmenter({ image, classes, filters, layers }), then: await importWeights(model, ${JSON.stringify(path)})`,
    });
  }
  throw unknownNetwork(path, `model_type ${JSON.stringify(type)}`);
}

function fromImspec(meta: ReadonlyMap<TorchValue, TorchValue>, path: string) {
  const input = sizes(meta, "in_dim", path);
  const output = sizes(meta, "out_dim", path);
  if (input.length + output.length !== 3) throw unknownNetwork(path, `in_dim (${input}) and out_dim (${output})`);
  const [image, [spectrum]] = input.length === 2 ? [input, output] : [output, input];
  const pooling = whole(meta, "encoder_downsampling", path);
  const options = {
    image: [...image, 1],
    spectrum,
    latent: whole(meta, "latent_dim", path),
    encoderLayers: whole(meta, "nblayers_encoder", path),
    decoderLayers: whole(meta, "nblayers_decoder", path),
    encoderFilters: whole(meta, "nbfilters_encoder", path),
    decoderFilters: whole(meta, "nbfilters_decoder", path),
    batchNorm: meta.get("batchnorm") === true,
    downsampling: Math.max(1, pooling),
    upsampling: meta.get("decoder_upsampling") === true,
  };
  return { kind: input.length === 2 ? ("im2spec" as const) : ("spec2im" as const), options };
}

function fromVae(meta: ReadonlyMap<TorchValue, TorchValue>, path: string) {
  for (const name of ["conv_encoder", "conv_decoder", "nb_classes", "softplus_out"]) {
    const value = meta.get(name);
    if (value !== undefined && value !== null && value !== false && value !== 0) {
      throw unknownNetwork(path, `${name}: ${JSON.stringify(value)}`);
    }
  }
  const [layers, hidden] = ["numlayers", "numhidden"].map((name) => {
    const [encoder, decoder] = ["encoder", "decoder"].map((side) => whole(meta, `${name}_${side}`, path));
    if (encoder !== decoder)
      throw unknownNetwork(path, `${name} ${encoder} in the encoder and ${decoder} in the decoder`);
    return encoder;
  });
  const input = sizes(meta, "in_dim", path);
  if (input.length > 3) throw unknownNetwork(path, `in_dim (${input})`);
  const coord = whole(meta, "coord", path);
  const options = {
    ...(input.length === 1 ? { spectrum: input[0] } : { image: [input[0], input[1], input[2] ?? 1] }),
    latent: whole(meta, "latent_dim", path),
    layers,
    hidden,
    ...(meta.get("sigmoid_out") === true ? { likelihood: "bernoulli" } : { likelihood: "gaussian", deviation: 1 }),
  };
  const isJoint = Array.isArray(meta.get("discrete_dim"));
  if (coord === 0 && isJoint) throw unknownNetwork(path, "a VAE with classes and without rotation");
  if (coord === 0) return { kind: "vae" as const, options };
  const posed = { ...options, shift: coord === 3, skip: meta.get("skip") === true };
  if (!isJoint) return { kind: "rvae" as const, options: posed };
  return { kind: "jrvae" as const, options: { ...posed, classes: sizes(meta, "discrete_dim", path) } };
}

function sizes(meta: ReadonlyMap<TorchValue, TorchValue>, name: string, path: string): number[] {
  const value = meta.get(name);
  const isSizes = Array.isArray(value) && value.length >= 1;
  if (isSizes && value.every((n) => Number.isInteger(n) && n >= 1)) return value as number[]; // looked at one by one
  throw unknownNetwork(path, `${name} ${JSON.stringify(value)}`);
}

function whole(meta: ReadonlyMap<TorchValue, TorchValue>, name: string, path: string): number {
  const value = meta.get(name);
  if (Number.isInteger(value)) return value as number; // asked in the line above
  throw unknownNetwork(path, `${name} ${JSON.stringify(value)}`);
}

function unknownNetwork(path: string, got: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" holds a network of AtomAI that specbook does not have`, {
    got,
    needed: "an ImSpec, or a VAE, rVAE or jrVAE with fully connected layers, alike in encoder and decoder",
    remedy: "train that network again here, or go on with it in Python",
  });
}

function noPeer(kind: string, got: string): SpecbookError {
  return new SpecbookError("OptionError", `AtomAI has no network like this ${kind} model`, {
    got,
    needed:
      "im2spec, spec2im or a segmenter of 4 blocks with one image channel, a vae without shift, or an rvae or jrvae with rotation",
    remedy: 'leave { for: "atomai" } out: the weights alone can always be exported',
  });
}
