import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { attributes, referencedPath } from "../../src/io/hdf5/attributes";
import { describeDataset, readFloat32, readFloat64 } from "../../src/io/hdf5/dataset";
import { type Hdf5File, walk, withHdf5 } from "../../src/io/hdf5/file";
import { hdf5Library } from "../../src/io/hdf5/library";
import { pluginFolder } from "../../src/io/hdf5/plugins";
import { inspect, read } from "../../src/io/read";
import { caught } from "../support/caught";
import { fixtureBytes, putFixture } from "../support/hdf5-fixtures";
import { putLayout } from "../support/layout-fixtures";
import { temporaryFolder } from "../support/temporary-folder";
import fixtures from "./fixtures/hdf5-files.json";

const folder = temporaryFolder();
const within = <T>(name: Parameters<typeof putFixture>[1], work: (file: Hdf5File) => T) =>
  withHdf5(putFixture(folder, name), work);

describe("data sets", () => {
  test("of every type and byte order are read as h5py reads them", async () => {
    const expected: Record<string, number[]> = fixtures.types;
    await within("types", async (file) => {
      for (const [name, values] of Object.entries(expected)) {
        const dataset = describeDataset(file, `/${name}`);
        expect([...readFloat64(file, dataset)], name).toEqual(values);
        expect([...(await readFloat32(file, dataset))], name).toEqual(values); // the fixture's values are exact in float32
      }
      expect(Object.keys(expected)).toHaveLength(22);
      expect([...(await readFloat32(file, describeDataset(file, "/bool")))]).toEqual([1, 0, 0, 1]);
      expect([...readFloat64(file, describeDataset(file, "/scalar"))]).toEqual([2.5]);
    });
  });

  test("that are no numbers, or integers that float64 would change, are refused", async () => {
    const words = await caught(() => within("types", (file) => readFloat32(file, describeDataset(file, "/text"))));
    expect([words.tag, words.got]).toEqual(["FormatError", "elements that are not numbers"]);
    const beyond = await caught(() => within("types", (file) => readFloat64(file, describeDataset(file, "/beyond"))));
    expect(beyond.tag).toBe("DataError");
  });

  test("of wide integers become the nearest float32, as all that is read as float32", async () => {
    const numbers = await within("types", (file) => readFloat32(file, describeDataset(file, "/beyond")));
    expect([...numbers]).toEqual([1, 2 ** 53]);
  });

  test("packed with a filter that nobody has are refused by its number, not read as garbage", async () => {
    const path = putLayout(folder, "unknown-filter.h5");
    const error = await caught(() => read(path));
    expect([error.tag, error.got]).toEqual(["FormatError", "data packed with filter 40000"]);
    expect(error.remedy).toMatch(/h5repack -f GZIP=4/);
    expect((await inspect(path))[0].packing).toEqual(["filter 40000"]);
  });

  test("packed with lzf, blosc, lz4, bitshuffle, zstandard and bzip2 are read", async () => {
    const signals = await read(putLayout(folder, "packed.h5"));
    expect(signals.map(({ metadata }) => metadata.name)).toEqual([
      "bitshuffle",
      "blosc",
      "blosc-zstd",
      "blosc2",
      "bzip2",
      "lz4",
      "lzf",
      "lzf-shuffle",
      "zstd",
    ]);
    const expected = Array.from({ length: 256 }, (_, i) => i % 11);
    for (const { data, metadata } of signals) expect([...data], String(metadata.name)).toEqual(expected);
    const infos = await inspect(join(folder, "packed.h5"));
    expect(infos.map(({ packing }) => packing.at(-1))).toEqual([
      "bitshuffle",
      "blosc",
      "blosc",
      "blosc2",
      "bzip2",
      "lz4",
      "lzf",
      "lzf",
      "zstandard",
    ]);
  });

  test("of fewer bits than their bytes have are read with shift and sign", async () => {
    const signals = await read(putLayout(folder, "few-bits.h5"));
    expect(signals.map(({ data, metadata }) => [metadata.name, [...data]])).toEqual([
      ["shifted", [1, 2, 1000, 4000]],
      ["signed", [1, 2, 1000, -5]],
      ["unsigned", [1, 2, 1000, 4000]],
    ]);
  });

  test("packed with a plugin and then damaged are refused where the plugin sees it", async () => {
    const bytes = readFileSync(putLayout(folder, "packed.h5"));
    const zstandard = bytes.lastIndexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
    bytes.writeUInt32LE(0, zstandard); // its magic number
    const path = join(folder, "packed-damaged.h5");
    writeFileSync(path, bytes);
    const error = await caught(() => read(path));
    expect([error.tag, error.needed]).toEqual(["FormatError", "undamaged chunks"]);
  });

  test("are read with the own filters, whatever HDF5_PLUGIN_PATH says", async () => {
    const library = await hdf5Library();
    expect(library.get_plugin_search_paths()).toEqual([pluginFolder]);
  });

  test("packed with the filters of HDF5 itself are read", async () => {
    for (const name of ["nsid_checked", "nsid_old"] as const) {
      const [image, spectra] = await read(putFixture(folder, name));
      expect([...image.data]).toEqual(fixtures.plane.map(Math.fround));
      expect([...spectra.data]).toEqual(fixtures.cube.map(Math.fround));
    }
    const [numbers] = await read(putFixture(folder, "nsid_scaleoffset"));
    expect([...numbers.data]).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });
});

describe("attributes", () => {
  test("of every type are read; references, compounds and empty ones are left out", async () => {
    const found = await within("types", (file) => attributes(file, "/attributes"));
    expect(found).toEqual({
      number: 2.5,
      count: -3,
      small: 0.25,
      byte: 200,
      truth: true,
      text: "grün",
      fixed: "fixed",
      texts: ["a", "bc"],
      list: [1.5, 2.5],
      truths: [true, false],
      big: [3],
    });
  });

  test("that are references lead to their object", async () => {
    await within("types", (file) => {
      expect(referencedPath(file, "/attributes", "reference")).toBe("/bool");
      expect(referencedPath(file, "/attributes", "number")).toBeUndefined();
      expect(referencedPath(file, "/attributes", "nothing")).toBeUndefined();
    });
  });
});

describe("links", () => {
  test("are not followed, neither inside the file nor out of it", async () => {
    putFixture(folder, "other");
    const tree = await within("links", walk);
    expect([...tree.links].sort()).toEqual(["/broken", "/external", "/soft"]);
    expect(tree.nodes.map(({ path }) => path)).toEqual([
      "/inside",
      "/inside/again",
      "/inside/data",
      "/raw",
      "/virtual",
    ]);
  });

  test("of data sets whose numbers lie in another file are refused, also where that file is there", async () => {
    writeFileSync(join(folder, "other.raw"), new Float64Array([42, 42, 42, 42]));
    putFixture(folder, "other");
    const virtual = await caught(() => within("links", (file) => readFloat32(file, describeDataset(file, "/virtual"))));
    expect(virtual.got).toBe("a virtual data set, whose numbers lie in other files");
    const start = process.cwd();
    process.chdir(folder); // HDF5 looks for external storage there
    try {
      const raw = await caught(() => within("links", (file) => readFloat32(file, describeDataset(file, "/raw"))));
      expect(raw.tag).toBe("FormatError");
    } finally {
      process.chdir(start);
    }
  });

  test("that go round in a circle end in an error", async () => {
    const error = await caught(() => inspect(putFixture(folder, "cycle")));
    expect([error.tag, error.got]).toEqual(["FormatError", expect.stringContaining("inside each other")]);
  });
});

describe("handles", () => {
  test.runIf(process.platform === "linux")("are closed after every outcome", async () => {
    const unknown = putLayout(folder, "unknown-filter.h5");
    const good = putFixture(folder, "nsid_checked");
    const text = join(folder, "text.h5");
    const cut = join(folder, "cut.h5");
    writeFileSync(text, Buffer.concat([fixtureBytes("nsid_checked").subarray(0, 8), Buffer.from("not HDF5")]));
    writeFileSync(cut, fixtureBytes("nsid_checked").subarray(0, 9000));
    const round = async () => {
      for (const path of [unknown, text, cut]) await caught(() => read(path));
      await read(good);
      await caught(() => withHdf5(good, (file) => describeDataset(file, "/nowhere")));
      await withHdf5(good, () => Promise.reject(new Error("own"))).catch(() => {});
    };
    await round();
    const before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 5; i++) await round();
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  test("a truncated file says how many bytes are missing", async () => {
    const cut = join(folder, "cut2.h5");
    writeFileSync(cut, fixtureBytes("nsid_checked").subarray(0, 9000));
    const error = await caught(() => read(cut));
    expect([error.tag, error.got, error.needed]).toEqual([
      "FormatError",
      "9000 bytes",
      `${fixtureBytes("nsid_checked").length} bytes, as the file itself says`,
    ]);
  });
});
