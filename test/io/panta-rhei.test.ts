import { join } from "node:path";
import { expect, test } from "vitest";
import { inspect, read } from "../../src/io/read";
import { writeZip } from "../../src/io/zip-writer";
import { caught } from "../support/caught";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();

/** An .npy file of a type and shape, version 1.0. */
function npy(descr: string, shape: string, data: Uint8Array): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  return Buffer.concat([head, Buffer.from(text, "latin1"), data]);
}

async function prz(name: string, words: unknown): Promise<string> {
  const text = typeof words === "string" ? words : JSON.stringify([words]);
  const letters = Buffer.from(Uint32Array.from(text, (letter) => letter.codePointAt(0) ?? 0).buffer);
  const data = Buffer.from(Float32Array.from({ length: 24 }, (_, i) => i).buffer);
  const path = join(folder, name);
  await writeZip(path, [
    { name: "data.npy", bytes: npy("'<f4'", "(2, 3, 4)", data) },
    { name: "meta_data_json.npy", bytes: npy(`'<U${text.length}'`, "()", letters) },
  ]);
  return path;
}

testShared("a PantaRhei image is calibrated as rosettasciio 0.15.0 reads it", async () => {
  const [image] = await read(shared("data/formats/other/panta_rhei_sample.prz"));
  expect([image.kind, image.shape, image.metadata.format]).toEqual(["image", [16, 16], "PantaRhei"]);
  expect(image.data.reduce((a, b) => a + b, 0)).toBe(9854583);
  expect(Object.values(image.axes).map(({ units, scale }) => [units, scale])).toEqual([
    ["nm", expect.closeTo(7.795828292907633, 9)],
    ["nm", expect.closeTo(7.795828292907633, 9)],
  ]);
});

test("a scan with an energy axis is a spectrum image, and losses run up", async () => {
  const words = {
    "filter.mode": "EELS",
    "content.types": ["Energy", "ScanX", "ScanY"],
    "device.calib": [
      { value: -0.5, unit: "eV", offset: -200 },
      { value: 1e-9, unit: "m", offset: 0, pixel_factor: 2 },
      null,
    ],
    "electron_gun.voltage": 60_000,
  };
  const [map] = await read(await prz("map.prz", words));
  if (map.kind !== "spectrum-image") throw new Error(`read as ${map.kind}`);
  expect([map.shape, map.axes.x.scale, map.axes.y.units]).toEqual([[2, 3, 4], 2, "px"]);
  expect(map.axes.energy).toMatchObject({ units: "eV", scale: 0.5, offset: -100 });
  expect(map.metadata.instrument).toEqual({ beamEnergyKeV: 60 });
});

test("words that are no JSON are refused", async () => {
  expect((await caught(async () => read(await prz("broken.prz", "[{")))).got).toBe("words that are no JSON");
});

testShared("HyperSpy's colours lie along a last axis", async () => {
  const [colours] = await inspect(shared("data/formats/other/test_rgba16.npz"));
  expect([colours.kind, colours.shape, colours.dtype]).toEqual(["array", [3, 128, 128, 4], "uint16"]);
  expect(colours.axes[3].name).toBe("colour");
});

test("records of other names are no colours", async () => {
  const path = join(folder, "records.npz");
  const data = Buffer.from([1, 2, 3, 4, 5, 6]);
  const colour = (letters: string[]) => `[${letters.map((letter) => `('${letter}', '|u1')`).join(", ")}]`;
  await writeZip(path, [
    { name: "rgb.npy", bytes: npy(colour(["R", "G", "B"]), "(2,)", data) },
    { name: "bgr.npy", bytes: npy(colour(["B", "G", "R"]), "(2,)", data) },
  ]);
  const [rgb, ...others] = await read(path);
  expect([rgb.shape, [...rgb.data], others]).toEqual([[2, 3], [1, 2, 3, 4, 5, 6], []]);
});
