import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withDrafts } from "../../src/io/formats";
import { readNpy } from "../../src/io/npy";
import { open } from "../../src/io/open-spectra";
import { inspect, read } from "../../src/io/read";
import type { ReadOptions } from "../../src/io/signals";
import { caught } from "../support/caught";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";
import { type DmImageContent, dmFile, spectrumImageTags } from "../support/write-dm";

const folder = temporaryFolder();
const NPY_ROWS =
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPGM4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAgQQAAgD8AADBBAAAAQAAAQEEAAEBAAABQQQAAgEAAAGBBAACgQAAAcEE=";
const NPY_COLUMNS =
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPmMxNicsICdmb3J0cmFuX29yZGVyJzogVHJ1ZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAEAkAAAAAAAAQAgAAAAAAABAKgAAAAAAAD/wAAAAAAAAQCYAAAAAAABAEAAAAAAAAEAsAAAAAAAAQAAAAAAAAABAKAAAAAAAAEAUAAAAAAAAQC4AAAAAAAA=";

const PAIRS = [
  [3, 4],
  [0, -2],
  [-1, 0],
  [5, 12],
  [0, 0],
  [-3, -4],
];

function put(name: string, ...images: DmImageContent[]): string {
  const path = join(folder, name);
  writeFileSync(path, dmFile(images));
  return path;
}

const field: DmImageContent = {
  name: "wave",
  dimensions: [
    { size: 3, scale: 0.5, units: "nm" },
    { size: 2, scale: 0.25, units: "nm" },
  ],
  dataType: 3,
  data: { structs: PAIRS, as: "float32" },
};
const real: DmImageContent = { ...field, name: "real", dataType: 7, data: { array: [1, 2, 3, 4, 5, 6], as: "int32" } };

describe("complex numbers", () => {
  const path = put("wave.dm3", field, real);

  test("without the option both parts are kept, as an array", async () => {
    const [wave] = await read(path);
    expect([wave.kind, wave.shape, [...wave.data]]).toEqual(["array", [2, 3, 2], PAIRS.flat()]);
  });

  test.each([
    ["modulus", [5, 2, 1, 13, 0, 5]],
    ["phase", PAIRS.map(([re, im]) => Math.fround(Math.atan2(im, re)))],
    ["real", [3, 0, -1, 5, 0, -3]],
    ["imaginary", [4, -2, 0, 12, 0, -4]],
  ] as const)("as their %s an image is an image, calibrated, with a line in its history", async (part, expected) => {
    const [wave, other] = await read(path, { complex: part });
    if (wave.kind !== "image") throw new Error(wave.kind);
    expect([wave.shape, [...wave.data]]).toEqual([[2, 3], expected]);
    expect([wave.axes.y.scale, wave.axes.x.scale]).toEqual([0.25, 0.5]);
    expect(wave.history.map(({ operation, options }) => [operation, options.part])).toEqual([
      ["read", undefined],
      ["complex", part],
    ]);
    expect(wave.metadata.complex).toBe(part === "phase" ? "phase in radians" : part);
    expect([[...other.data], other.history.length]).toEqual([[1, 2, 3, 4, 5, 6], 1]); // real data stay as they are
  });

  test("are told by inspect as they will be read", async () => {
    const kinds = async (options: ReadOptions) =>
      (await inspect(path, options)).map(({ kind, dtype }) => [kind, dtype]);
    expect(await kinds({})).toEqual([
      ["array", "complex64"],
      ["image", "int32"],
    ]);
    expect((await kinds({ complex: "modulus" }))[0]).toEqual(["image", "complex64"]);
  });

  test("of a spectrum image come in parts too", async () => {
    const dimensions = [...field.dimensions, { size: 2, units: "eV" }];
    const structs = [...PAIRS, ...PAIRS.map(([re, im]) => [10 * re, 10 * im])];
    const data = { structs, as: "float32" } as const;
    const path = put("map.dm3", { ...field, dimensions, data, tags: spectrumImageTags() });
    const file = await open(path, { complex: "modulus" });
    expect(file.shape).toEqual([2, 3, 2]);
    expect([...(await file.slice({ rows: [1, 2] })).data]).toEqual([13, 130, 0, 0, 5, 50]);
  });

  test("another word is refused", async () => {
    const error = await caught(() => read(path, { complex: "abs" as "modulus" }));
    expect([error.tag, error.needed]).toEqual(["OptionError", expect.stringContaining('"modulus"')]);
  });

  // Files that numpy 2.4.6 saved: [[0 + 10i, 1 + 11i, 2 + 12i], [3 + 13i, 4 + 14i, 5 + 15i]].
  test.each([
    ["<c8, row by row", NPY_ROWS],
    [">c16, column by column", NPY_COLUMNS],
  ])("of NumPy as %s come in rows", async (_, base64) => {
    const path = join(folder, "wave.npy");
    writeFileSync(path, Buffer.from(base64, "base64"));
    const pairs = [0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15];
    const array = await readNpy(path);
    expect([array.shape, [...array.data]]).toEqual([[2, 3, 2], pairs]);
    const [wave] = await read(path);
    expect([wave.kind, wave.shape, [...wave.data]]).toEqual(["array", [2, 3, 2], pairs]);
    const [imaginary] = await read(path, { complex: "imaginary" });
    expect([imaginary.kind, [...imaginary.data]]).toEqual(["image", [10, 11, 12, 13, 14, 15]]);
    await withDrafts(path, async ([draft]) => {
      expect([...(await draft.read({ block: { offset: [1, 1, 0], count: [1, 2, 2] } }))]).toEqual([4, 14, 5, 15]);
    });
  });

  testShared("of other formats are the same option", async () => {
    const files = ["mat/v7_complex.mat", "mat/v7.3_complex.mat", "dm/test-28.dm4", "emd/fei_example_complex_fft.emd"];
    for (const name of files) {
      const pairs = await read(shared(`data/formats/${name}`));
      const moduli = await read(shared(`data/formats/${name}`), { complex: "modulus" });
      const expected = Array.from(moduli[0].data, (_, i) => Math.hypot(pairs[0].data[2 * i], pairs[0].data[2 * i + 1]));
      expect([...moduli[0].data]).toMatchArray(expected, { relative: 1e-7 }); // float32
    }
  });
});
