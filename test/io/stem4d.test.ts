import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { cutBlock } from "../../src/io/block";
import { withDrafts } from "../../src/io/formats";
import { withFile } from "../../src/io/open-file";
import { inspect, read } from "../../src/io/read";
import { readZipEntry, zipEntries } from "../../src/io/zip";
import { caught } from "../support/caught";
import { readMutants } from "../support/mutants";
import { hasShared, shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";
import fixtures from "./fixtures/stem4d-files.json";

const folder = temporaryFolder();
type Name = keyof typeof fixtures.files;
const bytesOf = (name: Name) => inflateSync(Buffer.from(fixtures.files[name].file, "base64"));
const put = (name: string, bytes: Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

interface Expected {
  shape: number[];
  dtype: string;
  sum: number;
  axes: (string | number)[][];
  at: number[];
  values: number[];
}

/** The same shape, type, numbers and calibrations as rosettasciio reads, but for what the comments say. */
async function check(path: string, expected: Expected): Promise<void> {
  const [info] = await inspect(path);
  const [signal] = await read(path);
  const isComplex = expected.dtype.startsWith("complex");
  const wide = (sizes: readonly number[]) => sizes.filter((n) => n > 1); // it drops, or keeps, axes of one point
  expect(wide(info.shape)).toEqual(wide([...expected.shape, ...(isComplex ? [2] : [])]));
  expect([info.dtype, [...signal.shape]]).toEqual([expected.dtype, [...info.shape]]);
  expect(expected.at.map((index) => signal.data[index])).toEqual(expected.values);
  const sum = signal.data.reduce((total, value) => total + value, 0);
  expect(Math.abs(sum - expected.sum)).toBeLessThanOrEqual(1e-9 * Math.abs(expected.sum) + 1e-6); // order of addition
  const own = info.axes.filter((axis) => axis.size > 1);
  const theirs = expected.axes.filter((_, i) => expected.shape[i] > 1);
  for (const [i, [units, offset, scale]] of theirs.entries()) {
    // Microns are nm here; a pixel size of -1 or an axis without units is no calibration.
    if (units === "" || Number(scale) < 0 === own[i].scale > 0) {
      expect(own[i].units).toBe("px");
      continue;
    }
    const factor = units === "µm" ? 1000 : 1;
    expect(own[i].units).toBe(units === "µm" ? "nm" : units);
    expect(own[i].scale / (factor * Number(scale))).toBeCloseTo(1, 6); // float32 in the header of MRC
    // rosettasciio 0.15.0 leaves the offsets of .ser in metres beside steps in nm, and forgets the element they are of.
    if (!path.endsWith(".ser")) expect(own[i].offset).toBeCloseTo(factor * Number(offset), 6);
  }
}

describe("4D-STEM and FEI files", () => {
  for (const name of Object.keys(fixtures.files) as Name[]) {
    test(`${name} reads as rosettasciio reads it`, () =>
      check(put(name, bytesOf(name)), fixtures.files[name].expected));
  }
  for (const [name, expected] of Object.entries(fixtures.shared)) {
    if (!name.endsWith(".mib")) {
      testShared(`${name} reads as rosettasciio reads it`, () => check(shared(`data/formats/4d/${name}`), expected));
    }
  }

  test.each(Object.keys(fixtures.files) as Name[])("%s: a block is cut from the whole", (name) =>
    withDrafts(put(name, bytesOf(name)), async ([draft]) => {
      const shape = draft.axes.map(({ size }) => size);
      const block = { offset: shape.map((n) => Math.min(1, n - 1)), count: shape.map((n) => Math.max(1, n - 2)) };
      expect(await draft.read({ block })).toEqual(cutBlock(await draft.read(), shape, block));
    }),
  );

  test.each(["u08.mib", "small.blo", "stack.mrc", "map_1.ser"] as const)(
    "200 damaged copies of %s end well",
    async (name) => {
      const path = join(folder, `mutant.${name.split(".")[1]}`);
      const outcomes = await readMutants(bytesOf(name), path, 200);
      const known = ["read", "FormatError", "MemoryError", "OptionError", "AxisError"];
      expect(Object.keys(outcomes).filter((outcome) => !known.includes(outcome))).toEqual([]);
      expect(outcomes.FormatError).toBeGreaterThan(10);
    },
  );
});

describe("Merlin", () => {
  const archived: [string, Buffer][] = [];
  beforeAll(async () => {
    if (!hasShared) return;
    const path = shared("data/formats/4d/Merlin_navigation4x2_signalNx256_ROI.zip");
    await withFile(path, async (file, size) => {
      for (const entry of await zipEntries(file, size, path)) {
        archived.push([entry.name, Buffer.from(await readZipEntry(file, size, entry, path))]);
      }
    });
  });

  testShared("real scans with a .hdr beside them read as rosettasciio reads them", async () => {
    for (const [name, bytes] of archived) put(name, bytes);
    const names = Object.keys(fixtures.shared).filter((name) => name.endsWith(".mib"));
    expect(names.length).toBe(2);
    for (const name of names) {
      await check(join(folder, name), fixtures.shared[name as keyof typeof fixtures.shared]);
      const [scan] = await inspect(join(folder, name));
      expect(scan.axes.map((axis) => axis.name)).toEqual(["y", "x", "detector y", "detector x"]);
    }
  });

  testShared("an acquisition that was stopped gives its complete rows, and says so", async () => {
    const [[hdrName, hdr], [mibName, mib]] = archived.slice(0, 2);
    put(hdrName, hdr);
    const stride = mib.length / 8;
    const [scan] = await read(put(mibName, mib.subarray(0, 6.5 * stride)));
    expect([scan.shape, scan.metadata.incomplete]).toEqual([
      [1, 4, 128, 256],
      expect.stringContaining(`${2.5 * stride} bytes behind`),
    ]);
  });

  test("frames without a .hdr are a stack, and a scan with the option", async () => {
    const path = put("u08.mib", bytesOf("u08.mib"));
    const [stack] = await read(path);
    const [scan] = await read(path, { scan: { rows: 2, columns: 3 } });
    expect([stack.shape, scan.shape]).toEqual([
      [6, 5, 7],
      [2, 3, 5, 7],
    ]);
    expect(scan.data).toEqual(stack.data);
    const error = await caught(() => read(path, { scan: { rows: 4, columns: 2 } }));
    expect([error.tag, error.got]).toEqual(["OptionError", 'scan {"rows":4,"columns":2} for 6 frames']);
  });

  test("raw modes are refused by name", async () => {
    const bytes = bytesOf("u16.mib");
    bytes.write("R64", bytes.indexOf("U16"));
    expect((await caught(() => read(put("r64.mib", bytes)))).got).toBe('pixels of type "R64"');
  });
});

describe("FEI TIA", () => {
  test("positions count from the element that the offset is of", async () => {
    const bytes = bytesOf("map_1.ser");
    bytes.writeUInt32LE(1, 34 + 20); // the first dimension: x
    const [map] = await inspect(put("element_1.ser", bytes));
    expect(map.axes[1]).toMatchObject({ name: "x", units: "nm", offset: -2, scale: 2 });
  });

  test("images lie with their first row at the top", async () => {
    const bytes = bytesOf("image_1.ser");
    const [picture] = await read(put("image_1.ser", bytes));
    expect([picture.kind, picture.shape]).toEqual(["image", [4, 6]]);
    const place = bytes.length - 24 - 2 * 24; // numbers stand before the one position tag
    expect(picture.data[3 * 6]).toBe(bytes.readUInt16LE(place));
  });
});

describe("NanoMEGAS", () => {
  test("the virtual image is there beside the patterns", async () => {
    const [, picture] = await read(put("small.blo", bytesOf("small.blo")));
    expect([picture.kind, picture.metadata.name, [...picture.data]]).toEqual([
      "image",
      "virtual image",
      [0, 1, 2, 3, 4, 5],
    ]);
  });
});

describe("MRC", () => {
  test("a big-endian file without a stamp is told by its name and size", async () => {
    const little = bytesOf("int16.mrc");
    const big = Buffer.from(little);
    for (let at = 0; at < 1024; at += 4) big.writeUInt32BE(little.readUInt32LE(at), at);
    big.fill(0, 208, 216);
    for (let at = 1024; at < big.length; at += 2) big.writeInt16BE(little.readInt16LE(at), at);
    const [turned] = await read(put("big.mrc", big));
    const [plain] = await read(put("int16.mrc", little));
    expect([turned.data, turned.axes]).toEqual([plain.data, plain.axes]);
    expect((await caught(() => read(put("big.unknown", big)))).tag).toBe("FormatError");
  });

  test("bytes are signed where the file says so", async () => {
    const bytes = bytesOf("bytes.mrc");
    bytes.writeUInt32LE(20_140, 108);
    const [signed] = await inspect(put("signed.mrc", bytes));
    bytes.write("IMOD", 152);
    const [imod] = await inspect(put("imod.mrc", bytes));
    expect([signed.dtype, imod.dtype]).toEqual(["int8", "uint8"]);
  });

  test("a movie becomes a scan by the option", async () => {
    const path = put("stack.mrc", bytesOf("stack.mrc"));
    const [scan] = await inspect(path, { scan: { rows: 1, columns: 3 } });
    expect([scan.shape, scan.axes.map((axis) => axis.units)]).toEqual([
      [1, 3, 4, 5],
      ["px", "px", "nm", "nm"],
    ]);
  });
});

describe("EMPAD", () => {
  const frames = Buffer.alloc(2 * 3 * 130 * 128 * 4);
  for (let frame = 0; frame < 6; frame++) frames.writeFloatLE(frame + 1, frame * 130 * 128 * 4);
  const xml = (inside: string) =>
    `<root name="a"><pix_x>3</pix_x><pix_y>2</pix_y><raw_file filename="../../etc/scan_x3_y2.raw"/>${inside}</root>`;

  test("without a description the name gives the scan, and nothing is calibrated", async () => {
    const [scan] = await read(put("scan_x3_y2.raw", frames));
    expect(scan.shape).toEqual([2, 3, 128, 128]);
    expect([0, 1, 2, 3, 4, 5].map((i) => scan.data[i * 128 * 128])).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await inspect(join(folder, "scan_x3_y2.raw")))[0].axes.map((axis) => axis.units)).toEqual(
      Array(4).fill("px"),
    );
    const short = await caught(() => read(put("cut_x3_y2.raw", frames.subarray(8))));
    expect([short.tag, short.remedy]).toEqual(["OptionError", expect.stringContaining("raw: {")]);
  });

  test("a description beside it calibrates it, and no path in it is followed", async () => {
    const own = join(folder, "described");
    mkdirSync(own);
    copyFileSync(put("scan_x3_y2.raw", frames), join(own, "scan_x3_y2.raw"));
    const path = join(own, "acquisition.xml");
    writeFileSync(path, xml("<calibrated_pixelsize>2e-10</calibrated_pixelsize>"));
    const [byXml] = await inspect(path);
    const [byRaw] = await inspect(join(own, "scan_x3_y2.raw"));
    expect(byXml).toEqual(byRaw);
    expect(byXml.axes[3]).toMatchObject({ name: "detector x", units: "1/nm", offset: -12.8, scale: 0.2 });
    const one =
      "<full_scan_field_of_view.x>7.2e-8</full_scan_field_of_view.x>" +
      "<full_scan_field_of_view.scale_factor>0.72</full_scan_field_of_view.scale_factor>";
    writeFileSync(path, xml(one));
    const [later] = await inspect(path);
    expect(later.axes.slice(0, 2).map((axis) => axis.scale)).toEqual([
      expect.closeTo(33.333, 2),
      expect.closeTo(33.333, 2),
    ]);
    writeFileSync(path, xml("").replace("scan_x3_y2", "passwd"));
    expect((await caught(() => inspect(path))).got).toBe('no file "passwd.raw" in its folder');
    writeFileSync(join(own, "short.raw"), "short");
    writeFileSync(path, '<root name="a"><raw_file filename="short.raw"/></root>');
    expect((await caught(() => inspect(path))).got).toBe("5 bytes, less than one frame of 66560");
  });
});
