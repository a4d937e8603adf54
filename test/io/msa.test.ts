import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withDrafts } from "../../src/io/formats";
import { read } from "../../src/io/read";
import { caught } from "../support/caught";
import { readMutants } from "../support/mutants";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
let files = 0;

function put(text: string | Buffer): string {
  const path = join(folder, `${files++}.msa`);
  writeFileSync(path, text);
  return path;
}

const HEAD = [
  "#FORMAT      : EMSA/MAS Spectral Data File",
  "#VERSION     : 1.0",
  "#TITLE       : a spectrum",
  "#NPOINTS     : 4.",
  "#NCOLUMNS    : 1.",
  "#XUNITS      : eV",
  "#YUNITS      : counts",
  "#DATATYPE    : Y",
  "#XPERCHAN    : 0.5",
  "#OFFSET      : 100.",
];

/** A file of four points; `changes` replaces lines by their keyword, `data` the lines of the data. */
function msa(
  changes: Record<string, string | undefined> = {},
  data = ["1", "2.5", "-3e1", "4.D0"],
  end = true,
): string {
  const keyword = (line: string) => line.slice(1).split(/[-: ]/)[0];
  const kept = HEAD.flatMap((line) => (keyword(line) in changes ? [] : [line]));
  const added = Object.values(changes).filter((line) => line !== undefined);
  const tail = end ? ["#ENDOFDATA   : "] : [];
  return [...kept, ...added, "#SPECTRUM    : data follow", ...data, ...tail].join("\n");
}

describe("EMSA/MAS", () => {
  test.each([
    ["one value a line", msa()],
    ["several columns", msa({ NCOLUMNS: "#NCOLUMNS    : 3." }, ["1, 2.5, -3e1,", "4."])],
    ["columns between spaces", msa({}, ["  1  2.5", "  -30 +4"])],
    ["pairs", msa({ DATATYPE: "#DATATYPE    : XY" }, ["100, 1", "100.5, 2.5", "101, -30", "101.5, 4"])],
    ["two pairs a line", msa({ DATATYPE: "#DATATYPE    : XY" }, ["100, 1, 100.5, 2.5", "101, -30, 101.5, 4"])],
    ["lines of DOS", msa().replaceAll("\n", "\r\n")],
    ["lines of old Macs", msa().replaceAll("\n", "\r")],
    ["a byte order mark", `\uFEFF${msa()}`],
    ["no number of points", msa({ NPOINTS: undefined })],
    ["no last line", msa({}, undefined, false)],
  ])("%s are read", async (_, text) => {
    const [spectrum] = await read(put(text));
    if (spectrum.kind !== "spectrum-image") throw new Error(spectrum.kind);
    expect([spectrum.shape, [...spectrum.data]]).toEqual([
      [1, 1, 4],
      [1, 2.5, -30, 4],
    ]);
    expect(spectrum.axes.energy).toMatchObject({ name: "energy", units: "eV", offset: 100, scale: 0.5 });
    expect(spectrum.metadata).toMatchObject({ title: "a spectrum", units: "counts", format: "EMSA/MAS" });
  });

  test("keywords become the words of the measurement, in their units", async () => {
    const lines = [
      "#BEAMKV   -kV: 120.0",
      "#PROBECUR -pA: 50",
      "#CONVANGLE-mR: 1.5",
      "#COLLANGLE   : 3.4 ",
      "#INTEGTIME-ms: 100.",
      "#THICKNESS-um: 0.05",
      "#SIGNALTYPE  : ELS",
      "#XTILTSTGE-dg: 2.0 E+01",
      "#DWELLTIME-fortnight: 1",
      "#COMMENT     : one - two",
      "#COMMENT     : three",
      "##ALPHA-1    : 3.14",
    ];
    const [{ metadata }] = await read(put(msa({ extra: lines.join("\n") })));
    expect(metadata.instrument).toEqual({
      beamEnergyKeV: 120,
      probeCurrentNA: 0.05,
      convergenceSemiAngleMrad: 1.5,
      collectionSemiAngleMrad: 3.4,
      exposureSeconds: 0.1,
      thickness: 50,
      stageAlphaDegrees: 20,
    });
    expect(metadata.signalType).toBe("EELS");
    expect(metadata.keywords).toMatchObject({ COMMENT: "one - two\nthree", "##ALPHA-1": "3.14", DWELLTIME: "1" });
  });

  test("an axis in keV comes in eV; the channel of energy 0 stands in for the offset", async () => {
    const [kilo] = await read(put(msa({ XUNITS: "#XUNITS      : keV", XPERCHAN: "#XPERCHAN    : 0.01" })));
    expect(kilo.kind === "spectrum-image" && kilo.axes.energy).toMatchObject({
      units: "eV",
      offset: 100_000,
      scale: 10,
    });
    const [zero] = await read(put(msa({ OFFSET: "#CHOFFSET    : -20" })));
    expect(zero.kind === "spectrum-image" && zero.axes.energy.offset).toBe(10);
  });

  test("pairs without keywords of the axis give the axis themselves", async () => {
    const data = ["3 1", "5 2", "7 3"];
    const text = msa({ DATATYPE: "#DATATYPE    : XY", OFFSET: undefined, XPERCHAN: undefined }, data);
    const [spectrum] = await read(put(text));
    expect(spectrum.kind === "spectrum-image" && spectrum.axes.energy).toMatchObject({ offset: 3, scale: 2 });
  });

  test("pairs that stray from the keywords are said, and beyond a channel refused", async () => {
    const pairs = (last: number) =>
      put(msa({ DATATYPE: "#DATATYPE    : XY" }, ["100 1", "100.5 2", "101 3", `${last} 4`]));
    const spaced = ["100 1", "100.6 2", "101.2 3", "101.8 4"];
    const [rounded] = await read(put(msa({ DATATYPE: "#DATATYPE    : XY" }, spaced)));
    expect(rounded.kind === "spectrum-image" && rounded.axes.energy.scale).toBeCloseTo(0.6, 12);
    expect(rounded.metadata.deviation).toContain("0.60 channels");
    const [near] = await read(pairs(101.8));
    expect(near.metadata.deviation).toContain("0.60 channels");
    expect((await caught(() => read(pairs(102.1)))).got).toContain("1.2 channels");
    expect((await read(pairs(101.5)))[0].metadata.deviation).toBeUndefined();
  });

  test("without units the axis is asked for", async () => {
    const path = put(msa({ XUNITS: undefined }));
    expect((await caught(() => read(path))).remedy).toContain("energy: {");
    expect((await read(path, { energy: { units: "eV" } }))[0].shape).toEqual([1, 1, 4]);
  });

  test("another number of points than the header says is told, or is a cut file", async () => {
    expect((await read(put(msa({}, ["1", "2", "3"]))))[0].metadata.points).toBe("#NPOINTS says 4");
    const error = await caught(() => read(put(msa({}, ["1", "2", "3"], false))));
    expect([error.tag, error.got]).toEqual(["FormatError", "3 values and no #ENDOFDATA"]);
    expect((await caught(() => read(put(msa({}, []))))).tag).toBe("FormatError");
  });

  test("a word among the numbers is an error that names the line", async () => {
    const error = await caught(() => read(put(msa({}, ["1", "two", "3", "4"]))));
    expect([error.tag, error.got]).toEqual(["FormatError", '"two" in line 13']);
    const pairs = msa({ DATATYPE: "#DATATYPE    : XY" }, ["1 2", "3"]);
    expect((await caught(() => read(put(pairs)))).got).toContain("a position without a value");
    const stray = await caught(() => read(put(`${HEAD.join("\n")}\nnot a keyword\n`)));
    expect(stray.got).toContain("not a keyword");
  });

  test("a text that is no EMSA/MAS file is not taken for one", async () => {
    for (const text of ["#FORMAT: something else\n1\n2\n", "x,y\n1,2\n", "notes on EMSA/MAS\n"]) {
      expect((await caught(() => read(put(text)))).message).toContain("in no format that specbook reads");
    }
  });

  test("a block holds what is cut from the whole", async () => {
    await withDrafts(put(msa()), async ([draft]) => {
      expect([...(await draft.read({ block: { offset: [1], count: [2] } }))]).toEqual([2.5, -30]);
    });
  });

  test("200 damaged copies end well", async () => {
    const outcomes = await readMutants(Buffer.from(msa()), join(folder, "mutant.msa"), 200);
    expect(Object.keys(outcomes).filter((name) => !["read", "FormatError", "AxisError"].includes(name))).toEqual([]);
    expect(outcomes.FormatError).toBeGreaterThan(10);
  });

  // Numbers of rosettasciio 0.15.0 for the two examples of the standard.
  testShared("the examples of the standard read as rosettasciio reads them", async () => {
    const [loss] = await read(shared("data/formats/other/example1.msa"));
    if (loss.kind !== "spectrum-image") throw new Error(loss.kind);
    expect([loss.shape, loss.data[0], loss.data[20]]).toEqual([[1, 1, 21], 4066, 4217]);
    expect(loss.axes.energy).toMatchObject({ units: "eV", offset: 520.13, scale: 3.1 });
    expect(loss.metadata).toMatchObject({ title: "NIO EELS OK SHELL", signalType: "EELS", points: "#NPOINTS says 20" });
    expect(loss.metadata.instrument).toMatchObject({
      beamEnergyKeV: 120,
      collectionSemiAngleMrad: 3.4,
      dwellSeconds: 0.1,
    });
    const [xray] = await read(shared("data/formats/other/example2.msa"));
    if (xray.kind !== "spectrum-image") throw new Error(xray.kind);
    expect([xray.shape, xray.data[0], xray.data[79]]).toEqual([[1, 1, 80], Math.fround(65.82), Math.fround(49.442)]);
    expect(xray.axes.energy).toMatchObject({ offset: 200, scale: 10 });
  });
});
