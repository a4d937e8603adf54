import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withDrafts } from "../../../src/io/formats";
import { load } from "../../../src/io/load";
import { inspect, read } from "../../../src/io/read";
import { caught } from "../../support/caught";
import { readMutants } from "../../support/mutants";
import { temporaryFolder } from "../../support/temporary-folder";
import {
  type DmFileOptions,
  type DmImageContent,
  dmBytes,
  dmFile,
  group,
  number,
  spectrumImageTags,
  type TagContent,
  type TagNumber,
  text,
} from "../../support/write-dm";
import packedCases from "./packed-complex.json";

const folder = temporaryFolder();
let files = 0;

function put(bytes: Buffer): string {
  const path = join(folder, `${files++}.dm3`);
  writeFileSync(path, bytes);
  return path;
}

const image = (content: DmImageContent, options?: DmFileOptions) => put(dmFile([content], options));
const array = (values: readonly number[], as: TagNumber): TagContent => ({ array: values, as });
const ramp = (size: number) => Array.from({ length: size }, (_, i) => i);

const WRITTEN = [
  { version: 3, littleEndian: true },
  { version: 3, littleEndian: false },
  { version: 4, littleEndian: true },
  { version: 4, littleEndian: false },
] as const;

/** Six values of every type as they are stored, and as they must be read. */
const TYPES: readonly (readonly [number, string, TagContent, readonly number[]])[] = [
  [1, "int16", array([-32768, -1, 0, 1, 2, 32767], "int16"), [-32768, -1, 0, 1, 2, 32767]],
  [2, "float32", array([-1.5, 0, 0.25, 1e-3, 2, 1e30], "float32"), [-1.5, 0, 0.25, 1e-3, 2, 1e30].map(Math.fround)],
  [6, "uint8", array([0, 1, 2, 127, 128, 255], "octet"), [0, 1, 2, 127, 128, 255]],
  [7, "int32", array([-70_000, -1, 0, 1, 2, 70_000], "int32"), [-70_000, -1, 0, 1, 2, 70_000]],
  [9, "int8", array([-128, -1, 0, 1, 2, 127], "int8"), [-128, -1, 0, 1, 2, 127]],
  [10, "uint16", array([0, 1, 2, 3, 4, 65_535], "uint16"), [0, 1, 2, 3, 4, 65_535]],
  [11, "uint32", array([0, 1, 2, 3, 4, 2 ** 32 - 256], "uint32"), [0, 1, 2, 3, 4, 2 ** 32 - 256]],
  [12, "float64", array([-1.5, 0, 0.25, 3, 2, 1e30], "float64"), [-1.5, 0, 0.25, 3, 2, 1e30].map(Math.fround)],
  [14, "bool", array([0, 1, 1, 0, 1, 0], "bool"), [0, 1, 1, 0, 1, 0]],
  [39, "int64", array([-(2 ** 40), -1, 0, 1, 2, 2 ** 40], "int64"), [-(2 ** 40), -1, 0, 1, 2, 2 ** 40]],
  [40, "uint64", array([0, 1, 2, 3, 4, 2 ** 40], "uint64"), [0, 1, 2, 3, 4, 2 ** 40]],
];

describe.each(WRITTEN)("DM$version, little-endian $littleEndian", (options) => {
  test.each(TYPES)("type %i is read as %s", async (dataType, dtype, data, expected) => {
    const path = image({ dimensions: [{ size: 3 }, { size: 2 }], dataType, data }, options);
    expect((await inspect(path))[0]).toMatchObject({ dtype, kind: "image", shape: [2, 3] });
    const [signal] = await read(path);
    expect([...signal.data]).toEqual(expected);
  });

  test.each([
    [3, "complex64", "float32"],
    [13, "complex128", "float64"],
  ] as const)("type %i is read as %s, real and imaginary parts last", async (dataType, dtype, as) => {
    const pairs = [[1, -2], [3, 4.5], [0, 0.5], [-7, 8]]; // biome-ignore format: pairs
    const path = image({ dimensions: [{ size: 2 }, { size: 2 }], dataType, data: { structs: pairs, as } }, options);
    const [signal] = await read(path);
    expect([signal.kind, signal.shape, [...signal.data]]).toEqual(["array", [2, 2, 2], pairs.flat()]);
    expect((await inspect(path))[0]).toMatchObject({ dtype, bytes: 4 * (dtype === "complex64" ? 8 : 16) });
  });

  test("colours come as red, green, blue, alpha", async () => {
    const colours = array([0x01020304, 0xfffefdfc], "uint32");
    const [rgba] = await read(image({ dimensions: [{ size: 2 }, { size: 1 }], dataType: 23, data: colours }, options));
    expect([rgba.shape, [...rgba.data]]).toEqual([
      [1, 2, 4],
      [2, 3, 4, 1, 254, 253, 252, 255],
    ]);
    const [rgb] = await read(image({ dimensions: [{ size: 2 }, { size: 1 }], dataType: 8, data: colours }, options));
    expect([rgb.shape, [...rgb.data]]).toEqual([
      [1, 2, 3],
      [2, 3, 4, 254, 253, 252],
    ]);
  });

  test("a spectrum image has its energy last, in eV and nm", async () => {
    const dimensions = [
      { size: 3, origin: 2, scale: 0.5, units: "µm" },
      { size: 2, scale: 0.25, units: "µm" },
      { size: 4, origin: -100, scale: 0.5, units: "eV" },
    ];
    const tags = spectrumImageTags();
    const path = image({ name: "EELS", dimensions, dataType: 2, data: array(ramp(24), "float32"), tags }, options);
    const [map] = await read(path);
    if (map.kind !== "spectrum-image") throw new Error(map.kind);
    expect(map.shape).toEqual([2, 3, 4]);
    // Element (row, column, channel) is number channel * 6 + row * 3 + column of the file.
    expect([...map.data.subarray(0, 8)]).toEqual([0, 6, 12, 18, 1, 7, 13, 19]);
    expect(map.axes.energy).toMatchObject({ units: "eV", offset: 50, scale: 0.5 });
    expect(map.axes.x).toMatchObject({ units: "nm", offset: -1000, scale: 500 });
    expect(map.axes.y).toMatchObject({ units: "nm", offset: 0, scale: 250 });
    expect(map.metadata).toMatchObject({ title: "EELS", signalType: "EELS" });
  });
});

describe("axes", () => {
  const shape = (...sizes: number[]) => sizes.map((size) => ({ size }));
  const floats = (...sizes: number[]) => array(ramp(sizes.reduce((a, b) => a * b, 1)), "float32");
  const kindOf = async (content: Omit<DmImageContent, "dataType" | "data">) => {
    const sizes = content.dimensions.map(({ size }) => size);
    const [info] = await inspect(image({ dataType: 2, data: floats(...sizes), ...content }));
    return [info.kind, info.shape, info.axes.map(({ name }) => name).join(" ")];
  };

  test("a line scan has its spectra along the fastest axis", async () => {
    const dimensions = [
      { size: 5, units: "nm" },
      { size: 3, units: "µm" },
    ];
    expect(await kindOf({ dimensions, tags: spectrumImageTags("CL") })).toEqual([
      "spectrum-image",
      [1, 3, 5],
      "y x wavelength",
    ]);
    const eels = [
      { size: 5, units: "nm" },
      { size: 3, units: "eV" },
    ];
    expect(await kindOf({ dimensions: eels })).toEqual(["spectrum-image", [1, 5, 3], "y x energy"]);
  });

  test("units of energy say which axis is spectral, at any place", async () => {
    const fastest = [
      { size: 5, units: "keV" },
      { size: 3, units: "nm" },
      { size: 2, units: "nm" },
    ];
    expect(await kindOf({ dimensions: fastest })).toEqual(["spectrum-image", [2, 3, 5], "y x energy"]);
  });

  test("a single spectrum is a map of one pixel", async () => {
    expect(await kindOf({ dimensions: [{ size: 5, units: "eV" }] })).toEqual([
      "spectrum-image",
      [1, 1, 5],
      "y x energy",
    ]);
    expect(await kindOf({ dimensions: shape(5), tags: spectrumImageTags("EELS", "Spectrum") })).toEqual([
      "spectrum-image",
      [1, 1, 5],
      "y x energy",
    ]);
  });

  test("what the file does not tell is not guessed", async () => {
    expect((await kindOf({ dimensions: shape(5) }))[0]).toBe("array");
    expect(await kindOf({ dimensions: shape(5, 4, 3) })).toEqual(["array", [3, 4, 5], "z y x"]);
    expect(await kindOf({ dimensions: shape(5, 4, 3, 2) })).toEqual(["array", [2, 3, 4, 5], "t z y x"]);
    const swapped = [
      ["Meta Data", group(["Format", text("Spectrum image")], ["Data Order Swapped", number(1, "bool")])],
    ] as const;
    expect((await kindOf({ dimensions: shape(5, 4, 3), tags: swapped }))[0]).toBe("array");
    const twoEnergies = [
      { size: 5, units: "eV" },
      { size: 3, units: "eV" },
    ];
    expect((await kindOf({ dimensions: twoEnergies }))[0]).toBe("image");
  });

  test("the tags of the acquisition program of Orsay mark a spectrum image", async () => {
    const tags = [["spim", group(["eels", group()])]] as const;
    expect((await kindOf({ dimensions: shape(3, 2, 4), tags }))[0]).toBe("spectrum-image");
  });

  test("a spectral axis without units is an error that names the option", async () => {
    const path = image({ dimensions: shape(3, 2, 4), dataType: 2, data: floats(3, 2, 4), tags: spectrumImageTags() });
    const error = await caught(() => read(path));
    expect([error.tag, error.remedy]).toEqual(["AxisError", expect.stringContaining('energy: { units: "eV"')]);
    const [map] = await read(path, { energy: { units: "eV", offset: 100, scale: 2 } });
    expect([map.shape, [...map.data.subarray(0, 4)]]).toEqual([
      [2, 3, 4],
      [0, 6, 12, 18],
    ]);
  });

  test("without calibrations, or with fewer than dimensions, the axes count pixels", async () => {
    const path = image({ dimensions: shape(3, 2), dataType: 2, data: floats(3, 2), isBare: true });
    const [info] = await inspect(path);
    expect(info.axes.map(({ units, scale }) => [units, scale])).toEqual([
      ["px", 1],
      ["px", 1],
    ]);
  });
});

describe("files", () => {
  const small: DmImageContent = {
    name: "a",
    dimensions: [{ size: 2 }, { size: 1 }],
    dataType: 7,
    data: array([1, 2], "int32"),
  };

  test("several images come by name, the thumbnail is left out", async () => {
    const spectra: DmImageContent = {
      name: "core loss",
      dimensions: [{ size: 2 }, { size: 1 }, { size: 3, units: "eV" }],
      dataType: 2,
      data: array(ramp(6), "float32"),
    };
    const path = put(dmFile([small, { ...small, name: "b", data: array([3, 4], "int32") }, spectra], { version: 4 }));
    expect((await inspect(path)).map(({ name, path }) => [name, path])).toEqual([
      ["a", "ImageList/1"],
      ["b", "ImageList/2"],
      ["core loss", "ImageList/3"],
    ]);
    const { image: b, spectra: map } = await load(path, { image: "b" });
    expect([[...b.data], map.shape]).toEqual([
      [3, 4],
      [1, 2, 3],
    ]);
    expect((await caught(() => load(path))).tag).toBe("OptionError");
  });

  test("blocks hold what is cut from the whole, also of colours, complex and packed data", async () => {
    const contents: DmImageContent[] = [
      {
        dimensions: [{ size: 3 }, { size: 4 }],
        dataType: 23,
        data: array(
          ramp(12).map((i) => i * 65_793),
          "uint32",
        ),
      },
      {
        dimensions: [{ size: 3 }, { size: 4 }],
        dataType: 3,
        data: { structs: ramp(12).map((i) => [i, -i]), as: "float32" },
      },
      { dimensions: [{ size: 4 }, { size: 4 }], dataType: 5, data: array(ramp(16), "float32") },
      {
        dimensions: [{ size: 4 }, { size: 4 }],
        dataType: 27,
        data: { structs: ramp(12).map((i) => [i, 1]), as: "float32" },
      },
    ];
    for (const content of contents) {
      await withDrafts(image(content), async ([draft]) => {
        const [rows, columns, parts] = draft.axes.map(({ size }) => size);
        const whole = await draft.read();
        expect(whole.length).toBe(rows * columns * parts);
        const block = { offset: [1, 1, 1], count: [2, 2, 1] };
        const wanted = [1, 2].flatMap((row) => [1, 2].map((column) => whole[(row * columns + column) * parts + 1]));
        expect([...(await draft.read({ block }))]).toEqual(wanted);
      });
    }
  });

  test.each(packedCases.filter(({ size }) => size > 2))(
    "packed complex data of $size x $size unfold as rosettasciio unfolds them",
    async ({ size, packed, whole }) => {
      const dimensions = [{ size }, { size }];
      const [signal] = await read(
        image({ dimensions, dataType: 5, data: array(packed, "float32") }, { littleEndian: false }),
      );
      expect([signal.shape, [...signal.data]]).toEqual([[size, size, 2], whole]);
    },
  );

  test("half a Fourier plane is handed on as it is stored", async () => {
    const data = { structs: ramp(6).map((i) => [i, -i]), as: "float64" } as const;
    const [signal] = await read(image({ dimensions: [{ size: 4 }, { size: 2 }], dataType: 28, data }));
    expect([signal.shape, signal.metadata.packed]).toEqual([[2, 3, 2], expect.stringContaining("half of the Fourier")]);
  });

  test("the metadata tell the measurement, and keep the tags", async () => {
    const tags = [
      ["EELS", group(["Acquisition", group(["Exposure (s)", number(0.5, "float64")], ["Number of frames", number(3, "int32")])],
        ["Experimental Conditions", group(["Collection semi-angle (mrad)", number(33)], ["Convergence semi-angle (mrad)", number(30)])])],
      ["EELS Spectrometer", group(["Dispersion (eV/ch)", number(0.25)], ["Aperture label", text("2.5 mm")])],
      ["Microscope Info", group(["Voltage", number(200_000)], ["Name", text("Unknown")], ["Illumination Mode", text("STEM")],
        ["Emission (µA)", number(7)])],
      ["Size", { struct: [4, 5], as: "int16" }],
      ["Long", array(ramp(2000), "float64")],
      ["Word", { string: "old" }],
      ["__proto__", group(["polluted", number(1)])],
    ] as const; // biome-ignore format: one line a group
    const path = image({ ...small, tags, brightness: { origin: 10, scale: 0.5, units: "e-" } });
    const [{ metadata, data }] = await read(path);
    expect(metadata.instrument).toEqual({
      mode: "STEM",
      beamEnergyKeV: 200,
      convergenceSemiAngleMrad: 30,
      collectionSemiAngleMrad: 33,
      dispersionEV: 0.25,
      apertureMm: 2.5,
      exposureSeconds: 0.5,
      frames: 3,
    });
    expect(metadata.intensity).toEqual({ origin: 10, scale: 0.5, units: "e-", applied: false });
    expect([...data]).toEqual([1, 2]); // not applied
    expect(metadata.tags).toMatchObject({
      Size: [4, 5],
      Long: "[2000 values]",
      Word: "old",
      "Microscope Info": { "Emission (µA)": 7 },
    });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("an image of an unknown type is listed, and refused when it is read", async () => {
    const path = put(dmFile([{ ...small, name: "points", dataType: 29 }, small]));
    expect((await inspect(path)).map(({ name }) => name)).toEqual(["points", "a"]);
    const error = await caught(() => read(path));
    expect([error.tag, error.got]).toEqual(["FormatError", "its DigitalMicrograph type 29"]);
  });
});

describe("damage", () => {
  const content: DmImageContent = {
    dimensions: [{ size: 3 }, { size: 2 }],
    dataType: 10,
    data: array(ramp(6), "uint16"),
  };

  test.each([
    ["a type that its data contradict", { ...content, dataType: 1 }],
    ["more data than pixels", { ...content, data: array(ramp(7), "uint16") }],
    ["fewer data than pixels", { ...content, data: array(ramp(5), "uint16") }],
    ["another width of numbers", { ...content, data: array(ramp(6), "uint32") }],
    ["a packed image that is not square", { ...content, dataType: 5, data: array(ramp(6), "float32") }],
  ])("%s is refused", async (_, damaged) => {
    const error = await caught(() => inspect(image(damaged as DmImageContent)));
    expect(error.tag).toBe("FormatError");
    expect(error.message).toContain("contradicts itself");
  });

  test("every cut of a file is refused, and says that it is cut", async () => {
    for (const options of WRITTEN) {
      const whole = dmFile([content], options);
      for (let length = 24; length < whole.length - 8; length += 41) {
        const error = await caught(() => inspect(put(whole.subarray(0, length))));
        expect(error.tag).toBe("FormatError");
      }
    }
  });

  test("groups that nest without end, counts and lengths that the file cannot hold are refused at once", async () => {
    let deep: TagContent = group();
    for (let i = 0; i < 80; i++) deep = group(["g", deep]);
    const huge = { info: [20, 7, 2 ** 31 - 1], bytes: Buffer.alloc(0) };
    const nested = { info: [20, 20, 20, 20, 20, 20, 20, 5, 1, 1, 1, 1, 1, 1, 1], bytes: Buffer.alloc(8) };
    const unknown = { info: [33], bytes: Buffer.alloc(0) };
    const long = { info: new Array(5000).fill(1), bytes: Buffer.alloc(0) };
    for (const tag of [deep, huge, nested, unknown, long]) {
      expect((await caught(() => inspect(put(dmBytes(group(["tag", tag])))))).tag).toBe("FormatError");
    }
    const many = dmBytes(group(["a", group()]));
    const one = dmBytes(group(["s", { struct: new Array(2_000).fill(0), as: "bool" }]));
    const tag = one.subarray(18, one.length - 8); // behind the header and the head of the root group
    const heavy = Buffer.concat([one.subarray(0, 18), ...new Array(1_000).fill(tag)]);
    heavy.writeInt32BE(1_000, 14);
    expect((await caught(() => inspect(put(heavy)))).got).toContain("tags described by");
    many.writeInt32BE(2 ** 30, 14); // tags of the root group
    expect((await caught(() => inspect(put(many)))).got).toContain("a group of 1073741824 tags");
    const negative = dmBytes(group(), { version: 4 });
    negative.writeBigInt64BE(-1n, 18);
    expect((await caught(() => inspect(put(negative)))).got).toContain("a length of -1");
  });

  test("a DM4 tag that ends elsewhere than it says is refused", async () => {
    const bytes = dmFile([content], { version: 4 });
    const name = bytes.indexOf("Thumbnails");
    bytes.writeBigInt64BE(bytes.readBigInt64BE(name + 10) + 1n, name + 10);
    expect((await caught(() => inspect(put(bytes)))).needed).toContain("as it says");
  });

  test("what only begins like a DM file is not taken for one", async () => {
    const error = await caught(() => inspect(put(Buffer.from([0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8]))));
    expect([error.tag, error.message]).toEqual([
      "FormatError",
      expect.stringContaining("no format that specbook reads"),
    ]);
  });

  test.each(WRITTEN)("200 damaged copies of a DM$version, little-endian $littleEndian, end well", async (options) => {
    const spectra: DmImageContent = {
      dimensions: [{ size: 3 }, { size: 2 }, { size: 4, units: "eV" }],
      dataType: 2,
      data: array(ramp(24), "float32"),
      tags: spectrumImageTags(),
    };
    const outcomes = await readMutants(dmFile([content, spectra], options), join(folder, "mutant.dm3"), 200);
    expect(Object.keys(outcomes).filter((name) => !["read", "FormatError", "AxisError"].includes(name))).toEqual([]);
    expect(outcomes.FormatError).toBeGreaterThan(40);
  });
});
