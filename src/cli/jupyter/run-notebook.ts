import { dirname, resolve } from "node:path";
import { collectOutputs } from "./cell-outputs";
import { startKernel } from "./kernel-process";
import { type KernelSpec, kernelSpec } from "./kernel-spec";
import { type Cell, executedCell, type Output, readNotebook, requireWritable, writeNotebook } from "./notebook-file";
import { type ParameterValues, parameterNames, withParameters } from "./parameters";
import { askFacts, makeRecord, type RunRecord, recordPath, writeRecord } from "./run-record";

/** Options of `specbook run`. */
export interface RunOptions {
  /**
   * Where the executed notebook goes; default: over the one that was read, or with parameters, whose values it then
   * shows instead of the notebook's own, `NOTEBOOK.run.ipynb` beside it.
   */
  readonly output?: string;
  /** Values for the names of the cell tagged "parameters", e.g. `{ preset: "paper", "hp.epochs": 5 }`; default none. */
  readonly parameters?: ParameterValues;
  /** Writes the run record beside the output, `OUTPUT.run.json`; default true. */
  readonly record?: boolean;
  /** Go on after a cell that failed, and keep its error in the notebook. */
  readonly allowErrors?: boolean;
  /** The kernel to run it with; default: that of this copy of specbook. */
  readonly spec?: KernelSpec;
  /** Told about each finished cell. */
  readonly onProgress?: (line: string) => void;
}

/** What a run left. */
export interface RunResult {
  /** False when a cell failed: then `partial` is written instead, unless errors are allowed. */
  readonly ok: boolean;
  /** Size of the written file in bytes; undefined where nothing was written. */
  readonly bytes?: number;
  readonly seconds: number;
  /** The executed notebook's file; undefined where nothing was written. */
  readonly output?: string;
  /** How it was run; undefined where nothing was written. */
  readonly record?: RunRecord;
  /** The notebook with what was run until a cell failed. */
  readonly partial?: string;
}

/**
 * Executes every code cell in order, in the notebook's own folder, and saves the result atomically: the whole executed
 * notebook or, when a cell fails, the kernel dies or the process is told to end (its terminal closes), what was run as
 * `OUTPUT.partial.ipynb`, the output left as it was. Ctrl-C stops the running cell, as the stop button does.
 *
 * @throws FileError, FormatError for a file that is no notebook; OptionError for parameters that it does not take;
 * FileError, before a cell runs, for an output that cannot be written; EngineError if the kernel dies
 */
export async function runNotebook(path: string, options: RunOptions = {}): Promise<RunResult> {
  const { allowErrors = false, spec = kernelSpec(), parameters = {}, record = true, onProgress = () => {} } = options;
  const notebook = withParameters(readNotebook(path), parameters);
  const hasParameters = Object.keys(parameters).length > 0;
  const output = options.output ?? (hasParameters ? `${path.replace(/\.ipynb$/i, "")}.run.ipynb` : path);
  requireWritable(output);
  const started = new Date().toISOString();
  const begin = performance.now();
  const seconds = (since: number) => (performance.now() - since) / 1000;
  const folder = dirname(resolve(path));
  const kernel = await startKernel(spec, folder);
  const runs = new Map<Cell, { count?: number; outputs: Output[]; seconds: number }>();
  let language: Record<string, unknown> | undefined;
  const save = (path: string): number => {
    const cells = notebook.cells.map((cell) => {
      const run = runs.get(cell);
      return cell.type === "code" ? executedCell(cell, run?.count, run?.outputs ?? []) : cell;
    });
    return writeNotebook(path, { ...notebook, cells }, language);
  };
  const savePart = (): string => {
    const path = partialPath(output);
    save(path);
    onProgress(`what was run: ${path}`);
    return path;
  };
  const interrupt = () => void kernel.interrupt();
  const leave = (_: string, signal: number) => {
    if (runs.size > 0) savePart();
    process.exit(128 + signal); // runs the handlers that end the kernel; an unhandled signal does not
  };
  let isWritten = false;
  process.on("SIGINT", interrupt);
  for (const signal of ENDING) process.once(signal, leave);
  try {
    const info = await kernel.info();
    onProgress(`kernel ready after ${seconds(begin).toFixed(1)} s`);
    const outputs = collectOutputs();
    language = info.language_info as Record<string, unknown> | undefined; // kernel_info_reply of the protocol
    let ok = true;
    for (const cell of notebook.cells) {
      if (cell.type !== "code" || cell.source.trim() === "") continue;
      const start = performance.now();
      const own = outputs.begin();
      runs.set(cell, { outputs: own, seconds: 0 });
      const { status, executionCount } = await kernel.execute(cell.source, outputs.take);
      runs.set(cell, { count: executionCount, outputs: own, seconds: seconds(start) });
      onProgress(`[${executionCount ?? " "}] ${status} ${seconds(start).toFixed(1)} s  ${summary(cell, own)}`);
      if (status === "ok") continue;
      ok = false;
      onProgress(tracebackOf(own));
      if (!allowErrors) break;
    }
    if (!ok && !allowErrors) return { ok, seconds: seconds(begin), partial: savePart() };
    const bytes = save(output);
    isWritten = true;
    const times = {
      ...{ notebook: path, started, seconds: seconds(begin), given: parameters, folder },
      sources: [...runs.keys()].map(({ source }) => source),
      cells: [...runs].map(([{ id }, { seconds }], index) => ({ cell: index + 1, id, seconds })),
    };
    const done = await makeRecord(times, await askFacts(kernel, parameterNames(notebook)));
    if (record) await writeRecord(recordPath(output), done);
    onProgress(`${output}: ${kilobytes(bytes)}, ${seconds(begin).toFixed(1)} s`);
    return { ok, bytes, seconds: seconds(begin), output, record: done };
  } catch (error) {
    if (runs.size > 0 && !isWritten) savePart();
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
    for (const signal of ENDING) process.off(signal, leave);
    await kernel.shutdown();
  }
}

/** Signals that end the process: `kill`, and a terminal that is closed. */
const ENDING = ["SIGTERM", "SIGHUP"] as const;

/** `a.ipynb` -> `a.partial.ipynb`. */
function partialPath(output: string): string {
  return `${output.replace(/\.ipynb$/i, "")}.partial.ipynb`;
}

function summary(cell: Cell, outputs: readonly Output[]): string {
  const first = cell.source.trim().split("\n")[0].slice(0, 60);
  const bytes = Buffer.byteLength(JSON.stringify(outputs));
  return outputs.length === 0 ? first : `${first}  -> ${outputs.map(kindOf).join(", ")} ${kilobytes(bytes)}`;
}

function kindOf(output: Output): string {
  if (output.output_type === "stream") return output.name;
  if (output.output_type === "error") return "error";
  return "application/vnd.vegalite.v5+json" in output.data ? "chart" : (Object.keys(output.data)[0] ?? "empty");
}

function tracebackOf(outputs: readonly Output[]): string {
  const error = outputs.find((output) => output.output_type === "error");
  return error === undefined ? "the cell was not run" : error.traceback.join("\n");
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
