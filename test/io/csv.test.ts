import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { load } from "../../src/io/load";
import { inspect, read } from "../../src/io/read";
import { caught } from "../support/caught";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("tables of text", () => {
  test.each([
    ["comma", "1,2.5,-3\n4,5e-3,6\n"],
    ["semicolon", "1;2.5;-3\r\n4;.005;6\r\n"],
    ["tab", "# note\n1\t2.5\t-3\n\n4\t5E-3\t6"],
    ["space", "  1  2.5 -3\n  4 0.005 6\n"],
  ])("without titles are an image, numbers apart by %s", async (name, text) => {
    const [image] = await read(put(`${name}.csv`, text));
    expect([image.kind, image.shape]).toEqual(["image", [2, 3]]);
    expect(image.data).toEqual(Float32Array.of(1, 2.5, -3, 4, 0.005, 6));
  });

  test("may begin with the two letters that archives begin with", async () => {
    const [one] = await read(put("letters.csv", "PK position (eV),counts\n1,7\n2,8\n"));
    expect([...one.data]).toEqual([7, 8]);
    expect((await caught(() => read(put("letters.txt", "PK is a note")))).got).toContain("a text of 12 bytes");
  });

  test("with titles are spectra beside the first column, whose title has the units", async () => {
    const [one] = await read(put("one.csv", "energy loss (meV),counts\n100,7\n110,8\n120,9\n"));
    expect([one.kind, one.shape, [...one.data]]).toEqual(["spectrum-image", [1, 1, 3], [7, 8, 9]]);
    expect(Object.values(one.axes)[2]).toMatchObject({ name: "energy", units: "eV", offset: 0.1, scale: 0.01 });
    const [two] = await read(put("two.tsv", "Energy [eV]\ta\tb\n1\t10\t20\n2\t11\t21\n"));
    expect([two.shape, [...two.data]]).toEqual([
      [1, 2, 2],
      [10, 11, 20, 21],
    ]);
    expect(two.metadata.titles).toEqual(["Energy [eV]", "a", "b"]);
    const bare = await caught(() => load(put("bare.csv", "E,a\n1,2\n2,3\n"), { image: put("i.csv", "5,6\n7,8\n") }));
    expect([bare.tag, bare.got]).toEqual(["ShapeError", expect.stringContaining("2 x 2")]);
    expect((await caught(() => read(put("bare.csv", "E,a\n1,2\n2,3\n")))).remedy).toContain(
      '{ energy: { units: "eV" } }',
    );
  });

  test.each([
    ["ragged", "1,2\n3\n", "1 numbers in line 2"],
    ["word", "1,2\n3,four\n", '"four" in line 2'],
    ["gap", "a,b\n1,2\n,3\n", '"" in line 3'],
    ["titles only", "a,b\n", "titles without numbers"],
    ["notes only", "# nothing\n", "no line of numbers"],
  ])("that are %s are refused with the line", async (name, text, got) => {
    const error = await caught(() => inspect(put(`${name}.csv`, text)));
    expect([error.tag, error.got]).toEqual(["FormatError", got]);
  });

  test("keep NaN and infinite values, which read counts", async () => {
    const [image] = await read(put("nan.csv", "1,nan\n-inf,2\n"));
    expect([...image.data]).toEqual([1, Number.NaN, Number.NEGATIVE_INFINITY, 2]);
    expect(image.metadata.nonFinite).toBe(2);
  });

  testShared("are read as the array that lies beside them as .npy", async () => {
    const [text] = await read(shared("data/fto/fto_haadf_62x75_u8.csv"));
    const [binary] = await read(shared("data/fto/fto_haadf_62x75_u8.npy"));
    expect(text.data).toEqual(binary.data);
  });
});
