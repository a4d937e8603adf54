import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { installKernel } from "../../src/cli/jupyter/install-kernel";
import { readKernelSpec } from "../../src/cli/jupyter/kernel-spec";
import { runNotebook } from "../../src/cli/jupyter/run-notebook";
import { testBuilt } from "../support/built";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "specbook-run-"));
  file = join(folder, "a.ipynb");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(...cells: string[]): void {
  const markdown = { cell_type: "markdown", metadata: {}, source: "# Title" };
  const code = (source: string) => ({ cell_type: "code", metadata: {}, source, outputs: [], execution_count: null });
  const notebook = { cells: [markdown, ...cells.map(code)], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  writeFileSync(file, JSON.stringify(notebook));
}

interface SavedCell {
  execution_count: number | null;
  outputs: { output_type: string; text?: string[]; data?: Record<string, unknown>; ename?: string }[];
}

const saved = (path = file): SavedCell[] => JSON.parse(readFileSync(path, "utf8")).cells.slice(1);

describe("specbook run", () => {
  testBuilt("saves every output of every cell, live displays once, in the notebook's own folder", async () => {
    writeFileSync(join(folder, "numbers.json"), "[1, 2, 3]");
    write(
      'import { readFileSync } from "node:fs";\nconst numbers: number[] = JSON.parse(readFileSync("numbers.json", "utf8"));\nnumbers.length',
      'for (let i = 0; i < 2000; i++) console.log("line", i);',
      'const live = displayBundle({ "text/plain": "0" });\nfor (let i = 1; i <= 100; i++) live.update({ "text/plain": String(i) });',
      "",
      'live.update({ "text/plain": "from a later cell" });',
    );
    const lines: string[] = [];
    const result = await runNotebook(file, { onProgress: (line) => lines.push(line) });
    expect(result).toMatchObject({ ok: true, bytes: readFileSync(file).length });
    const [first, flood, live, empty, last] = saved();
    expect(first).toMatchObject({ execution_count: 1, outputs: [{ output_type: "execute_result" }] });
    expect(first.outputs[0].data?.["text/plain"]).toEqual(["3"]);
    expect(flood.outputs).toHaveLength(1);
    expect(flood.outputs[0].text).toHaveLength(2000);
    expect(live.outputs).toMatchObject([{ data: { "text/plain": ["from a later cell"] } }]);
    expect([empty.execution_count, empty.outputs]).toEqual([null, []]);
    expect(last.outputs).toEqual([]);
    expect(lines.filter((line) => line.startsWith("["))).toHaveLength(4);
  });

  testBuilt("gives the same file twice", async () => {
    write('console.log("a");\n[1, 2]');
    await runNotebook(file);
    const once = readFileSync(file, "utf8");
    await runNotebook(file);
    expect(readFileSync(file, "utf8")).toBe(once);
  });

  testBuilt("leaves the notebook as it is when a cell fails, and shows the traceback", async () => {
    write("const before = 1;", 'throw new RangeError("too large");', 'console.log("never");');
    const untouched = readFileSync(file, "utf8");
    const lines: string[] = [];
    const result = await runNotebook(file, { onProgress: (line) => lines.push(line) });
    expect(result.ok).toBe(false);
    expect(result.bytes).toBeUndefined();
    expect(readFileSync(file, "utf8")).toBe(untouched);
    expect(lines.join("\n")).toContain("too large");
    expect(lines.join("\n")).not.toContain("never");
  });

  testBuilt("keeps the errors of cells where they are allowed, and runs the rest", async () => {
    write('throw new RangeError("too large");', 'console.log("goes on");');
    const output = join(folder, "out.ipynb");
    const result = await runNotebook(file, { allowErrors: true, output });
    expect(result.ok).toBe(false);
    expect(saved(output)[0].outputs).toMatchObject([{ output_type: "error", ename: "RangeError" }]);
    expect(saved(output)[1].outputs).toMatchObject([{ text: ["goes on\n"] }]);
    expect(saved()[0].outputs).toEqual([]);
  });
});

describe("specbook install", () => {
  testBuilt("writes a kernelspec whose kernel answers", async () => {
    const lines: string[] = [];
    const directory = await installKernel(folder, { onProgress: (line) => lines.push(line) });
    expect(existsSync(readKernelSpec(directory).argv[1])).toBe(true);
    expect(lines.at(-1)).toMatch(/kernel answers: specbook/);
  });
});
