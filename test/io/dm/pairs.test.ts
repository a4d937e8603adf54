import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { load } from "../../../src/io/load";
import { read } from "../../../src/io/read";
import { caught } from "../../support/caught";
import { shared, testShared } from "../../support/shared-data";
import { temporaryFolder } from "../../support/temporary-folder";
import { type DmImageContent, dmFile } from "../../support/write-dm";

const folder = temporaryFolder();

function put(name: string, content: DmImageContent): string {
  const path = join(folder, name);
  writeFileSync(path, dmFile([content]));
  return path;
}

const floats = (size: number) => ({ array: Array.from({ length: size }, (_, i) => i), as: "float32" }) as const;

describe("an image with sub-pixels", () => {
  const spectra = put("spectra.dm3", {
    name: "EELS",
    dimensions: [
      { size: 2, scale: 3, units: "nm" },
      { size: 1, scale: 2, units: "nm" },
      { size: 2, units: "eV" },
    ],
    dataType: 2,
    data: floats(4),
  });
  const haadf = (scale: number, units = "nm") => ({
    name: "HAADF",
    dimensions: [
      { size: 6, origin: 1, scale, units },
      { size: 2, scale, units },
    ],
    dataType: 2,
    data: floats(12),
  });

  test("is averaged to the scan on request, with its axes and a line in the history", async () => {
    const path = put("haadf.dm3", haadf(1));
    const { image } = await load(spectra, { image: path, binImage: true });
    // Rows 0..5 and 6..11: the mean of columns 0 to 2 is (0 + 1 + 2 + 6 + 7 + 8) / 6.
    expect([image.shape, [...image.data]]).toEqual([
      [1, 2],
      [4, 7],
    ]);
    // Points -1, 0, 1 of the first pixel: their middle is 0.
    expect(image.axes.x).toMatchObject({ units: "nm", offset: 0, scale: 3 });
    expect(image.axes.y).toMatchObject({ offset: 0.5, scale: 2 });
    expect(image.history.map(({ operation, options }) => [operation, options.rows, options.columns])).toEqual([
      ["read", undefined, undefined],
      ["bin", 2, 3],
    ]);
  });

  test("is refused without the option, which the message names", async () => {
    const error = await caught(() => load(spectra, { image: put("fine.dm3", haadf(1)) }));
    expect([error.tag, error.remedy]).toEqual(["ShapeError", expect.stringContaining("2 x 3 points per scan pixel")]);
    expect(error.remedy).toContain("{ binImage: true }");
  });

  test("is refused with it where it shows another field", async () => {
    const path = put("other-field.dm3", haadf(1.1));
    expect((await caught(() => load(spectra, { image: path, binImage: true }))).tag).toBe("ShapeError");
    const { image } = await load(spectra, { image: put("bare.dm3", haadf(7, "")), binImage: true });
    expect(image.shape).toEqual([1, 2]); // without a calibration there is no field to compare
  });

  testShared("the registered HAADF of a real spectrum image has one value a pixel", async () => {
    const map = shared("data/eels/DMReader_SpectrumImage_SI-EELS.dm3");
    const path = shared("data/eels/DMReader_SI-HAADF.dm3");
    const { image, spectra: eels } = await load(map, { image: path, binImage: true });
    expect([image.shape, eels.shape]).toEqual([
      [49, 6],
      [49, 6, 1024],
    ]);
    const [fine] = await read(path);
    const sum = (data: Float32Array) => data.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum(image.data) * 32 * 32 - sum(fine.data))).toBeLessThan(1e-7 * sum(fine.data)); // float32 means
    let corner = 0;
    for (let row = 0; row < 32; row++)
      for (let column = 0; column < 32; column++) corner += fine.data[row * 192 + column];
    expect(Math.abs(image.data[0] - corner / 1024)).toBeLessThan(1e-7 * image.data[0]);
  });
});

describe("an array that does not say which axis is the energy", () => {
  const path = put("volume.dm3", {
    dimensions: [{ size: 3 }, { size: 2 }, { size: 4 }],
    dataType: 2,
    data: floats(24),
  });
  const energy = { units: "eV", offset: 100, scale: 1 } as const;

  test("has it slowest, as the program does, or where the user says", async () => {
    const file = put("scan.dm3", { dimensions: [{ size: 3 }, { size: 2 }], dataType: 2, data: floats(6) });
    const { spectra } = await load(path, { image: file, energy });
    expect([spectra.shape, [...spectra.data.subarray(0, 4)]]).toEqual([
      [2, 3, 4],
      [0, 6, 12, 18],
    ]);
    const [last] = await read(path, { energy: { ...energy, axis: 2 } });
    expect([last.kind, last.shape, [...last.data.subarray(0, 3)]]).toEqual(["spectrum-image", [4, 2, 3], [0, 1, 2]]);
    const [middle] = await read(path, { energy: { ...energy, axis: 1 } });
    expect(middle.shape).toEqual([4, 3, 2]);
  });

  test("is refused without a word, and told how to give it", async () => {
    const error = await caught(() => load(path));
    expect(error.remedy).toContain("if axis 0 of ImageList/1 (4 points) is the energy");
    expect((await caught(() => read(path, { energy: { ...energy, axis: 3 } }))).tag).toBe("OptionError");
  });
});
