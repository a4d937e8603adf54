import { describe, expect, test } from "vitest";
import type { Cell, Notebook } from "../../src/cli/jupyter/notebook-file";
import { parameterNames, readParameters, withParameters } from "../../src/cli/jupyter/parameters";
import { caught } from "../support/caught";

const SOURCE = `// what to run
const preset: "quick" | "paper" = "quick"; // or "paper"
export const epochs = 20, by = "rows" as const;
let sizes = [8, 16];
const hp = {
  seed: 1, // of the first weights
  filters: { encoder: 16 },
  ...{ quick: { batch: 32 }, paper: { batch: 64 } }[preset],
} satisfies object;
const kernel = someNameOfTheKernel(epochs);`;

function notebook(...sources: { source: string; tagged?: boolean }[]): Notebook {
  const cells = sources.map(({ source, tagged = true }, i): Cell => {
    return { id: `c${i}`, type: "code", source, metadata: tagged ? { tags: ["parameters"] } : {} };
  });
  return { cells, metadata: { kernelspec: { name: "specbook" } } };
}

const given = (values: Record<string, unknown>) => withParameters(notebook({ source: SOURCE }), values).cells[0].source;
const refusal = (values: Record<string, unknown>, source = SOURCE) =>
  caught(() => withParameters(notebook({ source }), values));

describe("parameters of a notebook", () => {
  test("of a wrong type are told to be quoted only where a text is wanted", async () => {
    expect(await refusal({ by: 20 }, 'const by = "rows";')).toMatchObject({ remedy: `for a text write -p 'by="20"'` });
    expect(await refusal({ sizes: [4, "8"] })).toMatchObject({ remedy: expect.stringMatching(/^give sizes a value/) });
  });

  test("take the place of the written values; comments, types and `as const` stay", () => {
    expect(
      given({ preset: "paper", epochs: 5, by: "columns", sizes: [4], "hp.filters.encoder": 8, "hp.paper.batch": 7 }),
    ).toBe(
      SOURCE.replace('= "quick"', '= "paper"')
        .replace("epochs = 20", "epochs = 5")
        .replace('"rows"', '"columns"')
        .replace("[8, 16]", "[4]")
        .replace("encoder: 16", "encoder: 8")
        .replace("batch: 64", "batch: 7"),
    );
  });

  test("are kept in the notebook's metadata, and none given leave it as it is", () => {
    const plain = notebook({ source: SOURCE });
    expect(withParameters(plain, {})).toBe(plain);
    expect(withParameters(plain, { epochs: 5 }).metadata).toEqual({
      kernelspec: { name: "specbook" },
      specbook: { parameters: { epochs: 5 } },
    });
    expect(plain.cells[0].source).toBe(SOURCE);
    expect(parameterNames(plain)).toEqual(["preset", "epochs", "by", "sizes", "hp", "kernel"]);
    expect(parameterNames(notebook({ source: SOURCE, tagged: false }))).toEqual([]);
  });

  test.each([
    [{ epochs: "many" }, /epochs = "many"[\s\S]*20[\s\S]*'string' is not assignable to type 'number'/],
    [{ epochs: null }, /epochs = null/],
    [{ epochs: 5, preset: "papr" }, /preset = "papr"[\s\S]*"paper"/],
    [{ sizes: ["a"] }, /sizes = \["a"\]/],
    [{ by: 3 }, /by = 3[\s\S]*-p 'by="3"'/],
    [{ "hp.filters": { decoder: 3 } }, /hp\.filters[\s\S]*decoder/],
    [{ "hp.seed": [1] }, /hp\.seed = \[1\]/],
  ])("refuse a value of another type: %j", async (values, message) => {
    expect(await refusal(values)).toMatchObject({ tag: "OptionError", message: expect.stringMatching(message) });
  });

  test.each([
    [{ epoch: 5 }, /did you mean epochs\?/],
    [{ seed: 5 }, /did you mean hp\.seed\?/],
    [{ "hp.batch": 5 }, /one of preset, epochs, by/],
    [{ hp: { seed: 1, filters: { encoder: 1 } }, "hp.seed": 5 }, /hp and hp\.seed/],
    [{ epochs: Number.NaN }, /NaN/],
    [{ epochs: undefined }, /undefined/],
  ])("refuse a name or value that cannot be placed: %j", async (values, message) => {
    expect(await refusal(values)).toMatchObject({ tag: "OptionError", message: expect.stringMatching(message) });
  });

  test("need exactly one tagged cell", async () => {
    const none = await caught(() => withParameters(notebook({ source: SOURCE, tagged: false }), { epochs: 1 }));
    expect(none).toMatchObject({ message: expect.stringMatching(/no cell with the tag "parameters"/) });
    const two = await caught(() => withParameters(notebook({ source: SOURCE }, { source: SOURCE }), { epochs: 1 }));
    expect(two).toMatchObject({ message: expect.stringMatching(/2 cells with the tag/) });
  });
});

describe("-p name=value", () => {
  test("is read as JSON, else as text; --preset is a text", () => {
    expect(readParameters(["a=5", "b=x = y", 'c={"d": [1]}', "e=", 'f="7"', "g=true", "hp.h=-1e-3"], "12")).toEqual({
      ...{ preset: "12", a: 5, b: "x = y", c: { d: [1] }, e: "", f: "7", g: true },
      "hp.h": -1e-3,
    });
  });

  test.each([["epochs"], ["=5"], [" =5"], [""]])("refuses %j", async (word) => {
    expect(await caught(() => readParameters([word]))).toMatchObject({ tag: "OptionError", needed: "name=value" });
  });

  test("refuses a name that is given twice", async () => {
    const twice = await caught(() => readParameters(["preset=quick"], "paper"));
    expect(twice).toMatchObject({ tag: "OptionError", message: expect.stringMatching(/preset is given twice/) });
  });
});
