import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { cutBlock } from "../../src/io/block";
import { withDrafts } from "../../src/io/formats";
import { load } from "../../src/io/load";
import { withFile } from "../../src/io/open-file";
import { inspect, read } from "../../src/io/read";
import { unpackBlosc } from "../../src/io/zarr/blosc";
import { readZipEntry, zipEntries } from "../../src/io/zip";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";
import fixtures from "./fixtures/zarr-files.json";
import zspy from "./fixtures/zspy-files.json";

const folder = temporaryFolder();
interface Expected {
  file: string;
  shape: number[];
  dtype: string;
  sum: number;
  values: (number | string)[];
}
const files: Readonly<Record<string, Expected>> = fixtures.files as never; // one of them has no expectations
const NAMES = Object.keys(files).filter((name) => name !== "group");
const zips: Record<string, string> = {};
const folders: Record<string, string> = {};

/** Every fixture as the zip archive that it is stored as, and as a folder. */
beforeAll(async () => {
  for (const [name, { file }] of Object.entries({ ...files, ...zspy.files })) {
    zips[name] = join(folder, `${name}.zip`);
    writeFileSync(zips[name], Buffer.from(file, "base64"));
    folders[name] = join(folder, name);
    for (const [inside, bytes] of await unzipped(zips[name])) {
      mkdirSync(dirname(join(folders[name], inside)), { recursive: true });
      writeFileSync(join(folders[name], inside), bytes);
    }
  }
});

const unzipped = (path: string) =>
  withFile(path, async (handle, size) => {
    const found: [string, Uint8Array][] = [];
    for (const entry of await zipEntries(handle, size, path)) {
      found.push([entry.name, await readZipEntry(handle, size, entry, path)]);
    }
    return found;
  });

/** A copy of a fixture's folder that may be damaged. */
function copyOf(name: string, as: string): string {
  const copy = (from: string, to: string) => {
    mkdirSync(to, { recursive: true });
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (entry.isDirectory()) copy(join(from, entry.name), join(to, entry.name));
      else copyFileSync(join(from, entry.name), join(to, entry.name));
    }
  };
  copy(folders[name], join(folder, as));
  return join(folder, as);
}

describe("Zarr", () => {
  test.each(NAMES)("%s reads as zarr reads it, from a folder and from an archive", async (name) => {
    const expected = files[name];
    for (const path of [folders[name], zips[name]]) {
      const [info] = await inspect(path);
      const [{ data, shape }] = await read(path);
      expect([info.format, info.dtype, [...info.shape], [...shape]]).toEqual([
        "Zarr",
        expected.dtype,
        expected.shape,
        expected.shape,
      ]);
      const step = data.length > 400 ? 11 : 1;
      const values = [...data].filter((_, i) => i % step === 0);
      expect(values.map((value) => (Number.isFinite(value) ? value : String(value).toLowerCase()))).toEqual(
        expected.values,
      );
      const sum = data.reduce((total, value) => total + (Number.isFinite(value) ? value : 0), 0);
      expect(Math.abs(sum - expected.sum)).toBeLessThanOrEqual(1e-9 * Math.abs(expected.sum)); // order of addition
    }
  });

  test.each(["v2_fortran", "v2_complex", "v3_transpose", "v3_sharded", "v2_blosc_lz4_1", "v2_missing"])(
    "%s: a block is cut from the whole",
    (name) =>
      withDrafts(folders[name], async ([draft]) => {
        const shape = draft.axes.map(({ size }) => size);
        const block = { offset: shape.map((n) => n >> 1), count: shape.map((n) => n - (n >> 1)) };
        expect(await draft.read({ block })).toEqual(cutBlock(await draft.read(), shape, block));
      }),
  );

  test("complex numbers are an image by their modulus", async () => {
    for (const name of ["v2_complex", "v3_complex"]) {
      const [{ data: pairs, kind }] = await read(folders[name]);
      const [modulus] = await read(folders[name], { complex: "modulus" });
      expect([kind, modulus.kind, modulus.shape]).toEqual(["array", "image", [3, 4]]);
      const expected = Array.from(modulus.data, (_, i) => Math.hypot(pairs[2 * i], pairs[2 * i + 1]));
      expect([...modulus.data]).toMatchArray(expected, { relative: 1e-7 }); // float32
    }
  });

  test("a block unpacks only its own chunks", async () => {
    const path = copyOf("v2_zlib", "half");
    writeFileSync(join(path, "1.0"), "damaged");
    await withDrafts(path, async ([draft]) => {
      expect((await draft.read({ block: { offset: [0, 0], count: [9, 30] } })).length).toBe(270);
      const error = await caught(() => draft.read());
      expect([error.tag, error.got]).toEqual(["FormatError", "the chunk at 1, 0 cannot be unpacked"]);
    });
  });

  test("named dimensions are calibrated by the lists beside them", async () => {
    const { image, spectra } = await load(folders.group, { spectra: "eels", energy: {} });
    expect(image.shape).toEqual([3, 4]);
    expect(spectra.axes.energy).toMatchObject({ units: "eV", offset: 100, scale: 0.5 });
    expect((await inspect(folders.group)).map(({ path }) => path)).toEqual(["/scan/eels", "/scan/haadf"]);
  });

  test("a dimension whose list is in units of energy is the spectral one", async () => {
    const path = copyOf("group", "with-units");
    const list = join(path, "scan", "energy", ".zattrs");
    writeFileSync(list, JSON.stringify({ ...JSON.parse(readFileSync(list, "utf8")), units: "keV" }));
    const { spectra } = await load(path);
    expect([spectra.shape, spectra.axes.energy.units]).toEqual([[3, 4, 5], "eV"]);
    expect([spectra.axes.energy.offset, spectra.axes.energy.scale]).toEqual([100_000, 500]);
  });

  test("a link that leaves the folder is refused, one that stays inside is followed", async () => {
    writeFileSync(join(folder, "secret"), Buffer.alloc(48));
    const path = copyOf("v2_float32", "linked");
    symlinkSync(join(path, "0.0"), join(path, "inside"));
    rmSync(join(path, "0.1"));
    symlinkSync("0.0", join(path, "0.1"));
    expect((await read(path))[0].shape).toEqual([5, 7]);
    rmSync(join(path, "0.1"));
    symlinkSync("../secret", join(path, "0.1"));
    const error = await caught(() => read(path));
    expect([error.tag, error.message]).toEqual(["FormatError", expect.stringContaining("outside of itself")]);
  });

  test("groups that are links are left out, so that none can lead in a circle", async () => {
    const path = copyOf("group", "circle");
    symlinkSync(".", join(path, "again"));
    expect((await inspect(path)).map((info) => info.path)).toEqual(["/scan/eels", "/scan/haadf"]);
  });

  test.each([
    ["chunks beyond any memory", { chunks: [2 ** 40, 4], shape: [2 ** 40, 7] }, "MemoryError"],
    ["a shape that is no list", { shape: "5" }, "FormatError"],
    ["chunks of nothing", { chunks: [0, 4] }, "FormatError"],
    ["another number of axes", { chunks: [3] }, "FormatError"],
    ["filters", { filters: [{ id: "delta" }] }, "FormatError"],
    ["an unknown codec", { compressor: { id: "bz2" } }, "FormatError"],
    ["a fill value of words", { fill_value: "none" }, "FormatError"],
  ])("metadata with %s are refused", async (_, change, tag) => {
    const path = copyOf("v2_float32", "changed");
    const meta = JSON.parse(readFileSync(join(path, ".zarray"), "utf8"));
    writeFileSync(join(path, ".zarray"), JSON.stringify({ ...meta, ...change }));
    expect((await caught(() => read(path))).tag).toBe(tag);
  });

  test.each(["v2_blosc_lz4_1", "v2_blosc_zlib_1", "v3_sharded", "v3_checked", "v2_zstd"])(
    "200 damaged copies of %s end well",
    async (name) => {
      const path = copyOf(name, `${name}_mutant`);
      const isChecked = name === "v3_checked"; // its chunks, not its metadata, carry check sums
      const inside = (await unzipped(zips[name]))
        .filter(([key]) => !isChecked || key !== "zarr.json")
        .map(([key, bytes]) => [join(path, key), Buffer.from(bytes)] as const);
      const outcomes: Record<string, number> = {};
      const right = (await read(path))[0].data;
      for (let seed = 0; seed < 200; seed++) {
        const random = createRandom(seed);
        const [file, bytes] = inside[random.integer(inside.length)];
        const copy = Buffer.from(bytes);
        for (let flips = 1 + random.integer(3); flips > 0; flips--)
          copy[random.integer(copy.length)] ^= 1 << random.integer(8);
        writeFileSync(file, random.uniform() < 0.05 ? copy.subarray(0, random.integer(copy.length)) : copy);
        const outcome = await read(path).then(
          (signals) => {
            const isSame =
              signals[0]?.data.length === right.length && signals[0].data.every((v, i) => Object.is(v, right[i]));
            return isSame ? "right" : "read";
          },
          (error: { tag?: string; stack?: string }) => error.tag ?? `seed ${seed}: ${error.stack}`,
        );
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        writeFileSync(file, bytes);
      }
      const known = ["right", "read", "FormatError", "MemoryError", "DataError", "OptionError", "AxisError"];
      expect(Object.keys(outcomes).filter((outcome) => !known.includes(outcome))).toEqual([]);
      expect(outcomes.FormatError).toBeGreaterThan(10);
      if (isChecked) expect(outcomes).toEqual({ FormatError: 200 });
      expect((await read(path))[0].data).toEqual(right);
    },
  );
});

describe("Blosc", () => {
  test("a damaged buffer is an error and never a part of the memory", async () => {
    const packed = Buffer.from((await unzipped(zips.v2_blosc_zlib_1)).find(([name]) => name === "0.0")?.[1] ?? []);
    const size = packed.readUInt32LE(4);
    const right = await unpackBlosc(packed, size, async () => new Uint8Array(0));
    let refused = 0;
    for (let at = 16; at < packed.length; at++) {
      const copy = Buffer.from(packed);
      copy[at] ^= 0x10;
      const outcome = await unpackBlosc(copy, size, async () => new Uint8Array(0)).catch(() => undefined);
      if (outcome === undefined) refused++;
      else expect(outcome.length).toBe(right.length);
    }
    expect(refused).toBeGreaterThan(packed.length / 2); // zlib's own check sums
  });
});

describe("HyperSpy .zspy", () => {
  test.each(Object.entries(zspy.files))("%s reads as HyperSpy reads it", async (name, expected) => {
    for (const path of [folders[name], zips[name]]) {
      const options = name === "uneven" ? { energy: { units: "channel" as const } } : {};
      const [info] = await inspect(path);
      const [signal] = await read(path, options);
      const own = [...signal.shape].slice(-expected.shape.length);
      expect([info.format, info.dtype, own]).toEqual(["HyperSpy", expected.dtype, expected.shape]);
      const sum = signal.data.reduce((total, value) => total + value, 0);
      expect(Math.abs(sum - expected.sum)).toBeLessThanOrEqual(1e-9 * Math.abs(expected.sum) + 1e-9); // order of addition
      for (const [i, [, units, offset, scale]] of expected.axes.entries()) {
        const axis = info.axes[info.axes.length - expected.shape.length + i];
        const factor = units === "µm" ? 1000 : 1;
        if (units === "") continue;
        expect([axis.units, axis.offset]).toEqual([units === "µm" ? "nm" : units, factor * Number(offset)]);
        expect(axis.scale).toBeCloseTo(factor * Number(scale), 9);
      }
    }
  });

  test("tells title, instrument and kind", async () => {
    const [map] = await read(zips.map);
    expect([map.kind, map.metadata.title, map.metadata.signalType]).toEqual(["spectrum-image", "A map", "EELS"]);
    expect(map.metadata.instrument).toMatchObject({ beamEnergyKeV: 200 });
    expect((await inspect(folders.patterns))[0].kind).toBe("array");
    expect((await caught(() => read(folders.uneven))).got).toContain("not evenly spaced");
  });
});
