import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { type Axis, axis } from "../../src/data/axis";
import { addHistory } from "../../src/data/history";
import { image } from "../../src/data/image";
import { spectrumImage } from "../../src/data/spectrum-image";
import { load } from "../../src/io/load";
import { inspect, read } from "../../src/io/read";
import { save } from "../../src/io/save";
import { caught } from "../support/caught";
import { testPeers } from "../support/reader-peers";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

const [ROWS, COLUMNS, CHANNELS] = [3, 4, 5];
const y = axis("y", ROWS, { units: "nm", scale: 0.5, offset: -1 });
const x = axis("x", COLUMNS, { units: "nm", scale: 0.25 });
const energy = axis("energy", CHANNELS, { units: "eV", offset: 100.3, scale: 0.1 });
/** Every kind of float32: large, subnormal, signed zero, and numbers that have no short decimal. */
const odd = [3.4028234663852886e38, 1e-45, -0, 1 / 3, -1.1754943508222875e-38, Math.PI];
const random = createRandom(3);
const numbers = (size: number) => Float32Array.from({ length: size }, (_, i) => odd[i] ?? random.normal());
const history = addHistory([], "crop", { energy: [100, 200], note: "grün" });
const metadata = {
  sample: "a test",
  instrument: { beamEnergyKeV: 60, collectionSemiAngleMrad: 30, microscope: "Nion" },
};
const haadf = image(numbers(ROWS * COLUMNS), [ROWS, COLUMNS], { axes: { y, x }, history });
const spectra = spectrumImage(numbers(ROWS * COLUMNS * CHANNELS), [ROWS, COLUMNS, CHANNELS], {
  axes: { y, x, energy },
  metadata,
  history,
});
const COMPONENTS = 2;
const common = { axes: { y, x, energy }, options: { components: COMPONENTS, seed: 1 }, metadata: {}, history };
const maps = { data: numbers(COMPONENTS * ROWS * COLUMNS), shape: [COMPONENTS, ROWS, COLUMNS] };
const found = { data: numbers(COMPONENTS * CHANNELS), shape: [COMPONENTS, CHANNELS] };
const nmf = { kind: "nmf", maps, endmembers: found, error: 0.25, trace: [0.5, 0.25], converged: true, ...common };
const pca = {
  ...{ kind: "pca", maps, components: found, mean: numbers(CHANNELS), ...common },
  explainedVariance: Float64Array.of(2, 1 / 3),
  explainedVarianceRatio: Float64Array.of(0.75, 0.25),
};
const bits = (data: Float32Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");

describe("what is saved and loaded again", () => {
  test.each([".hspy", ".h5", ".npz"])(
    "%s has the same bits, axes, history and metadata, packed or not",
    async (ending) => {
      for (const gzip of [false, true]) {
        const path = at(`pair${gzip}${ending}`);
        await save({ haadf, spectra }, path, { gzip });
        const loaded = await load(path);
        expect(bits(loaded.image.data)).toBe(bits(haadf.data));
        expect(bits(loaded.spectra.data)).toBe(bits(spectra.data));
        for (const name of ["y", "x", "energy"] as const) {
          const { offset, scale, ...rest } = loaded.spectra.axes[name];
          const wanted: Axis = spectra.axes[name];
          expect(rest).toEqual({ name, units: wanted.units, size: wanted.size });
          expect(offset).toBe(wanted.offset);
          expect(scale).toBeCloseTo(wanted.scale, 12); // NSID keeps the values along an axis, not its step
        }
        expect(loaded.spectra.history.slice(0, -1)).toEqual(history);
        expect(loaded.spectra.history.at(-1)?.operation).toBe("read");
        expect(loaded.spectra.metadata).toMatchObject({ ...metadata, name: "spectra" });
        expect(loaded.spectra.metadata).not.toHaveProperty("quantity"); // not a word that the format asks for
        expect(loaded.spectra.metadata.units).toBe(spectra.metadata.units);
        expect((await inspect(path)).map(({ name }) => name).sort()).toEqual(["haadf", "spectra"]);
      }
    },
  );

  test.each([".hspy", ".h5", ".npz"])("%s keeps every array of a result, with its axes", async (ending) => {
    for (const result of [nmf, pca]) {
      const path = at(`${result.kind}${ending}`);
      await save(result, path);
      const signals = new Map((await read(path)).map((signal) => [signal.metadata.name, signal]));
      const names = Object.keys(result).filter((name) => signals.has(name));
      expect(names.sort()).toEqual(
        result.kind === "nmf"
          ? ["endmembers", "maps", "trace"]
          : ["components", "explainedVariance", "explainedVarianceRatio", "maps", "mean"],
      );
      const saved = signals.get("maps");
      expect(saved?.shape).toEqual(maps.shape);
      expect(Object.values(saved?.axes ?? {})).toMatchObject([{ name: "component", size: 2 }, y, x]);
      expect(bits(saved?.data ?? new Float32Array())).toBe(bits(maps.data));
      expect(saved?.metadata).toMatchObject({ result: result.kind, options: { components: COMPONENTS } });
      expect(saved?.history.slice(0, -1)).toEqual(history);
    }
  });

  test("an array of four axes and a list as read() gives it come back", async () => {
    const axes = ["a", "b", "c", "c"].map((name, i) => axis(name, i + 2, { units: i < 2 ? "nm" : "1/nm", scale: 0.5 }));
    const stack = { kind: "array", data: numbers(120), shape: [2, 3, 4, 5], axes, metadata, history } as const;
    for (const ending of [".hspy", ".h5", ".npz"]) {
      await save([stack, haadf, haadf], at(`list${ending}`));
      const signals = await read(at(`list${ending}`));
      expect(signals.map(({ metadata: { name } }) => name).sort()).toEqual(["array", "image", "image 2"]);
      const [again] = signals.filter(({ kind }) => kind === "array");
      expect([again.shape, bits(again.data)]).toEqual([[2, 3, 4, 5], bits(stack.data)]);
      expect(Object.values(again.axes)).toMatchObject(axes.map(({ units, scale, size }) => ({ units, scale, size })));
    }
  });

  test("two steps with the same list of options both keep it, and a record inside itself is left out", async () => {
    const band = [100.4, 100.6];
    const circle: Record<string, unknown> = { word: "kept" };
    circle.self = circle;
    const twice = addHistory(addHistory([], "crop", { energy: band }), "normalise", { energy: band });
    const noted = spectrumImage(spectra.data, spectra.shape, {
      axes: spectra.axes,
      metadata: { circle, fitted: band },
      history: twice,
    });
    for (const ending of [".hspy", ".h5", ".npz"]) {
      await save(noted, at(`twice${ending}`));
      const [again] = await read(at(`twice${ending}`));
      expect(again.history.slice(0, -1)).toEqual(twice);
      expect(again.metadata).toMatchObject({ circle: { word: "kept" }, fitted: band });
    }
  });

  test("an axis of one point keeps its step, and one in pixels its offset", async () => {
    const axes = { y: axis("y", 1, { units: "nm", offset: 3, scale: 0.5 }), x, energy };
    const row = spectrumImage(numbers(COLUMNS * CHANNELS), [1, COLUMNS, CHANNELS], { axes });
    const cropped = axis("y", ROWS, { offset: 10, scale: 2 });
    const part = image(numbers(ROWS * COLUMNS), [ROWS, COLUMNS], { axes: { y: cropped, x } });
    for (const ending of [".hspy", ".h5", ".npz", ".csv"]) {
      await save(row, at(`row${ending}`));
      await save(part, at(`part${ending}`));
      const [[line], [picture]] = [await read(at(`row${ending}`)), await read(at(`part${ending}`))];
      expect(Object.values(line.axes)[0], ending).toEqual(axes.y);
      expect(Object.values(picture.axes)[0], ending).toEqual(cropped);
    }
  });

  test("names that one format must write alike stay apart", async () => {
    const [one, other] = [image(Float32Array.of(1), [1, 1]), image(Float32Array.of(2), [1, 1])];
    for (const ending of [".hspy", ".h5", ".npz"]) {
      await save({ "O/Ti": one, O_Ti: other }, at(`ratio${ending}`));
      const values = (await read(at(`ratio${ending}`))).map(({ data }) => data[0]);
      expect(values.sort(), ending).toEqual([1, 2]);
    }
  });

  test.each([".hspy", ".h5", ".npz", ".csv"])("a stop before or while %s is written leaves nothing", async (ending) => {
    const stop = new AbortController();
    stop.abort();
    const error = await caught(() => save(haadf, at(`stopped${ending}`), { signal: stop.signal }));
    expect([error.tag, existsSync(at(`stopped${ending}`))]).toEqual(["CancelledError", false]);
  });

  test("data of several blocks come back whole", async () => {
    const size = [40, 50, 9000] as const; // 72 MB: more than one block of 64 MiB
    const large = Float32Array.from({ length: 40 * 50 * 9000 }, (_, i) => i % 8191);
    await save(spectrumImage(large, size), at("large.hspy"));
    const [again] = await read(at("large.hspy"), { energy: { units: "channel" } });
    expect(Buffer.compare(Buffer.from(again.data.buffer), Buffer.from(large.buffer))).toBe(0);
  });

  test("gzip makes a file smaller, and is refused for a text", async () => {
    const flat = image(new Float32Array(10_000), [100, 100]);
    for (const ending of [".hspy", ".h5", ".npz"]) {
      await save(flat, at(`flat${ending}`));
      await save(flat, at(`packed${ending}`), { gzip: true });
      expect(statSync(at(`packed${ending}`)).size).toBeLessThan(statSync(at(`flat${ending}`)).size - 20_000);
    }
    expect((await caught(() => save(flat, at("flat.csv"), { gzip: true }))).tag).toBe("OptionError");
  });
});

describe("tables of text", () => {
  test("an image is a matrix under a line that says what it is", async () => {
    await save(haadf, at("image.csv"));
    const [head, ...rows] = readFileSync(at("image.csv"), "utf8").trimEnd().split("\n");
    expect(head).toBe(
      "# image; rows: y 3 points from -1 in steps of 0.5 nm; columns: x 4 points from 0 in steps of 0.25 nm",
    );
    const values = Float32Array.from(rows.flatMap((row) => row.split(",").map(Number)));
    expect(bits(values)).toBe(bits(haadf.data));
  });

  test("a spectrum is two columns, several have one each, a result is its spectra", async () => {
    const one = spectrumImage(Float32Array.of(0.1, 2, 3e-7, 4, 16777216), [1, 1, CHANNELS], { axes: { energy } });
    await save(one, at("spectrum.csv"));
    expect(readFileSync(at("spectrum.csv"), "utf8").split("\n").slice(1)).toEqual([
      "energy (eV),value",
      "100.3,0.1",
      "100.4,2",
      "100.5,3e-7",
      "100.6,4",
      "100.7,16777216",
      "",
    ]);
    await save(spectra, at("spectra.csv"));
    const titles = readFileSync(at("spectra.csv"), "utf8").split("\n")[1].split(",");
    expect([titles.length, titles[0], titles[2], titles[12]]).toEqual([13, "energy (eV)", "y 0 x 1", "y 2 x 3"]);
    await save(nmf, at("nmf.csv"));
    expect(readFileSync(at("nmf.csv"), "utf8").split("\n")[1]).toBe("energy (eV),component 1,component 2");
  });

  test.each([
    ["image", haadf],
    ["spectra", spectra],
  ] as const)("%s come back from a table with the same bits and axes", async (name, signal) => {
    const path = at(`${name}.csv`);
    await save(signal, path);
    const [again] = await read(path);
    expect([again.kind, again.shape]).toEqual([signal.kind, signal.shape]);
    expect(bits(again.data)).toBe(bits(signal.data));
    expect(again.axes).toEqual(signal.axes);
  });

  test("a list and a table without energies come back as they are", async () => {
    const axes = [axis("fold", 2), axis("epoch", 3, { offset: 1 })];
    for (const own of [axes, axes.slice(1)]) {
      const shape = own.map(({ size }) => size);
      const data = numbers(shape.reduce((a, b) => a * b, 1));
      await save({ kind: "array", data, shape, axes: own, metadata: {}, history: [] }, at("table.csv"));
      const [again] = await read(at("table.csv"));
      expect([again.kind, again.shape, again.axes]).toEqual(["array", shape, own]);
      expect(bits(again.data)).toBe(bits(data));
    }
  });

  test("what is no one table is refused with what to do", async () => {
    const error = await caught(() => save({ haadf, spectra }, at("both.csv")));
    expect([error.tag, error.got]).toEqual(["OptionError", "haadf 3 x 4; spectra 3 x 4 x 5"]);
    const wide = spectrumImage(new Float32Array(2 * 16_400), [1, 16_400, 2], { axes: { energy: axis("energy", 2) } });
    expect((await caught(() => save(wide, at("wide.csv")))).got).toBe("1 x 16400 x 2");
  });
});

describe("save refuses", () => {
  test("an ending it does not know, with those it knows", async () => {
    for (const path of ["a.tif", "a", 5 as unknown as string]) {
      const error = await caught(() => save(haadf, path));
      expect(error.tag).toBe("OptionError");
      expect(error.needed).toBe(
        "a path that ends with .hspy (HyperSpy), .h5 (NSID), .npz (NumPy archive), .csv (table of text)",
      );
    }
  });

  test.each([
    ["text", "text"],
    ["null", null],
    ['an object of kind "errors"', { kind: "errors" }],
    ["an object with the keys a, b", { a: haadf, b: 5 }],
  ])("%s, which is no data", async (got, value) => {
    const error = await caught(() => save(value as never, at("nothing.hspy")));
    expect([error.tag, error.got]).toEqual(["OptionError", got]);
    expect(existsSync(at("nothing.hspy"))).toBe(false);
  });

  test.each([".hspy", ".h5", ".npz", ".csv"])(
    "a folder that is not there, and leaves nothing behind: %s",
    async (ending) => {
      const error = await caught(() => save(haadf, at(`no/such/folder/a${ending}`)));
      expect([error.tag, error.got]).toEqual(["FileError", expect.stringContaining("no folder")]);
    },
  );
});

describe("an older file", () => {
  test.each([".hspy", ".h5"])("stays as it was when the writing of %s is stopped or fails", async (ending) => {
    const own = at(`own${ending}`);
    mkdirSync(own);
    const path = join(own, `old${ending}`);
    writeFileSync(path, "precious");
    const signal = AbortSignal.abort();
    const error = await caught(() => save(haadf, path, { gzip: true, signal }));
    expect(error.tag).toBe("CancelledError");
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(readdirSync(own)).toEqual([`old${ending}`]);
    await save(haadf, path);
    expect(bits((await read(path))[0].data)).toBe(bits(haadf.data));
    expect(readdirSync(own)).toEqual([`old${ending}`]);
  });
});

interface Opened {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly bytes: string;
  readonly axes: unknown;
  readonly kind: string;
}

testPeers("HyperSpy, NumPy and h5py open what was saved, bit by bit, with axes, metadata and history", async (peer) => {
  const names = ["peer.hspy", "packed.hspy", "peer.h5", "peer.npz", "nmf.hspy", "image.csv"];
  for (const name of names.slice(0, 4)) await save({ haadf, spectra }, at(name), { gzip: name.startsWith("packed") });
  await save(nmf, at("nmf.hspy"));
  await save(haadf, at("image.csv"));
  const script = resolve(__dirname, "open-saved.py");
  const opened = (await peer(script, names.map(at))) as Record<string, Opened[]>;
  const [imageBits, spectraBits] = [bits(haadf.data), bits(spectra.data)];
  for (const name of names.slice(0, 4)) {
    expect(opened[name].map(({ shape, dtype, bytes }) => [shape, dtype, bytes])).toEqual([
      [[3, 4], "float32", imageBits],
      [[3, 4, 5], "float32", spectraBits],
    ]);
  }
  for (const name of ["peer.hspy", "packed.hspy"]) {
    expect(opened[name]).toMatchObject([
      {
        name: "haadf",
        kind: "Signal2D",
        history: ["crop"],
        axes: [
          ["y", "nm", -1, 0.5, false],
          ["x", "nm", 0, 0.25, false],
        ],
      },
      {
        name: "spectra",
        kind: "EELSSpectrum",
        history: ["crop"],
        instrument: { beam_energy: 60, microscope: "Nion", Detector: { EELS: { collection_angle: 30 } } },
        axes: [
          ["y", "nm", -1, 0.5, true],
          ["x", "nm", 0, 0.25, true],
          ["energy", "eV", 100.3, 0.1, false],
        ],
      },
    ]);
  }
  expect(opened["peer.h5"]).toMatchObject([
    { name: "Measurement_000/Channel_000/haadf/haadf", kind: "IMAGE" },
    { name: "Measurement_000/Channel_001/spectra/spectra", kind: "SPECTRAL_IMAGE" },
  ]);
  const values = Array.from({ length: CHANNELS }, (_, i) => 100.3 + 0.1 * i);
  expect(opened["peer.h5"][1].axes).toEqual([
    ["y", "nm", "SPATIAL", [-1, -0.5, 0]],
    ["x", "nm", "SPATIAL", [0, 0.25, 0.5, 0.75]],
    ["energy", "eV", "SPECTRAL", values],
  ]);
  expect(opened["peer.npz"][1].axes).toEqual([
    ["y", "nm", [-1, -0.5, 0]],
    ["x", "nm", [0, 0.25, 0.5, 0.75]],
    ["energy", "eV", values],
  ]);
  expect(opened["nmf.hspy"].map(({ name, kind, shape }) => [name, kind, shape])).toEqual([
    ["endmembers", "EELSSpectrum", [2, 5]],
    ["maps", "Signal2D", [2, 3, 4]],
    ["trace", "Signal1D", [2]],
  ]);
  expect(opened["image.csv"][0].bytes).toBe(imageBits);
});
