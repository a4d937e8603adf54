import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { COLUMNS, WIDTH } from "./support/notebook-room";

const FOLDER = resolve(__dirname, "../notebooks");
const names = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ipynb"));

interface SavedCell {
  id?: unknown;
  cell_type: string;
  metadata: Record<string, unknown>;
  source: string | string[];
  execution_count?: number | null;
  outputs?: SavedOutput[];
}

interface SavedOutput {
  output_type: string;
  name?: string;
  data?: Record<string, unknown>;
  text?: string | string[];
  metadata?: { "image/png"?: { width: number; height: number } };
}

const textOf = (cell: SavedCell) => [cell.source].flat().join("");

/** What nbformat 4.5 demands of an output. */
function outputFaults(output: SavedOutput): string[] {
  const keys: Record<string, string[]> = {
    stream: ["name", "output_type", "text"],
    display_data: ["data", "metadata", "output_type"],
    execute_result: ["data", "execution_count", "metadata", "output_type"],
    error: ["ename", "evalue", "output_type", "traceback"],
  };
  const expected = keys[output.output_type] ?? ["a known output_type"];
  return Object.keys(output).sort().join() === expected.join() ? [] : [JSON.stringify(output).slice(0, 200)];
}

describe.each(names)("notebooks/%s", (name) => {
  const path = join(FOLDER, name);
  const notebook = JSON.parse(readFileSync(path, "utf8"));
  const cells: SavedCell[] = notebook.cells;
  const code = cells.filter((cell) => cell.cell_type === "code" && textOf(cell).trim() !== "");

  test("is valid nbformat 4.5 for the specbook kernel", () => {
    expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5]);
    expect(notebook.metadata.kernelspec).toMatchObject({ name: "specbook", language: "typescript" });
    const ids = cells.map((cell) => cell.id);
    expect(ids.filter((id) => typeof id !== "string" || !/^[a-zA-Z0-9-_]{1,64}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(cells.flatMap((cell) => (cell.outputs ?? []).flatMap(outputFaults))).toEqual([]);
  });

  test("is executed from top to bottom in one go, without errors or warnings", () => {
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, index) => index + 1));
    const outputs = code.flatMap((cell) => cell.outputs ?? []);
    expect(outputs.filter((output) => output.output_type === "error" || output.name === "stderr")).toEqual([]);
  });

  test("has cells of at most 25 lines, each free of run times", () => {
    expect(code.map(textOf).filter((text) => text.split("\n").length > 25)).toEqual([]);
    expect(cells.filter((cell) => "execution" in cell.metadata)).toEqual([]);
  });

  test("has no line of code that needs sideways scrolling in a window of 1280 pixels", () => {
    const long = code.flatMap((cell) => textOf(cell).split("\n")).filter((line) => line.length > COLUMNS);
    expect(long).toEqual([]);
  });

  test("is under 300 kB and shows a picture beside every chart", () => {
    expect(statSync(path).size).toBeLessThan(300_000);
    const charts = code
      .flatMap((cell) => cell.outputs ?? [])
      .filter((output) => output.data?.["application/vnd.vegalite.v5+json"] !== undefined);
    expect(charts.length).toBeGreaterThan(0);
    for (const { data, metadata } of charts) {
      expect(data?.["application/vnd.vegalite.v5+json"]).toBeTypeOf("object");
      expect(data?.["image/png"]).toBeTypeOf("string");
      const { width = Number.NaN, height = Number.NaN } = metadata?.["image/png"] ?? {};
      expect(width).toBeLessThanOrEqual(WIDTH);
      expect(height).toBeGreaterThan(40);
    }
  });

  test("prints no line that wraps, beside the numbers for the machine", () => {
    const printed = code
      .flatMap((cell) => cell.outputs ?? [])
      .flatMap(({ text = [] }) => [text].flat().join("").split("\n"));
    expect(printed.filter((line) => line.length > COLUMNS && !line.startsWith("numbers "))).toEqual([]);
  });
});

test("quickstart is among the notebooks", () => {
  expect(names).toContain("quickstart.ipynb");
});
