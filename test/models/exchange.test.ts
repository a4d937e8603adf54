import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { readSafetensors, writeSafetensors } from "../../src/io";
import { Tuple, type WritableValue, writeTorchFile } from "../../src/io/torch/write-torch-file";
import {
  exportWeights,
  fit,
  im2spec,
  importWeights,
  jrvae,
  loadModel,
  type Model,
  predict,
  rvae,
  segmenter,
  spec2im,
  vae,
  ved,
} from "../../src/models";
import { atomaiDictionary } from "../../src/models/atomai";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";
import { everyKind } from "./support/every-kind";
import { smallModel, smallPairs } from "./support/small-pairs";

const folder = temporaryFolder();
const file = (name: string) => join(folder, name);

function scramble<M extends Model>(model: M, seed = 3): M {
  const random = createRandom(seed);
  for (const { data } of Object.values(model.parameters)) for (const i of data.keys()) data[i] = random.normal();
  return model;
}

/** The parameters whose names begin with `prefix`, without it. */
function under({ parameters }: Model, prefix: string): Model["parameters"] {
  const own = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** A state dictionary as Python would save it, for `writeTorchFile`. */
function state(model: Model, change: (entries: Map<string, WritableValue>) => void = () => {}) {
  const entries = new Map<string, WritableValue>(
    Object.entries(model.parameters).map(([name, { data, shape }]) => [name, { data, shape }]),
  );
  change(entries);
  return entries;
}

describe("exportWeights and importWeights", () => {
  test.each(everyKind.flatMap((make) => [".safetensors", ".PT"].map((ending) => [make().kind, ending, make] as const)))(
    "carry every bit of a model of kind %s in %s",
    async (_, ending, make) => {
      const model = scramble(make());
      await exportWeights(model, file(`w${ending}`));
      const other = make();
      await importWeights(other, file(`w${ending}`));
      expect(other.parameters).toEqual(model.parameters);
    },
  );

  test("read a file by what it holds, not by its name", async () => {
    const model = scramble(smallModel());
    await exportWeights(model, file("a.pt"));
    writeFileSync(file("a.safetensors"), readFileSync(file("a.pt")));
    const other = smallModel();
    await importWeights(other, file("a.safetensors"));
    expect(other.parameters).toEqual(model.parameters);
  });

  test("write nothing but the state dictionary into .safetensors, as PyTorch's readers expect", async () => {
    await exportWeights(smallModel(), file("plain.safetensors"));
    const { metadata, tensors } = await readSafetensors(file("plain.safetensors"));
    expect([metadata, Object.keys(tensors)]).toEqual([{ format: "pt" }, Object.keys(smallModel().parameters)]);
  });

  test("clear the record of another training, and take scaling and axes from the samples", async () => {
    const pairs = smallPairs(16);
    const model = smallModel();
    await fit(model, pairs, { epochs: 1, batch: 8 });
    await exportWeights(model, file("b.pt"));
    await importWeights(model, file("b.pt"));
    expect([model.training, model.scaling, model.axes]).toEqual([undefined, undefined, undefined]);
    await importWeights(model, file("b.pt"), { samples: pairs });
    expect([model.training, model.scaling, model.axes]).toEqual([undefined, pairs.scaling, pairs.axes]);
  });

  test.each(["weights", "state_dict", "model_state_dict"])(
    "read weights under %s, and PyTorch's counters",
    async (key) => {
      const model = scramble(smallModel());
      const counter = { data: Int32Array.of(7), shape: [] };
      const weights = state(model, (entries) => entries.set("encoder.conv.block.2.num_batches_tracked", counter));
      await writeTorchFile(file("nest.pt"), { epoch: 3, [key]: weights });
      const other = smallModel();
      await importWeights(other, file("nest.pt"));
      expect(other.parameters).toEqual(model.parameters);
    },
  );

  test("round float64 weights to float32", async () => {
    const data = Float64Array.of(0.1, -2);
    const change = (entries: Map<string, WritableValue>) => entries.set("encoder.fc.bias", { data, shape: [2] });
    await writeTorchFile(file("double.pt"), state(smallModel(), change));
    const model = smallModel();
    await importWeights(model, file("double.pt"));
    expect(model.parameters["encoder.fc.bias"].data).toEqual(Float32Array.from(data));
  });
});

describe('exportWeights for "atomai"', () => {
  test.each<[string, Model]>([
    ["im2spec", im2spec({ image: [8, 8, 1], spectrum: 16, encoderFilters: 4, decoderLayers: 2, latent: 3 })],
    [
      "im2spec, pooled",
      im2spec({ image: [8, 8, 1], spectrum: 16, batchNorm: false, downsampling: 2, upsampling: true }),
    ],
    ["spec2im", spec2im({ image: [8, 12, 1], spectrum: 16, encoderFilters: 4, downsampling: 4 })],
    ["vae of spectra", vae({ spectrum: 16, hidden: 8, layers: 3, deviation: 1 })],
    ["vae of images", vae({ image: [6, 5, 3], hidden: 8, likelihood: "bernoulli" })],
    ["rvae", rvae({ image: [6, 5, 3], hidden: 8, deviation: 1, skip: true })],
    ["jrvae", jrvae({ image: [6, 5, 1], hidden: 8, deviation: 1, classes: [3, 2] })],
    ["rvae, rotation only", rvae({ image: [6, 5, 1], hidden: 8, likelihood: "bernoulli", shift: false })],
  ])("keeps options and weights of an %s", async (_, model) => {
    await exportWeights(scramble(model), file("meta.tar"), { for: "atomai" });
    const loaded = await loadModel(file("meta.tar"));
    const { deviation, ...options } = loaded.options as Record<string, unknown>;
    const { deviation: own, ...wanted } = model.options as Record<string, unknown>;
    expect(options).toEqual(wanted);
    expect(deviation === own || wanted.likelihood === "bernoulli").toBe(true); // a Bernoulli likelihood has no deviation
    expect(loaded.parameters).toEqual(model.parameters);
    expect(loaded.kind).toBe(model.kind);
  });

  // What AtomAI 0.8.1 writes and reads under each name; npm run test:peers carries such files over.
  const layers = { nblayers_encoder: 3, nblayers_decoder: 2, nbfilters_encoder: 4, nbfilters_decoder: 5 };
  const imspec = { model_type: "imspec", latent_dim: 3, ...layers };
  const dense = { numlayers_encoder: 3, numlayers_decoder: 3, numhidden_encoder: 8, numhidden_decoder: 8 };
  const variational = { model_type: "vae", latent_dim: 2, conv_encoder: false, ...dense };
  const convolutional = { encoderLayers: 3, decoderLayers: 2, encoderFilters: 4, decoderFilters: 5, latent: 3 };
  const image = [8, 12, 1] as const;
  const NAMED: readonly [string, Model, Record<string, unknown>][] = [
    [
      "im2spec",
      im2spec({ image, spectrum: 16, ...convolutional }),
      {
        ...imspec,
        in_dim: [8, 12],
        out_dim: [16],
        batchnorm: true,
        encoder_downsampling: 0,
        decoder_upsampling: false,
      },
    ],
    [
      "im2spec, pooled",
      im2spec({ image, spectrum: 16, ...convolutional, batchNorm: false, downsampling: 2, upsampling: true }),
      {
        ...imspec,
        in_dim: [8, 12],
        out_dim: [16],
        batchnorm: false,
        encoder_downsampling: 2,
        decoder_upsampling: true,
      },
    ],
    [
      "spec2im",
      spec2im({ image, spectrum: 16, ...convolutional, downsampling: 4 }),
      { ...imspec, in_dim: [16], out_dim: [8, 12], batchnorm: true, encoder_downsampling: 4, decoder_upsampling: true },
    ],
    [
      "vae of spectra",
      vae({ spectrum: 16, layers: 3, hidden: 8, deviation: 1 }),
      { ...variational, in_dim: [16], coord: 0, sigmoid_out: false, discrete_dim: null },
    ],
    [
      "rvae, rotation only",
      rvae({ image: [6, 5, 1], layers: 3, hidden: 8, likelihood: "bernoulli", shift: false }),
      { ...variational, in_dim: [6, 5], coord: 1, sigmoid_out: true, skip: false, discrete_dim: null },
    ],
    [
      "rvae",
      rvae({ image: [6, 5, 3], layers: 3, hidden: 8, deviation: 1, skip: true }),
      { ...variational, in_dim: [6, 5, 3], coord: 3, sigmoid_out: false, skip: true, discrete_dim: null },
    ],
    [
      "jrvae",
      jrvae({ image: [6, 5, 1], layers: 3, hidden: 8, deviation: 1, classes: [3, 2] }),
      { ...variational, in_dim: [6, 5], coord: 3, sigmoid_out: false, skip: false, discrete_dim: [3, 2] },
    ],
  ];
  const plain = (value: unknown) => (value instanceof Tuple ? [...value.items] : value);

  test.each(NAMED)("says what an %s is in AtomAI's words", (_, model, words) => {
    const written = atomaiDictionary(model);
    expect(Object.fromEntries(Object.entries(written).map(([name, value]) => [name, plain(value)]))).toMatchObject(
      words,
    );
  });

  test.each(NAMED)("reads an %s that AtomAI saved", async (_, model, words) => {
    const from = scramble(model);
    const side = (prefix: string) => state({ ...from, parameters: under(from, prefix) } as Model);
    const weights: Record<string, WritableValue> =
      words.model_type === "vae"
        ? { encoder: side("encoder_net."), decoder: side("decoder_net.") }
        : { weights: state(from) };
    await writeTorchFile(file("python.tar"), { ...(words as Record<string, WritableValue>), ...weights });
    const { kind, options, parameters } = await loadModel(file("python.tar"));
    expect(kind).toBe(model.kind);
    expect({ ...options, deviation: undefined }).toEqual({ ...model.options, deviation: undefined });
    expect(parameters).toEqual(from.parameters);
  });

  test.each<[string, Model]>([
    ["images of several channels", im2spec({ image: [8, 8, 2], spectrum: 16 })],
    ["a shift of spectra", vae({ spectrum: 16, shift: true })],
    ["shift without rotation", rvae({ image: [8, 8, 1], rotation: false })],
    ["a segmenter of three blocks", segmenter({ image: [8, 8, 1], classes: ["a", "b"], layers: [1, 1, 1] })],
    ["a network of pyroVED", ved({ image: [8, 8, 1], spectrum: 16 })],
  ])("refuses %s", async (_, model) => {
    const error = await caught(() => exportWeights(model, file("no.tar"), { for: "atomai" }));
    expect([error.tag, error.message]).toEqual(["OptionError", expect.stringMatching(/AtomAI has no network/)]);
  });

  test.each<[string, Record<string, WritableValue>, RegExp]>([
    ["a network that is not here", { model_type: "reg" }, /model_type "reg"/],
    ["convolutional VAEs", { conv_encoder: true }, /conv_encoder: true/],
    ["classes without rotation", { discrete_dim: [3] }, /with classes and without rotation/],
    ["two sides that differ", { numhidden_decoder: 64 }, /numhidden 8 in the encoder and 64/],
    ["sizes that are none", { in_dim: "16" }, /in_dim "16"/],
    ["sizes without end", { latent_dim: 1e9 }, /latent 1000000000 of a model/],
  ])("is read back without %s", async (_, change, message) => {
    const model = vae({ spectrum: 16, hidden: 8 });
    const strip = (prefix: string) =>
      new Map(
        [...state(model)].flatMap(([name, v]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), v]] : [])),
      );
    const meta: Record<string, WritableValue> = {
      model_type: "vae",
      in_dim: [16],
      latent_dim: 2,
      coord: 0,
      numlayers_encoder: 2,
      numlayers_decoder: 2,
      numhidden_encoder: 8,
      numhidden_decoder: 8,
      encoder: strip("encoder_net.") as ReadonlyMap<string, WritableValue>,
      decoder: strip("decoder_net.") as ReadonlyMap<string, WritableValue>,
    };
    await writeTorchFile(file("vae.tar"), meta);
    expect((await loadModel(file("vae.tar"))).kind).toBe("vae");
    await writeTorchFile(file("vae.tar"), { ...meta, ...change });
    const error = await caught(() => loadModel(file("vae.tar")));
    expect([error.tag, error.got]).toEqual(["FormatError", expect.stringMatching(message)]);
  });
});

test("AtomAI's Unet carries the weights of a segmenter, but not the size of its windows", async () => {
  const make = () => segmenter({ image: [8, 8, 1], classes: ["a", "b", "c"], layers: [1, 1, 2, 1], filters: 2 });
  const model = scramble(make());
  await exportWeights(model, file("seg.tar"), { for: "atomai" });
  expect((await caught(() => loadModel(file("seg.tar")))).remedy).toContain("importWeights(model,");
  const other = make();
  await importWeights(other, file("seg.tar"));
  expect(other.parameters).toEqual(model.parameters);
});

describe("importWeights refuses, and leaves the model as it was,", () => {
  type Change = (entries: Map<string, WritableValue>) => void;
  test.each<[string, Change, RegExp]>([
    ["a missing tensor", (t) => t.delete("encoder.fc.weight"), /tensor "encoder.fc.weight"\n.*no such tensor/],
    [
      "another shape",
      (t) => t.set("decoder.fc.bias", { data: new Float32Array(2), shape: [2] }),
      /"decoder.fc.bias"\n.*\[2\]/,
    ],
    [
      "whole numbers",
      (t) => t.set("encoder.fc.bias", { data: new Int32Array(2), shape: [2] }),
      /"encoder.fc.bias"\n.*int32/,
    ],
    [
      "a value that is no number",
      (t) => t.set("encoder.fc.bias", { data: Float32Array.of(1, Number.NaN), shape: [2] }),
      /"encoder.fc.bias"\n.*NaN at value 1/,
    ],
    ["a tensor too many", (t) => t.set("more", { data: new Float32Array(2), shape: [2] }), /"more"\n.*beside all/],
    ["an entry that is no tensor", (t) => t.set("epoch", 4), /entry "epoch" that is no tensor/],
  ])("%s", async (_, change, message) => {
    await writeTorchFile(file("bad.pt"), state(scramble(smallModel()), change));
    const model = smallModel();
    const error = await caught(() => importWeights(model, file("bad.pt")));
    expect([error.tag, error.message]).toEqual(["FormatError", expect.stringMatching(message)]);
    expect(model.parameters).toEqual(smallModel().parameters);
  });

  test("a file that is neither, an empty one, and one that holds no dictionary", async () => {
    writeFileSync(file("text.pt"), "no weights here, only a text");
    writeFileSync(file("empty.pt"), "");
    await writeTorchFile(file("number.pt"), 5);
    for (const name of ["text.pt", "empty.pt", "number.pt"]) {
      expect((await caught(() => importWeights(smallModel(), file(name)))).tag, name).toBe("FormatError");
    }
    await writeSafetensors(file("none.safetensors"), {});
    const error = await caught(() => importWeights(smallModel(), file("none.safetensors")));
    expect(error.message).toMatch(/tensor "encoder.conv.block.0.weight"\n.*no tensors/);
  });

  test("and loadModel says what weights alone lack", async () => {
    await exportWeights(smallModel(), file("alone.pt"));
    const error = await caught(() => loadModel(file("alone.pt")));
    expect([error.tag, error.got]).toEqual(["FormatError", "weights without options"]);
    expect(error.remedy).toContain("importWeights(model,");
  });
});

describe("exportWeights refuses", () => {
  test.each<[string, string, object]>([
    ["a name without an ending it knows", "weights.h5", {}],
    ["a name without ending", "weights", {}],
    ["safetensors for AtomAI, which reads none", "weights.safetensors", { for: "atomai" }],
    ["a reader that it does not know", "weights.pt", { for: "keras" }],
  ])("%s", async (_, name, options) => {
    expect((await caught(() => exportWeights(smallModel(), file(name), options))).tag).toBe("OptionError");
  });
});

test("weights from elsewhere predict at once", async () => {
  const model = scramble(smallModel());
  await exportWeights(model, file("p.pt"));
  const other = smallModel({ seed: 9 });
  await importWeights(other, file("p.pt"));
  const pairs = smallPairs(4);
  expect((await predict(other, pairs)).data).toEqual((await predict(model, pairs)).data);
});
