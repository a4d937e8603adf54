import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { load } from "../../src/io/load";
import { inspect, read } from "../../src/io/read";
import { caught } from "../support/caught";
import { reconstructedFito } from "../support/fito";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";
import { addNsid, type NsidDimension, steps, writeHdf5 } from "../support/write-hdf5";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

const ROWS = 3;
const COLUMNS = 4;
const CHANNELS = 5;
const scan = (rows = ROWS, columns = COLUMNS): NsidDimension[] => [
  { name: "x", values: steps(rows, 0.5e-9), units: "m", type: "SPATIAL" },
  { name: "y", values: steps(columns, 0.25e-9), units: "m", type: "SPATIAL" },
];
const energy: NsidDimension = { name: "energy_loss", values: steps(CHANNELS, 2, 100), units: "meV", type: "SPECTRAL" };
/** No two equal values and no symmetry: a swapped axis shows. */
const cube = Float64Array.from({ length: ROWS * COLUMNS * CHANNELS }, (_, i) => i + (i % 7) / 8);
const flat = Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => 1000 - 3 * i);
const haadf = (channel: string, data = flat, dimensions = scan()) =>
  ({ channel, data, dimensions, dataType: "IMAGE", quantity: "intensity" }) as const;
const eels = (channel: string, data: Float64Array = cube, dimensions = [...scan(), energy]) =>
  ({ channel, data, dimensions, dataType: "SPECTRAL_IMAGE", quantity: "energy loss" }) as const;

describe("load of an NSID file", () => {
  const path = at("pair.h5");
  beforeAll(() =>
    writeHdf5(path, (root) => {
      addNsid(root, haadf("Channel_000"));
      addNsid(root, eels("Channel_001"));
    }),
  );

  test("gives image and spectra in the order of the file, in nm and eV", async () => {
    const { image, spectra } = await load(path);
    expect([image.shape, spectra.shape]).toEqual([
      [ROWS, COLUMNS],
      [ROWS, COLUMNS, CHANNELS],
    ]);
    expect(image.data).toEqual(Float32Array.from(flat));
    expect(spectra.data).toEqual(Float32Array.from(cube));
    expect(image.data[1 * COLUMNS + 2]).toBe(1000 - 3 * 6);
    expect(spectra.axes.energy).toMatchObject({ name: "energy", units: "eV", size: CHANNELS });
    expect(spectra.axes.energy.offset).toBeCloseTo(0.1, 12);
    expect(spectra.axes.energy.scale).toBeCloseTo(0.002, 12);
    expect(spectra.axes.y).toMatchObject({ name: "y", units: "nm", size: ROWS });
    expect([spectra.axes.y.scale, spectra.axes.x.scale].map((v) => Number(v.toFixed(9)))).toEqual([0.5, 0.25]);
    expect(spectra.history[0]).toMatchObject({
      operation: "read",
      options: { format: "NSID", stored: "float64", converted: { energy: "meV to eV", x: "m to nm", y: "m to nm" } },
    });
    expect(spectra.metadata).toMatchObject({ name: "Channel_001", fileAxes: ["x", "y", "energy_loss"] });
  });

  test("moves an energy axis that the file has first to the end", async () => {
    const path = await writeHdf5(at("energy-first.h5"), (root) => {
      const moved = new Float64Array(cube.length);
      for (let pixel = 0; pixel < ROWS * COLUMNS; pixel++) {
        for (let e = 0; e < CHANNELS; e++) moved[e * ROWS * COLUMNS + pixel] = cube[pixel * CHANNELS + e];
      }
      addNsid(root, haadf("Channel_000"));
      addNsid(root, eels("Channel_001", moved, [energy, ...scan()]));
    });
    expect((await load(path)).spectra.data).toEqual(Float32Array.from(cube));
  });

  test("with several candidates asks, lists them, and takes the named one", async () => {
    const path = await writeHdf5(at("several.h5"), (root) => {
      addNsid(root, haadf("Channel_000"));
      addNsid(
        root,
        haadf(
          "Channel_001",
          flat.map((v) => -v),
        ),
      );
      addNsid(root, eels("Channel_002"));
      addNsid(
        root,
        eels(
          "Channel_003",
          cube.map((v) => 2 * v),
        ),
      );
    });
    const error = await caught(() => load(path));
    expect([error.tag, error.got]).toEqual([
      "OptionError",
      '"/Channel_002/generic/generic" energy loss 3 x 4 x 5; "/Channel_003/generic/generic" energy loss 3 x 4 x 5',
    ]);
    expect(error.remedy).toContain('{ spectra: "Channel_002" }');
    expect((await caught(() => load(path, { spectra: "Channel_002" }))).remedy).toContain('{ image: "Channel_000" }');
    const chosen = await load(path, { spectra: "Channel_003", image: "/Channel_001/generic/generic" });
    expect([chosen.spectra.data[1], chosen.image.data[0]]).toEqual([2 * cube[1], -1000]);
    const wrong = await caught(() => load(path, { spectra: "Channel_009" }));
    expect([wrong.tag, wrong.remedy]).toEqual(["OptionError", 'choose one: { spectra: "Channel_000" }']);
    const image = await caught(() => load(path, { spectra: "Channel_000" }));
    expect([image.tag, image.needed]).toEqual(["FormatError", "two scan axes and a spectral axis"]);
  });

  test("of a survey and a scanned image takes the one with the scan of the spectra and says so", async () => {
    const path = await writeHdf5(at("survey.h5"), (root) => {
      addNsid(root, haadf("Channel_000", new Float64Array(64), scan(8, 8)));
      addNsid(root, haadf("Channel_001"));
      addNsid(root, eels("Channel_002"));
    });
    const { image } = await load(path);
    expect(image.shape).toEqual([ROWS, COLUMNS]);
    expect(image.metadata.chosen).toBe("the only one of 2 images with the scan of the spectra");
  });

  test.each([
    ["turned", COLUMNS, ROWS, "axes of one of them are swapped"],
    ["finer", 2 * ROWS, 2 * COLUMNS, "2 x 2 points per scan pixel"],
    ["other", ROWS + 1, COLUMNS, "choose the image"],
  ])("refuses an image of a %s scan with both shapes and a remedy", async (name, rows, columns, remedy) => {
    const path = await writeHdf5(at(`${name}.h5`), (root) => {
      addNsid(root, haadf("Channel_000", new Float64Array(rows * columns), scan(rows, columns)));
      addNsid(root, eels("Channel_001"));
    });
    const error = await caught(() => load(path));
    expect(error.tag).toBe("ShapeError");
    expect(error.got).toContain(`${rows} x ${columns}; spectra /Channel_001/generic/generic: 3 x 4`);
    expect(error.remedy).toContain(remedy);
  });

  test("refuses a file without spectra and one without an image, and names what to do", async () => {
    const image = await writeHdf5(at("image-only.h5"), (root) => void addNsid(root, haadf("Channel_000")));
    const noSpectra = await caught(() => load(image));
    expect([noSpectra.tag, noSpectra.got]).toEqual(["FormatError", '"/Channel_000/generic/generic" intensity 3 x 4']);
    const spectra = await writeHdf5(at("spectra-only.h5"), (root) => void addNsid(root, eels("Channel_000")));
    const noImage = await caught(() => load(spectra));
    expect([noImage.tag, noImage.remedy]).toEqual(["FormatError", expect.stringContaining("await read(")]);
    const both = await load(spectra, { image });
    expect([both.image.metadata.file, both.spectra.shape]).toEqual([image, [ROWS, COLUMNS, CHANNELS]]);
  });

  test.each([
    ["", "it has no units"],
    ["MeV", "read as milli or as mega"],
  ])('refuses an energy axis in "%s" and names the option that settles it', async (units, got) => {
    const path = await writeHdf5(at(`units-${units}.h5`), (root) => {
      addNsid(root, haadf("Channel_000"));
      addNsid(root, eels("Channel_001", cube, [...scan(), { ...energy, units }]));
    });
    const error = await caught(() => load(path));
    expect([error.tag, error.got]).toEqual(["AxisError", expect.stringContaining(got)]);
    expect(error.remedy).toContain('{ energy: { units: "eV" } }');
    expect((await load(path, { energy: { units: "keV" } })).spectra.axes.energy).toMatchObject({
      offset: 100_000,
      scale: 2000,
      units: "eV",
    });
    const shifted = (await load(path, { energy: { units: "eV", offset: 7 } })).spectra;
    expect([shifted.axes.energy.offset, shifted.axes.energy.scale]).toEqual([7, 2]);
    expect(shifted.history[0].options.energy).toEqual({ units: "eV", offset: 7 });
    const bare = (await load(path, { energy: { units: "channel" } })).spectra.axes.energy;
    expect(bare).toMatchObject({ name: "channel", units: "channel", offset: 0, scale: 1 });
    const joule = { units: "J" } as unknown as { units: "eV" }; // what a cell without types may pass
    expect((await caught(() => load(path, { energy: joule }))).tag).toBe("OptionError");
  });

  test("what the option energy leaves out is taken from the file, in the units of the file", async () => {
    const energyOf = async (given: Parameters<typeof load>[1]) => (await load(path, given)).spectra; // in meV
    const own = (await energyOf({})).axes.energy;
    for (const [given, offset, scale] of [
      [{}, own.offset, own.scale],
      [{ offset: 7 }, 7, own.scale],
      [{ scale: 0.25 }, own.offset, 0.25],
      [{ offset: 7, scale: 0.25 }, 7, 0.25],
      [{ units: "eV" }, 1000 * own.offset, 1000 * own.scale],
    ] as const) {
      const { axes, history } = await energyOf({ energy: given });
      expect([axes.energy.offset, axes.energy.scale], JSON.stringify(given)).toEqual([offset, scale]);
      expect(axes.energy.units).toBe("eV");
      const isFromFile = !("units" in given) && !("offset" in given && "scale" in given);
      expect("energy" in ((history[0].options.converted ?? {}) as object), JSON.stringify(given)).toBe(isFromFile);
    }
  });

  test("refuses an energy axis that is not evenly spaced", async () => {
    const path = await writeHdf5(at("uneven.h5"), (root) => {
      addNsid(root, haadf("Channel_000"));
      addNsid(root, eels("Channel_001", cube, [...scan(), { ...energy, values: [1, 2, 4, 8, 16] }]));
    });
    expect((await caught(() => load(path))).got).toContain("not evenly spaced");
    expect((await inspect(path))[1].axes[2].problem).toContain("not evenly spaced");
  });

  test("pixelSize sets the scan axes", async () => {
    const { image, spectra } = await load(path, { pixelSize: 1.5 });
    for (const a of [image.axes.y, image.axes.x, spectra.axes.y, spectra.axes.x]) {
      expect([a.scale, a.units]).toEqual([1.5, "nm"]);
    }
    expect(spectra.history[0].options).toMatchObject({ pixelSize: 1.5, converted: { energy: "meV to eV" } });
    const { history } = (await load(path, { pixelSize: 1.5, energy: { units: "eV" } })).spectra;
    expect(history[0].options).not.toHaveProperty("converted");
    expect((await caught(() => load(path, { pixelSize: -1 }))).tag).toBe("OptionError");
  });

  test("reports NaN with its place; the option keeps it or sets it to 0", async () => {
    const path = await writeHdf5(at("nan.h5"), (root) => {
      addNsid(root, haadf("Channel_000"));
      const broken = Float64Array.from(cube);
      broken[(1 * COLUMNS + 2) * CHANNELS + 3] = Number.NaN;
      broken[59] = 1e300; // beyond float32
      addNsid(root, eels("Channel_001", broken));
    });
    const error = await caught(() => load(path));
    expect([error.tag, error.got]).toEqual([
      "DataError",
      "2 of 60 values NaN or infinite, the first (NaN) at [1, 2, 3]",
    ]);
    const kept = (await load(path, { nonFinite: "keep" })).spectra;
    expect([kept.data[33], kept.metadata.nonFinite]).toEqual([Number.NaN, 2]);
    const zeroed = (await load(path, { nonFinite: "zero" })).spectra;
    expect([zeroed.data[33], zeroed.data[59]]).toEqual([0, 0]);
    expect(zeroed.history[0].options.nonFinite).toBe("2 values: set to 0");
    expect((await read(path))[1].metadata.nonFinite).toBe(2);
    const wrong = { nonFinite: "drop" } as unknown as { nonFinite: "keep" }; // what a cell without types may pass
    expect((await caught(() => load(path, wrong))).tag).toBe("OptionError");
  });

  test("refuses more than the memory limit before it reads", async () => {
    process.env.SPECBOOK_MEMORY_LIMIT = "1MB";
    try {
      expect((await caught(() => load(path))).tag).toBe("MemoryError");
    } finally {
      delete process.env.SPECBOOK_MEMORY_LIMIT;
    }
  });
});

describe("bad files", () => {
  test.each([
    ["notes.h5", "These are the notes of the session.\n", "FormatError", "a text of 36 bytes"],
    ["empty.h5", "", "FormatError", "0 bytes"],
    ["image.h5", "\x89PNG\r\n\x1a\n....", "FormatError", "a PNG image"],
    ["survey.dm3", "\0\0\0\x03\0\0\0\0", "FormatError", "8 bytes"],
    ["noise.xyz", "\x01\x02\xff\xfe\x00", "FormatError", "5 bytes of unknown content"],
  ])("%s is refused for what it holds", async (name, content, tag, got) => {
    writeFileSync(at(name), content, "latin1");
    const error = await caught(() => load(at(name)));
    expect([error.tag, error.got]).toEqual([tag, expect.stringContaining(got)]);
  });

  test("a name that is not there gets near names, a folder says so", async () => {
    await writeHdf5(at("test_stem.h5"), (root) => void addNsid(root, eels("Channel_000")));
    expect((await caught(() => load(at("test_stm.h5")))).remedy).toBe('did you mean "test_stem.h5"?');
    expect((await caught(() => load(folder))).tag).toBe("FileError");
  });

  test.each([undefined, 5, ""])("%s is no path", async (path) => {
    const error = await caught(() => load(path as string)); // what a cell without types may pass
    expect([error.tag, error.needed]).toEqual(["OptionError", 'a text such as "data/scan.h5"']);
  });

  test("the content decides, not the name", async () => {
    await writeHdf5(at("pair.dat"), (root) => {
      addNsid(root, haadf("Channel_000"));
      addNsid(root, eels("Channel_001"));
    });
    expect((await load(at("pair.dat"))).spectra.shape).toEqual([ROWS, COLUMNS, CHANNELS]);
  });
});

describe("the paper's own layout", () => {
  testShared("reads back HAADF and spectra bit by bit, and leaves no file open", async () => {
    const { image, spectra } = await reconstructedFito();
    const [rows, columns, channels] = spectra.shape;
    const path = await writeHdf5(at("fito.h5"), (root) => {
      const values = Float64Array.from(
        { length: channels },
        (_, i) => spectra.axes.energy.offset + i * spectra.axes.energy.scale,
      );
      const positions = scan(rows, columns);
      const loss: NsidDimension = { name: "energy_loss", values, units: "eV", type: "SPECTRAL" };
      addNsid(root, haadf("Channel_000", Float64Array.from(image.data), positions));
      addNsid(root, { ...eels("Channel_001", cube, [...positions, loss]), data: spectra.data });
    });
    const open = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
    await load(path);
    const before = open();
    const loaded = await load(path);
    expect(open()).toBe(before);
    expect(loaded.image.data).toMatchArray(image.data);
    expect(loaded.spectra.data).toMatchArray(spectra.data);
    expect(loaded.spectra.shape).toEqual([62, 75, 187]);
    expect(loaded.spectra.axes.energy.offset).toBeCloseTo(spectra.axes.energy.offset, 12);
    expect((await inspect(path)).map(({ kind, bytes, dtype }) => [kind, bytes, dtype])).toEqual([
      ["image", 62 * 75 * 8, "float64"],
      ["spectrum-image", 62 * 75 * 187 * 4, "float32"],
    ]);
  });
});

describe("load of bare arrays", () => {
  /** Version 1.0 of the .npy format, by hand. */
  function npy(shape: readonly number[], data: Float32Array): Buffer {
    const fields = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
    const header = `${fields.padEnd(117)}\n`;
    const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
    return Buffer.concat([start, Buffer.from(header), Buffer.from(data.buffer)]);
  }
  const spectra = Float32Array.from(cube);
  const image = Float32Array.from(flat);

  test("asks for the energy axis and takes it, the image from another file", async () => {
    writeFileSync(at("cube.npy"), npy([ROWS, COLUMNS, CHANNELS], spectra));
    writeFileSync(at("flat.npy"), npy([ROWS, COLUMNS], image));
    const error = await caught(() => load(at("cube.npy"), { image: at("flat.npy") }));
    expect([error.tag, error.got]).toEqual(["FormatError", '"cube" 3 x 4 x 5']);
    expect(error.remedy).toContain('{ spectra: "cube", energy: { axis: 2, units: "eV", offset: FIRST, scale: STEP } }');
    const missing = await caught(() => load(at("cube.npy"), { image: at("flat.npy"), energy: { units: "eV" } }));
    expect([missing.tag, missing.got]).toEqual(["AxisError", expect.stringContaining("no calibration")]);
    const options = { image: at("flat.npy"), energy: { units: "meV", offset: 200, scale: 10 }, pixelSize: 2 } as const;
    const loaded = await load(at("cube.npy"), options);
    expect(loaded.spectra.data).toEqual(spectra);
    expect(loaded.image.data).toEqual(image);
    expect(loaded.spectra.axes.energy).toMatchObject({ name: "energy", units: "eV", offset: 0.2, scale: 0.01 });
    expect(loaded.spectra.axes.x).toMatchObject({ units: "nm", scale: 2 });
    expect((await inspect(at("cube.npy")))[0]).toMatchObject({ kind: "array", shape: [ROWS, COLUMNS, CHANNELS] });
  });

  testShared("reads the pairs of an archive by the names of its arrays", async () => {
    const infos = await inspect(shared("data/parity/pairs_fto_noisy.npz"));
    const signals = await read(shared("data/parity/pairs_fto_noisy.npz"));
    expect(signals.map(({ shape }) => shape)).toEqual(infos.map(({ shape }) => shape));
    expect(infos.length).toBeGreaterThan(2);
  });
});
