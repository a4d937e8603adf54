import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, expectTypeOf, test } from "vitest";
import { createRandom } from "../../src/core";
import { readSafetensors, type WritableTensor, writeSafetensors } from "../../src/io";
import { crc32 } from "../../src/io/crc32";
import {
  classifier,
  dualVae,
  ensemble,
  fit,
  type Im2specModel,
  jrvae,
  loadEnsemble,
  loadModel,
  type Model,
  predict,
  rvae,
  saveEnsemble,
  saveModel,
  vae,
} from "../../src/models";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";
import { everyKind } from "./support/every-kind";
import { smallModel, smallPairs } from "./support/small-pairs";

const folder = temporaryFolder();
const path = join(folder, "model.safetensors");

/** A copy of the saved model with other tensors or another record. */
async function rewrite(
  change: (
    tensors: Record<string, { data: Float32Array; shape: readonly number[] }>,
    record: Record<string, unknown>,
  ) => void,
): Promise<void> {
  const { tensors, metadata } = await readSafetensors(path);
  const copy = Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => [name, { data: data as Float32Array, shape }]),
  );
  const record = JSON.parse(metadata.specbook);
  change(copy, record);
  const text = JSON.stringify(record);
  await writeSafetensors(path, copy, { specbook: text, "specbook.crc32": String(crc32(Buffer.from(text))) });
}

describe("saveModel and loadModel", () => {
  test.each(everyKind.map((make) => [`${make().kind} of ${Object.keys(make().parameters).length} tensors`, make]))(
    "give back %s: kind, options and every bit of the weights",
    async (_, make) => {
      const model = make();
      const random = createRandom(3);
      for (const { data } of Object.values(model.parameters)) for (const i of data.keys()) data[i] = random.normal();
      await saveModel(model, path);
      expect(await loadModel(path)).toEqual(model);
    },
  );

  test.each([
    rvae({ image: [8, 8, 1], hidden: 8, capacity: { largest: 5, steps: 1e6, gamma: 1e6 } }),
    jrvae({ image: [8, 8, 1], hidden: 8, classCapacity: { largest: 5, steps: 1e6, gamma: 30 } }),
    vae({ spectrum: 16, hidden: 8, beta: 1e6, seed: 1e6 }),
    dualVae({ image: [8, 8, 1], spectrum: 16, hidden: 8, gamma: 1e6 }),
    classifier({ spectrum: 16, filters: 2, classes: ["a", "b"], weights: [1, 1e6] }),
  ])("give back a $kind with options of a million that are no sizes", async (model) => {
    await saveModel(model, path);
    expect(await loadModel(path)).toEqual(model);
  });

  test("keep scaling, axes and training record of a fitted model, and its output bit for bit", async () => {
    const pairs = smallPairs(40);
    const model = smallModel();
    await fit(model, pairs, { epochs: 2, batch: 8, seed: 4 });
    await saveModel(model, path);
    const loaded = await loadModel(path, { kind: "im2spec" });
    expectTypeOf(loaded).toEqualTypeOf<Im2specModel>();
    expect(loaded.scaling).toEqual(pairs.scaling);
    expect(loaded.axes).toEqual(pairs.axes);
    expect(loaded.training).toEqual(model.training);
    expect(loaded.training?.epochs).toHaveLength(2);
    expect([...(await predict(loaded, pairs)).data]).toEqual([...(await predict(model, pairs)).data]);
    await fit(loaded, pairs, { epochs: 1, batch: 8 }); // a loaded model is as good as a made one
  });

  test("keep losses that are no numbers", async () => {
    const model = smallModel();
    model.training = {
      kind: "training",
      epochs: [{ epoch: 1, loss: Number.NaN, validationLoss: Number.POSITIVE_INFINITY, learningRate: 1, seconds: 1 }],
      keptEpoch: 0,
      state: "diverged",
      engine: "x",
      traced: false,
      seconds: 1,
      options: { seed: 1 },
    };
    await saveModel(model, path);
    expect((await loadModel(path)).training).toEqual(model.training);
  });

  test("leave a file that PyTorch users read: its tensors have the names of the parameters", async () => {
    const model = smallModel();
    await saveModel(model, path);
    const { tensors } = await readSafetensors(path);
    expect(Object.keys(tensors)).toEqual(Object.keys(model.parameters));
  });
});

describe("saveModel refuses", () => {
  test("what is no model", async () => {
    const run = await fit(smallModel(), smallPairs(8), { epochs: 1, batch: 4 });
    for (const other of [run, undefined, { kind: "imagine" }]) {
      const error = await caught(() => saveModel(other as never, path));
      expect([error.tag, error.needed]).toEqual(["OptionError", expect.stringContaining("im2spec")]);
    }
  });

  test("weights that are not finite, and keeps the file that was there", async () => {
    const model = smallModel();
    await saveModel(model, path);
    model.parameters["decoder.fc.weight"].data[3] = Number.NaN;
    const error = await caught(() => saveModel(model, path));
    expect([error.tag, error.got]).toEqual(["DataError", 'NaN in "decoder.fc.weight"']);
    expect((await loadModel(path)).parameters["decoder.fc.weight"].data[3]).not.toBeNaN();
    expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
  });
});

describe("loadModel refuses", () => {
  type Change = Parameters<typeof rewrite>[0];
  const options = (record: Record<string, unknown>) => record.options as Record<string, unknown>;
  test.each<[string, Change, RegExp]>([
    ["a missing tensor", (t) => void delete t["encoder.fc.weight"], /tensor "encoder.fc.weight"\n.*no such tensor/],
    [
      "the first of several that do not fit",
      (t) => {
        delete t["decoder.out.bias"];
        delete t["encoder.conv.block.2.bias"];
      },
      /tensor "encoder.conv.block.2.bias"/,
    ],
    [
      "a tensor of another shape",
      (t) => {
        t["encoder.fc.bias"] = { data: new Float32Array(3), shape: [3] };
      },
      /tensor "encoder.fc.bias"\n.*shape \[3\]\n.*shape \[2\]/,
    ],
    [
      "a tensor too many",
      (t) => {
        t["encoder.more"] = { data: new Float32Array(1), shape: [1] };
      },
      /tensor "encoder.more"/,
    ],
    [
      "a tensor of another type",
      (t) => {
        t["encoder.fc.bias"] = { data: Float64Array.of(1, 2) as never, shape: [2] };
      },
      /tensor "encoder.fc.bias"\n.*type float64\n.*float32/,
    ],
    [
      "a value that is no number",
      (t) => {
        t["encoder.fc.bias"].data[1] = Number.NaN;
      },
      /encoder.fc.bias.*sum/s,
    ],
    [
      "a changed weight",
      (t) => {
        t["encoder.fc.bias"].data[1] += 1;
      },
      /"encoder.fc.bias" with another check sum/,
    ],
    [
      "options that give other shapes",
      (_, r) => {
        options(r).latent = 3;
      },
      /tensor "encoder.fc.weight"/,
    ],
    [
      "sizes that make a network beyond all memory",
      (_, r) => {
        Object.assign(options(r), { latent: 60_000, spectrum: 60_000 });
      },
      /options of a model \(im2spec\) of far more than its/,
    ],
    [
      "options that make no model",
      (_, r) => {
        options(r).latent = -1;
      },
      /cannot be made\n.*latent -1/,
    ],
    [
      "options of another type",
      (_, r) => {
        options(r).image = null;
      },
      /holds a model that cannot be made[\s\S]*image height undefined/,
    ],
    [
      "sizes beyond all memory",
      (_, r) => {
        options(r).encoderLayers = 1e9;
      },
      /encoderLayers 1000000000 of a model/,
    ],
    [
      "an unknown kind",
      (_, r) => {
        r.kind = "imagine";
      },
      /kind "imagine"\n.*im2spec, .*vae/,
    ],
    [
      "a kind that every object has",
      (_, r) => {
        r.kind = "constructor";
      },
      /kind "constructor"/,
    ],
    [
      "a record of the future",
      (_, r) => {
        r.version = 2;
      },
      /record version 2/,
    ],
    ["a record without options", (_, r) => void delete r.options, /without kind, options or check sums/],
    [
      "a scaling without range",
      (_, r) => {
        r.scaling = { images: { offset: 0 } };
      },
      /the scaling/,
    ],
    [
      "an axis without size",
      (_, r) => {
        r.axes = { x: { name: "x", units: "nm" } };
      },
      /axis "x" has no valid size/,
    ],
    [
      "a training record of another form",
      (_, r) => {
        r.training = { kind: "?" };
      },
      /training record/,
    ],
  ])("%s", async (_, change, message) => {
    await saveModel(smallModel(), path);
    await rewrite(change);
    const error = await caught(() => loadModel(path));
    expect(error.message).toMatch(message);
    expect(error.remedy).not.toBe("");
  });

  test("another kind than asked for", async () => {
    await saveModel(smallModel(), path);
    const error = await caught(() => loadModel(path, { kind: "spec2im" }));
    expect([error.tag, error.got, error.needed]).toEqual(["OptionError", "kind im2spec", "kind spec2im"]);
  });

  test("weights without a record, and says how to read them", async () => {
    await writeSafetensors(path, smallModel().parameters);
    expect((await caught(() => loadModel(path))).remedy).toContain("importWeights(model,");
  });

  test("a record whose check sum does not fit", async () => {
    await saveModel(smallModel(), path);
    const bytes = readFileSync(path);
    const seed = bytes.indexOf('seed\\":1');
    bytes.write('seed\\":2', seed);
    writeFileSync(path, bytes);
    expect((await caught(() => loadModel(path))).got).toMatch(/record with another check sum/);
  });
});

describe("saveEnsemble and loadEnsemble", () => {
  const members = () => ensemble((seed) => smallModel({ seed }), { size: 3 });

  test("give back every member", async () => {
    await saveEnsemble(members(), path);
    const loaded = await loadEnsemble(path, { kind: "im2spec" });
    expectTypeOf(loaded).toEqualTypeOf<readonly Im2specModel[]>();
    expect(loaded).toEqual(members());
  });

  test("name the other function where the file holds the other thing", async () => {
    await saveEnsemble(members(), path);
    expect((await caught(() => loadModel(path))).remedy).toContain("loadEnsemble(");
    await saveModel(smallModel(), path);
    expect((await caught(() => loadEnsemble(path))).remedy).toContain("loadModel(");
    expect((await caught(() => saveEnsemble([], path))).tag).toBe("OptionError");
  });

  test.each<[string, (tensors: Record<string, WritableTensor>, texts: Record<string, string>) => void, RegExp]>([
    ["a lost member", (_, texts) => delete texts["specbook.2"], /2 records of 3 members/],
    ["a tensor of no member", (t) => Object.assign(t, { "7.x": t["0.encoder.fc.bias"] }), /"7.x" of no member/],
    ["a tensor without a number", (t) => Object.assign(t, { x: t["0.encoder.fc.bias"] }), /"x" of no member/],
    ["a tensor that a member lacks", (t) => delete t["1.encoder.fc.bias"], /tensor "encoder.fc.bias"/],
    [
      "weights of another member",
      (t) => Object.assign(t, { "1.encoder.fc.bias": t["0.encoder.fc.bias"] }),
      /check sum/,
    ],
  ])("refuse %s", async (_, change, message) => {
    await saveEnsemble(members(), path);
    const { tensors, metadata } = await readSafetensors(path);
    const [copy, texts] = [{ ...tensors } as Record<string, WritableTensor>, { ...metadata }];
    change(copy, texts);
    await writeSafetensors(path, copy, texts);
    const error = await caught(() => loadEnsemble(path));
    expect([error.tag, error.message]).toEqual(["FormatError", expect.stringMatching(message)]);
  });
});

describe("damage", () => {
  const MUTANTS = 300;
  test(`of ${MUTANTS} damaged copies of a saved model every one is refused or read right`, async () => {
    const model: Model = smallModel({ encoderFilters: 2, decoderFilters: 2 });
    await saveModel(model, path);
    const whole = readFileSync(path);
    const counts: Record<string, number> = {};
    for (let seed = 0; seed < MUTANTS; seed++) {
      const random = createRandom(seed);
      const copy = Buffer.from(whole);
      // Half of the flips hit the header, which is the smaller part.
      const reach = random.uniform() < 0.5 ? copy.length - Number(whole.readBigUInt64LE(0)) : copy.length;
      for (let flips = 1 + random.integer(3); flips > 0; flips--) copy[random.integer(reach)] ^= 1 << random.integer(8);
      writeFileSync(path, random.uniform() < 0.1 ? copy.subarray(0, random.integer(copy.length)) : copy);
      const outcome = await loadModel(path).catch((error: { tag?: string }) => error.tag ?? error);
      if (typeof outcome !== "string") expect(outcome, `seed ${seed}`).toEqual(model);
      const name = typeof outcome === "string" ? outcome : "right";
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(Object.keys(counts).filter((name) => !["FormatError", "right"].includes(name))).toEqual([]);
    expect(counts.FormatError).toBeGreaterThan(0.9 * MUTANTS); // only the padding of the header is without a check
  });
});
