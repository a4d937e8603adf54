import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executedCell, readNotebook, writeNotebook } from "../../src/cli/jupyter/notebook-file";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "specbook-notebook-"));
  file = join(folder, "a.ipynb");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const spec = { $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: "point" };

const older = {
  cells: [
    { cell_type: "markdown", metadata: {}, source: ["# Title\n", "text"] },
    { cell_type: "code", metadata: { execution: { started: "now" }, tags: ["x"] }, source: "1 + 1", outputs: [] },
  ],
  metadata: { title: "kept" },
  nbformat: 4,
  nbformat_minor: 4,
};

describe("a notebook file", () => {
  test("of format 4.4 is saved as 4.5 with cell ids that stay the same", () => {
    writeFileSync(file, JSON.stringify(older));
    const ids = readNotebook(file).cells.map((cell) => cell.id);
    expect(new Set(ids).size).toBe(2);
    writeNotebook(file, readNotebook(file));
    const saved = JSON.parse(readFileSync(file, "utf8"));
    expect(saved).toMatchObject({ nbformat: 4, nbformat_minor: 5, metadata: { title: "kept" } });
    expect(saved.cells.map((cell: { id: string }) => cell.id)).toEqual(ids);
    expect(saved.cells[0].source).toEqual(["# Title\n", "text"]);
    expect(saved.cells[1].metadata).toEqual({ tags: ["x"] });
    expect(saved.metadata.kernelspec.name).toBe("specbook");
  });

  test("holds charts as objects and text as lines, and is the same when it is saved twice", () => {
    writeFileSync(file, JSON.stringify(older));
    const { cells, metadata } = readNotebook(file);
    const outputs = [
      { output_type: "stream" as const, name: "stdout" as const, text: "a\nb" },
      {
        output_type: "execute_result" as const,
        execution_count: 1,
        data: { "application/vnd.vegalite.v5+json": spec, "image/png": "aGk=", "text/plain": "two\nlines" },
        metadata: {},
      },
    ];
    const bytes = writeNotebook(file, { cells: [cells[0], executedCell(cells[1], 1, outputs)], metadata });
    const text = readFileSync(file, "utf8");
    expect(bytes).toBe(Buffer.byteLength(text));
    expect(JSON.parse(text).cells[1]).toMatchObject({
      execution_count: 1,
      outputs: [
        { text: ["a\n", "b"] },
        {
          data: {
            "application/vnd.vegalite.v5+json": spec,
            "image/png": "aGk=",
            "text/plain": ["two\n", "lines"],
          },
        },
      ],
    });
    writeNotebook(file, readNotebook(file));
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("is replaced whole: no other file is left beside it", () => {
    writeFileSync(file, JSON.stringify(older));
    writeNotebook(file, readNotebook(file));
    expect(readdirSync(folder)).toEqual(["a.ipynb"]);
    expect(() => writeNotebook(folder, readNotebook(file))).toThrow();
    expect(readdirSync(join(folder, "..")).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test.each([
    ["a missing file", undefined, "FileError", "ENOENT"],
    ["text that is not JSON", "hello", "FormatError", "not JSON"],
    ["JSON that is no notebook", "[1, 2]", "FormatError", "without nbformat"],
    ["a notebook of format 3", '{"nbformat": 3, "worksheets": []}', "FormatError", "nbformat 3"],
  ])("%s is refused with what was got", (_, content, tag, got) => {
    if (content !== undefined) writeFileSync(file, content);
    expect(() => readNotebook(file)).toThrow(expect.objectContaining({ tag, got: expect.stringContaining(got) }));
  });
});
