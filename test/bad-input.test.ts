import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Image, im2spec, image, load, nmf, type Pairs, type SpectrumImage, spectrumImage, windows } from "../src";
import type { ErrorTag } from "../src/core";
import { fit } from "../src/models";
import { caught } from "./support/caught";
import { fixtureBytes } from "./support/hdf5-fixtures";
import { temporaryFolder } from "./support/temporary-folder";
import { addNsid, type NsidChannel, writeHdf5 } from "./support/write-hdf5";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const write = (name: string, content: Buffer | string) => {
  writeFileSync(at(name), content);
  return at(name);
};

const along = (name: string, size: number, units: string, type: "SPATIAL" | "SPECTRAL") => ({
  name,
  values: Array.from({ length: size }, (_, i) => i),
  units,
  type,
});
const haadf = (channel: string): NsidChannel => ({
  channel,
  data: new Float32Array(12).map((_, i) => i),
  dimensions: [along("y", 3, "nm", "SPATIAL"), along("x", 4, "nm", "SPATIAL")],
  dataType: "IMAGE",
  quantity: "intensity",
});
const eels = (channel: string): NsidChannel => ({
  channel,
  data: new Float32Array(60).map((_, i) => i),
  dimensions: [along("y", 3, "nm", "SPATIAL"), along("x", 4, "nm", "SPATIAL"), along("energy", 5, "eV", "SPECTRAL")],
  dataType: "SPECTRAL_IMAGE",
  quantity: "intensity",
});

const ramp = (rows: number, columns: number): Image =>
  image(
    new Float32Array(rows * columns).map((_, i) => i),
    [rows, columns],
  );
const cube = (rows: number, columns: number): SpectrumImage =>
  spectrumImage(
    new Float32Array(rows * columns * 5).map((_, i) => (i % 7) + 1),
    [rows, columns, 5],
  );
const withValue = (value: number): SpectrumImage => {
  const spectra = cube(3, 4);
  spectra.data[17] = value;
  return spectra;
};
const onePair = (): Pairs => {
  const pairs = windows(ramp(9, 9), cube(9, 9), { size: 8, stride: 1 });
  const size = 8 * 8;
  return {
    ...pairs,
    images: { data: pairs.images.data.subarray(0, size), shape: [1, 8, 8, 1] },
    spectra: { data: pairs.spectra.data.subarray(0, 5), shape: [1, 5] },
    positions: pairs.positions.subarray(0, 2),
  };
};

interface Case {
  readonly what: string;
  readonly run: () => unknown;
  readonly tag: ErrorTag;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  { what: "no such file", run: () => load(at("nowhere.h5")), tag: "FileError", says: /nowhere\.h5/ },
  {
    what: "a text file named .h5",
    run: () => load(write("notes.h5", "Tuesday: aligned the gun.\n")),
    tag: "FormatError",
    says: /text/,
  },
  {
    what: "a truncated HDF5 file",
    run: () => {
      const whole = fixtureBytes("nsid_checked");
      return load(write("short.h5", whole.subarray(0, Math.floor(whole.length * 0.7))));
    },
    tag: "FormatError",
    says: /short\.h5|truncated|bytes/,
  },
  {
    what: "a damaged chunk",
    run: () => {
      const whole = fixtureBytes("nsid_checked");
      whole[14_000] ^= 4; // inside the packed spectra
      return load(write("damaged.h5", whole));
    },
    tag: "FormatError",
    says: /Channel|chunk|damage/i,
  },
  {
    what: "a file with no spectrum image",
    run: async () => load(await writeHdf5(at("image.h5"), (root) => void addNsid(root, haadf("Channel_000")))),
    tag: "FormatError",
    says: /spectrum image/,
  },
  {
    what: "two candidates",
    run: async () =>
      load(
        await writeHdf5(at("two.h5"), (root) => {
          addNsid(root, haadf("Channel_000"));
          addNsid(root, eels("Channel_001"));
          addNsid(root, eels("Channel_002"));
        }),
      ),
    tag: "OptionError",
    says: /Channel_001[\s\S]*Channel_002[\s\S]*spectra:/,
  },
  {
    what: "an image and spectra of different scan size",
    run: () => windows(ramp(8, 9), cube(9, 9), { size: 4 }),
    tag: "ShapeError",
    says: /8 x 9[\s\S]*9 x 9/,
  },
  { what: "NaN into NMF", run: () => nmf(withValue(Number.NaN)), tag: "DataError", says: /NaN/ },
  { what: "negative counts into NMF", run: () => nmf(withValue(-3)), tag: "DataError", says: /negative|-3/ },
  {
    what: "a window larger than the image",
    run: () => windows(ramp(9, 9), cube(9, 9), { size: 16 }),
    tag: "OptionError",
    says: /16[\s\S]*9 x 9/,
  },
  {
    what: "one pair only",
    run: () => fit(im2spec({ image: [8, 8, 1], spectrum: 5 }), onePair()),
    tag: "DataError",
    says: /1 pair|one pair|pairs/,
  },
  {
    what: "a request for more memory than there is",
    run: () => {
      vi.stubEnv("SPECBOOK_MEMORY_LIMIT", "10kB");
      return windows(ramp(40, 40), cube(40, 40), { size: 16 });
    },
    tag: "MemoryError",
    says: /10(\.0)? kB/,
  },
  {
    what: "a missing engine that was asked for",
    run: async () => {
      vi.stubEnv("SPECBOOK_ENGINE", "native");
      vi.stubEnv("SPECBOOK_ENGINE_DIR", undefined);
      vi.stubEnv("SPECBOOK_CACHE", at("empty-cache"));
      vi.resetModules(); // an engine is loaded once per process: a fresh copy of the library has none yet
      const { nmf } = await import("../src/decompose/index.js");
      return nmf(cube(3, 4), { components: 2 });
    },
    tag: "EngineError",
    says: /specbook setup/,
  },
];

describe("bad input", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each(cases)("$what: the message says got, needed and do this", async ({ run, tag, says }) => {
    const error = await caught(run);
    expect(error.message).toMatch(/\n {2}got: {5}\S[\s\S]*\n {2}needed: {2}\S[\s\S]*\n {2}do this: \S/);
    expect(error.message).toMatch(says);
    expect(error.tag).toBe(tag);
  });
});
