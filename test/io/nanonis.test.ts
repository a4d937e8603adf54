import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withDrafts } from "../../src/io/formats";
import { load } from "../../src/io/load";
import { open } from "../../src/io/open-spectra";
import { inspect, read } from "../../src/io/read";
import { caught } from "../support/caught";
import { readMutants } from "../support/mutants";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
let files = 0;

function put(bytes: Buffer): string {
  const path = join(folder, `${files++}.3ds`);
  writeFileSync(path, bytes);
  return path;
}

const ROWS = 2;
const COLUMNS = 3;
const POINTS = 5;

/** A grid of 2 x 3 positions, two channels; value = 1000 channel + 100 row + 10 column + point, Z = row - column. */
function grid(
  changes: Record<string, string> = {},
  sweepOf: (pixel: number) => [number, number] = () => [-1, 1],
): Buffer {
  const entries: Record<string, string> = {
    "Grid dim": `"${COLUMNS} x ${ROWS}"`,
    "Grid settings": "1E-8;2E-8;3.000000E-9;4.000000E-9;0",
    "Sweep Signal": '"Bias (V)"',
    "Fixed parameters": '"Sweep Start;Sweep End"',
    "Experiment parameters": '"X (m);Z (m)"',
    "# Parameters (4 byte)": "4",
    "Experiment size (bytes)": String(2 * POINTS * 4),
    Points: String(POINTS),
    Channels: '"Current (A);LockinX (V)"',
    Comment: '"a = b"',
    ...changes,
  };
  const lines = Object.entries(entries).map(([name, value]) => `${name}=${value}`);
  const numbers: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      numbers.push(...sweepOf(row * COLUMNS + column), 7, row - column);
      for (const channel of [0, 1000]) {
        for (let i = 0; i < POINTS; i++) numbers.push(channel + 100 * row + 10 * column + i);
      }
    }
  }
  const data = Buffer.alloc(4 * numbers.length);
  numbers.forEach((value, i) => {
    data.writeFloatBE(value, 4 * i);
  });
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n:HEADER_END:\r\n`), data]);
}

describe("a Nanonis grid", () => {
  test("is the topography and one spectrum image a channel", async () => {
    const path = put(grid());
    expect((await inspect(path)).map(({ name, kind, shape }) => [name, kind, shape])).toEqual([
      ["Z", "image", [2, 3]],
      ["Current", "spectrum-image", [2, 3, 5]],
      ["LockinX", "spectrum-image", [2, 3, 5]],
    ]);
    const [height, , lockin] = await read(path);
    if (lockin.kind !== "spectrum-image") throw new Error(lockin.kind);
    expect([...height.data]).toEqual([0, -1, -2, 1, 0, -1]);
    expect([...lockin.data.subarray(5, 10)]).toEqual([1010, 1011, 1012, 1013, 1014]);
    expect(lockin.data.at(-1)).toBe(1124);
    expect(lockin.axes.energy).toMatchObject({ name: "Bias", units: "V", offset: -1, scale: 0.5 });
    expect(lockin.axes.x).toMatchObject({ units: "nm", offset: 0, scale: 1 });
    expect(lockin.axes.y).toMatchObject({ units: "nm", scale: 2 });
    expect(lockin.metadata).toMatchObject({ units: "V", comment: "a = b", quantity: "LockinX" });
  });

  test("is loaded with its topography, and opened in parts", async () => {
    const path = put(grid());
    const { image, spectra } = await load(path, { spectra: "Current" });
    expect([image.metadata.name, [...spectra.data.subarray(0, 5)]]).toEqual(["Z", [0, 1, 2, 3, 4]]);
    const file = await open(path, { spectra: "LockinX" });
    const part = await file.slice({ rows: [1, 2], columns: [1, 2], energy: [-0.5, 0.5] });
    expect([...part.data]).toEqual([1111, 1112, 1113]);
    await withDrafts(path, async ([height]) => {
      expect([...(await height.read({ block: { offset: [1, 1], count: [1, 2] } }))]).toEqual([0, -1]);
    });
  });

  test("of which some positions were not measured has the sweep of the others", async () => {
    const [, current] = await read(put(grid({}, (pixel) => (pixel > 3 ? [0, 0] : [-1, 1]))));
    expect(current.kind === "spectrum-image" && current.axes.energy.offset).toBe(-1);
  });

  test("whose sweep differs between positions is refused until the axis is given", async () => {
    const path = put(grid({}, (pixel) => [-1, 1 + pixel]));
    expect((await caught(() => read(path))).got).toContain("its ends differ between positions");
    const [, current] = await read(path, { energy: { units: "channel" } });
    expect(current.shape).toEqual([2, 3, 5]);
    const bare = put(grid({ "Fixed parameters": '"A;B"' }));
    expect((await caught(() => read(bare))).got).toContain("does not give the ends");
  });

  test.each([
    ["other sizes than its channels have", { "Experiment size (bytes)": "44" }],
    ["more parameters than names", { "# Parameters (4 byte)": "5" }],
    ["no points", { Points: "0" }],
    ["too many points", { Points: "99999999999" }],
    ["no dimensions", { "Grid dim": '"many"' }],
    ["no rows", { "Grid dim": '"3 x 0"' }],
    ["no channels", { Channels: '""', "Experiment size (bytes)": "4" }],
  ])("with %s is refused", async (_, changes) => {
    expect((await caught(() => inspect(put(grid(changes))))).tag).toBe("FormatError");
  });

  test("of an aborted measurement is NaN where it was not reached, and says so", async () => {
    const pixel = 4 * (4 + 2 * POINTS);
    const whole = grid();
    const all = (await read(put(whole)))[1].data;
    for (const measured of [1, 2, 3, 4, 5]) {
      const path = put(whole.subarray(0, whole.length - (ROWS * COLUMNS - measured) * pixel));
      const [height, current] = await read(path);
      const expected = all.map((value, i) => (i < measured * POINTS ? value : Number.NaN));
      expect([...current.data]).toEqual([...expected]);
      expect(height.data.filter((value) => Number.isFinite(value)).length).toBe(measured);
      expect(current.metadata).toMatchObject({
        measured: `${measured} of 6 positions`,
        nonFinite: (6 - measured) * POINTS,
      });
      await withDrafts(path, async ([, draft]) => {
        const block = { offset: [0, 1, 2], count: [2, 2, 1] };
        const corners = [1, 2, 4, 5].map((position) => expected[position * POINTS + 2]);
        expect([...(await draft.read({ block }))]).toEqual(corners);
        const second = { offset: [1, 0, 0], count: [1, 3, 5] };
        expect([...(await draft.read({ block: second }))]).toEqual([...expected.slice(3 * POINTS)]);
      });
    }
    const error = await caught(() => load(put(whole.subarray(0, whole.length - pixel)), { spectra: "Current" }));
    expect([error.tag, error.remedy]).toEqual(["DataError", expect.stringContaining('nonFinite: "zero"')]);
  });

  test("that is larger than its file, or without an end of the header, is refused", async () => {
    const larger = await caught(() => inspect(put(Buffer.concat([grid({ "Grid dim": '"3 x 3"' }), Buffer.alloc(4)]))));
    expect(larger.message).toContain("ends before its data do");
    const header = grid().subarray(0, 200);
    expect((await caught(() => inspect(put(header)))).needed).toContain(":HEADER_END:");
  });

  test("of 200 damaged copies every one ends well", async () => {
    const outcomes = await readMutants(grid(), join(folder, "mutant.3ds"), 200);
    expect(Object.keys(outcomes).filter((name) => !["read", "FormatError", "AxisError"].includes(name))).toEqual([]);
    expect(outcomes.FormatError).toBeGreaterThan(20);
  });

  // Numbers taken from the file with numpy: offset 480, big-endian float32, 30 x 30 x (10 + 4 x 200).
  testShared("of tunnelling spectroscopy reads as its layout says", async () => {
    const [height, current, lockinX] = await read(shared("data/spm/STS_grid_lockin.3ds"));
    if (current.kind !== "spectrum-image") throw new Error(current.kind);
    expect([height.shape, current.shape]).toEqual([
      [30, 30],
      [30, 30, 200],
    ]);
    expect([height.data[1], height.data[30], current.data[0]]).toMatchArray(
      [-1.6394804e-7, -1.6392381e-7, -1.3747145e-10],
      {
        relative: 1e-6, // eight digits were printed
      },
    );
    expect(lockinX.kind).toBe("spectrum-image");
    expect(current.axes.energy).toMatchObject({ name: "Bias", units: "V", offset: -0.22, size: 200 });
    expect(current.axes.x.scale * 30).toBeCloseTo(5, 10); // nm
  });
});
