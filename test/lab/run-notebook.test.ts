import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { installKernel } from "../../src/cli/jupyter/install-kernel";
import { readKernelSpec } from "../../src/cli/jupyter/kernel-spec";
import { runNotebook } from "../../src/cli/jupyter/run-notebook";
import { testBuilt } from "../support/built";
import { caught } from "../support/caught";
import { writeNpy } from "../support/write-npy";

const MAIN = resolve(__dirname, "../../dist/cli/main.js");

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
    const first = readFileSync(file, "utf8");
    await runNotebook(file);
    expect(readFileSync(file, "utf8")).toBe(first);
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

  testBuilt("keeps what was run until a cell failed", async () => {
    write('console.log("an hour of work");', 'throw new RangeError("too large");', 'console.log("never");');
    const { partial = "" } = await runNotebook(file, { output: join(folder, "out.ipynb") });
    expect(partial).toBe(join(folder, "out.partial.ipynb"));
    expect(existsSync(join(folder, "out.ipynb"))).toBe(false);
    const [work, error, never] = saved(partial);
    expect(work).toMatchObject({ execution_count: 1, outputs: [{ text: ["an hour of work\n"] }] });
    expect(error.outputs).toMatchObject([{ output_type: "error", ename: "RangeError" }]);
    expect(never).toMatchObject({ execution_count: null, outputs: [] });
  });

  testBuilt("keeps what was run when the process is told to end", async ({ skip }) => {
    if (process.platform === "win32") return skip("no signals");
    write('console.log("an hour of work");', 'console.log("half");\nawait new Promise(() => {});');
    const ended = async (signal: "SIGTERM" | "SIGHUP") => {
      const name = join(folder, signal);
      const run = spawn(process.execPath, [MAIN, "run", file, "-o", `${name}.ipynb`], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      run.stdout.on("data", (text) => {
        if (String(text).includes("[1] ok")) setTimeout(() => run.kill(signal), 1500);
      });
      const [code] = await once(run, "exit");
      const [work, half] = saved(`${name}.partial.ipynb`);
      expect(work.outputs).toMatchObject([{ text: ["an hour of work\n"] }]);
      expect(half.outputs).toMatchObject([{ text: ["half\n"] }]);
      return code;
    };
    expect(await Promise.all([ended("SIGTERM"), ended("SIGHUP")])).toEqual([143, 129]); // the other: its terminal closes
    expect(saved()[0].outputs).toEqual([]);
  });

  testBuilt("keeps what was run when the kernel dies", async ({ skip }) => {
    if (process.platform === "win32") return skip("no kill command");
    write(
      'console.log("an hour of work");',
      `import { execSync } from "node:child_process";
      console.log("half");
      await new Promise((done) => setTimeout(done, 500)); // what was printed is on its way by then
      execSync(\`kill -9 \${process.pid}\`);`,
    );
    const error = await caught(() => runNotebook(file));
    expect(error).toMatchObject({ tag: "EngineError" });
    const [work, half] = saved(join(folder, "a.partial.ipynb"));
    expect(work.outputs).toMatchObject([{ text: ["an hour of work\n"] }]);
    expect(half.outputs).toMatchObject([{ text: ["half\n"] }]);
  });

  testBuilt("refuses an output that cannot be written before a cell runs", async () => {
    write('console.log("an hour of work");');
    for (const output of [join(folder, "missing", "out.ipynb"), folder]) {
      const lines: string[] = [];
      const error = await caught(() => runNotebook(file, { output, onProgress: (line) => lines.push(line) }));
      expect(error).toMatchObject({ tag: "FileError", got: expect.stringContaining(output) });
      expect(lines).toEqual([]);
    }
    expect(readdirSync(folder)).toEqual(["a.ipynb"]);
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

describe("specbook run with parameters", () => {
  const PARAMETERS =
    'const preset: "quick" | "paper" = "quick";\nconst hp = { seed: 7, n: { quick: 2, paper: 9 }[preset] };';
  const tagged = (source: string) => ({
    ...{ cell_type: "code", metadata: { tags: ["parameters"] }, outputs: [], execution_count: null, source },
  });
  const writeTagged = (...cells: string[]) => {
    write(...cells);
    const notebook = JSON.parse(readFileSync(file, "utf8"));
    notebook.cells.splice(1, 0, tagged(PARAMETERS));
    writeFileSync(file, JSON.stringify(notebook));
  };

  /** Makes the first code cell the parameter cell. */
  const markFirst = () => {
    const notebook = JSON.parse(readFileSync(file, "utf8"));
    notebook.cells[1].metadata.tags = ["parameters"];
    writeFileSync(file, JSON.stringify(notebook));
  };

  testBuilt("runs with the given values, leaves the notebook, and records how it was run", async () => {
    writeNpy(join(folder, "scan.npy"), "<f4", [3], new Uint8Array(12));
    writeTagged('const scan = await readNpy("scan.npy");\nconst f = () => hp.n;\n[f(), scan.shape[0]]');
    const untouched = readFileSync(file, "utf8");
    const result = await runNotebook(file, { parameters: { preset: "paper", "hp.seed": 11 } });
    const output = join(folder, "a.run.ipynb");
    expect(result).toMatchObject({ ok: true, output });
    expect(readFileSync(file, "utf8")).toBe(untouched);
    expect(saved(output)[1].outputs[0].data?.["text/plain"]).toEqual(["[ 9, 3 ]"]);
    const written = JSON.parse(readFileSync(join(folder, "a.run.run.json"), "utf8"));
    expect(written).toEqual(result.record);
    expect(written).toMatchObject({
      notebook: "a.ipynb",
      given: { preset: "paper", "hp.seed": 11 },
      parameters: { preset: "paper", hp: { seed: 11, n: 9 } },
      seed: 11,
      data: [{ file: "scan.npy", bytes: 140, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      engine: null,
      versions: { node: process.versions.node, vega: "5.33.1" },
      cells: [{ cell: 1 }, { cell: 2, seconds: expect.any(Number) }],
    });
    expect(written.machine.cores).toBeGreaterThan(0);
    expect(Math.abs(Date.parse(written.started) - Date.now())).toBeLessThan(600_000);
    expect(JSON.stringify(written)).not.toContain(folder);
  });

  testBuilt("records parameters that are called as the kernel's own words are", async () => {
    write("const parameters = { seed: 3n }, facts = 1, files = 2;");
    markFirst();
    const { record } = await runNotebook(file);
    expect(record).toMatchObject({ parameters: { parameters: { seed: "3" }, facts: 1, files: 2 } });
  });

  testBuilt("records the data also beside a parameter that JSON cannot hold", async () => {
    writeNpy(join(folder, "scan.npy"), "<f4", [3], new Uint8Array(12));
    write("const loop: { self?: unknown } = {};\nloop.self = loop;", 'await readNpy("scan.npy")');
    markFirst();
    const { record } = await runNotebook(file);
    expect(record).toMatchObject({ parameters: {}, data: [{ file: "scan.npy" }] });
  });

  testBuilt("writes no record on request", async () => {
    write("const before = 1;");
    const { record } = await runNotebook(file, { record: false });
    expect(record).toMatchObject({ parameters: {}, seed: null, data: [] });
    expect(existsSync(join(folder, "a.run.json"))).toBe(false);
  });

  testBuilt("refuses a parameter before a cell runs", async () => {
    writeTagged("process.stdout.write('ran')");
    const lines: string[] = [];
    const onProgress = (line: string) => lines.push(line);
    const error = await caught(() => runNotebook(file, { parameters: { preset: "papr" }, onProgress }));
    expect(error).toMatchObject({ tag: "OptionError", got: 'preset = "papr"' });
    expect(lines).toEqual([]);
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
