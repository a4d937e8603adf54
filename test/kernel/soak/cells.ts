import { type CellRun, KernelClient, type KernelOptions } from "../../support/kernel-client";
import { channelsAfter, comm, widget } from "./channels";
import { median } from "./interrupts";

const SETUP = `
  const data = await simulate.nanoparticleArray({ seed: 1, rows: 16, columns: 16, channels: 48 });
  const pairs = windows(data.image, data.spectra, { size: 8 });
  const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
  let total = 0; const log: number[] = [];`;

/** A cell of an afternoon's work: its code, and what must have come of it. */
interface Work {
  readonly name: string;
  code(i: number): string;
  isRight(run: CellRun, i: number): boolean;
  /** What a page does with what the cell shows; gives what was wrong. */
  page?(kernel: KernelClient, run: CellRun, i: number): Promise<string | undefined>;
}

const WORK: readonly Work[] = [
  { name: "value", code: (i) => `${i} * 2`, isRight: ({ result }, i) => result === String(2 * i) },
  {
    name: "print",
    code: (i) => `for (let k = 0; k < 50; k++) console.log("cell ${i} line", k); console.error("and an error line")`,
    isRight: ({ text }, i) => {
      const lines = Array.from({ length: 50 }, (_, k) => `cell ${i} line ${k}\n`).join("");
      return text === `${lines}and an error line\n`;
    },
  },
  {
    name: "redeclare",
    code: (i) =>
      `const step = ${i}; let half: number = step / 2; function twice(x: number) { return 2 * x } twice(half)`,
    isRight: ({ result }, i) => result === String(i),
  },
  {
    name: "new names",
    code: (i) =>
      `interface Peak${i % 100} { energy: number; width?: number } const peak${i % 100}: Peak${i % 100} = { energy: ${i} }; class Fit${i % 100} { constructor(readonly peak: Peak${i % 100}) {} } new Fit${i % 100}(peak${i % 100}).peak.energy`,
    isRight: ({ result }, i) => result === String(i),
  },
  {
    name: "change",
    code: () => "total = 0; for (let k = 0; k < 1e5; k++) total += k; log.push(total); log.length = 0; total",
    isRight: ({ result }) => result === "4999950000",
  },
  {
    name: "error",
    code: (i) => `const reached = ${i};\nthrow new RangeError("in cell ${i}")`,
    isRight: ({ error, status }, i) =>
      status === "error" && error?.value === `in cell ${i}` && /cell\[\d+\]\.ts:2/.test(error.traceback),
  },
  {
    name: "type error",
    code: () => 'const wrong: number = "text";',
    isRight: ({ error }) => error?.name === "TypeScriptError",
  },
  {
    name: "chart",
    code: (i) =>
      `({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", title: "chart ${i}", mark: "line", data: { values: Array.from({ length: 50 }, (_, x) => ({ x, y: Math.sin(x * ${i}) })) }, encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } } })`,
    isRight: ({ outputs }) => typeof outputs.at(-1)?.content.data?.["image/png"] === "string",
  },
  {
    name: "await",
    code: (i) =>
      `const got${i % 7} = await new Promise<number>((done) => setTimeout(() => done(${i}), 2)); got${i % 7}`,
    isRight: ({ result }, i) => result === String(i),
  },
  {
    name: "display",
    code: (i) =>
      `const shown = displayBundle({ "text/plain": "0" }); for (let k = 1; k < 20; k++) shown.update({ "text/plain": "${i}." + k });`,
    isRight: ({ outputs }, i) => outputs.length === 20 && outputs.at(-1)?.content.data["text/plain"] === `${i}.19`,
  },
  {
    name: "array",
    code: (i) => `const stack = new Float32Array(1e6).fill(${i}); stack.at(-1)`,
    isRight: ({ result }, i) => result === String(i),
  },
  {
    name: "training step",
    code: () => "const run = await fit(model, pairs, { epochs: 1, seed: 1 }); run.epochs.length > 0",
    isRight: ({ result }) => result === "true",
  },
  {
    name: "decomposition",
    code: () => "(await nmf(data.spectra, { components: 2, seed: 1, iterations: 3 })).error >= 0",
    isRight: ({ result }) => result === "true",
  },
  { name: "comm", ...comm, isRight: ({ error }) => error === undefined },
  { name: "widget", ...widget, isRight: ({ error }) => error === undefined },
];

// what costs a second is done less often than what costs a millisecond, as in a notebook
const RARE: Readonly<Record<string, number>> = { "training step": 5, decomposition: 5, chart: 2 };

// A notebook of this many cells, which are run again and again; every other round comes from a front end that names no cells.
const NOTEBOOK = 195;
const cellId = (i: number) => `cell ${i % NOTEBOOK}`;
const metadataOf = (i: number) => (Math.floor(i / WORK.length) % 2 === 0 ? { cellId: cellId(i) } : {});

/** Memory at one moment of the work, in megabytes. */
export interface MemorySample {
  readonly cells: number;
  readonly resident_mb: number;
  readonly heap_mb: number;
  readonly external_mb: number;
}

/** What the simulated work came to. */
export interface CellsResult {
  readonly node: string;
  readonly cells: number;
  /** Cells without a reply, an idle status, or what they should have shown. */
  readonly wrong: readonly string[];
  readonly seconds: number;
  readonly median_ms: number;
  /** Median time of the first and of the last tenth of the trivial cells. */
  readonly trivial_ms: { readonly first: number; readonly last: number };
  /** Comms that are still open once the cells with a name are deleted: at most those of the last 50 nameless ones. */
  readonly channels: number;
  /** Growth from the end of the warm-up to the end, of the resident memory and of the heap after a garbage collection. */
  readonly growth: { readonly resident: number; readonly heap: number };
  readonly memory: readonly MemorySample[];
}

/** How the work is done. */
export interface CellsOptions extends KernelOptions {
  readonly cells: number;
  /** Cells before memory counts; default a tenth. */
  readonly warmUp?: number;
  readonly onProgress?: (line: string) => void;
}

const MEASURE = `(globalThis as any).__collect ??= (() => {
    require("node:v8").setFlagsFromString("--expose-gc");
    return require("node:vm").runInNewContext("gc") as () => void;
  })();
  (globalThis as any).__collect(); await new Promise((done) => setTimeout(done, 50)); (globalThis as any).__collect();
  const usage = process.memoryUsage(); JSON.stringify([usage.rss, usage.heapUsed, usage.external].map((n) => Math.round(n / 1e5) / 10))`;

/** Runs `cells` cells of mixed kinds one after the other and checks each. */
export async function soakCells(options: CellsOptions): Promise<CellsResult> {
  const { cells, warmUp = Math.ceil(cells / 10), onProgress = () => {} } = options;
  const kernel = await KernelClient.start(options);
  const { error } = await kernel.run(SETUP);
  if (error) throw new Error(error.traceback);
  const node = (await kernel.run("process.version")).result?.replaceAll("'", "") ?? "?";
  const memory: MemorySample[] = [];
  const sample = async (done: number) => {
    const [resident_mb, heap_mb, external_mb] = JSON.parse((await kernel.run(MEASURE)).result!.slice(1, -1));
    memory.push({ cells: done, resident_mb, heap_mb, external_mb });
    onProgress(`${node}: ${done} cells, resident ${resident_mb} MB, heap ${heap_mb} MB, outside ${external_mb} MB`);
  };
  const wrong: string[] = [];
  const times: number[] = [];
  const trivial: number[] = [];
  const begin = performance.now();
  const every = Math.max(1, Math.floor(cells / 20));
  for (let i = 0; i < cells; i++) {
    const work = workOf(i);
    const start = performance.now();
    const run = await kernel.run(work.code(i), { metadata: metadataOf(i) });
    const ms = performance.now() - start;
    times.push(ms);
    if (work.name === "value") trivial.push(ms);
    if (!work.isRight(run, i)) wrong.push(`cell ${i}, ${work.name}: ${run.error?.value ?? run.result ?? run.text}`);
    const fault = await work.page?.(kernel, run, i);
    if (fault !== undefined) wrong.push(`cell ${i}, ${work.name}: ${fault}`);
    if ((i + 1) % every === 0 || i + 1 === warmUp) await sample(i + 1);
  }
  const seconds = (performance.now() - begin) / 1000;
  const notebook = Array.from({ length: NOTEBOOK }, (_, i) => cellId(i));
  const channels = await channelsAfter(kernel, notebook);
  await kernel.close();
  const start = memory.find((entry) => entry.cells >= warmUp)!;
  const end = memory.at(-1)!;
  const tenth = Math.max(1, Math.floor(trivial.length / 10));
  return {
    node,
    cells,
    wrong,
    seconds: Math.round(seconds),
    median_ms: Math.round(median(times)),
    trivial_ms: {
      first: Math.round(median(trivial.slice(0, tenth))),
      last: Math.round(median(trivial.slice(-tenth))),
    },
    channels,
    growth: {
      resident: Number((end.resident_mb / start.resident_mb - 1).toFixed(3)),
      heap: Number((end.heap_mb / start.heap_mb - 1).toFixed(3)),
    },
    memory,
  };
}

function workOf(i: number): Work {
  const work = WORK[i % WORK.length];
  const round = Math.floor(i / WORK.length);
  return round % (RARE[work.name] ?? 1) === 0 ? work : WORK[0];
}
