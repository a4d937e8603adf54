import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { cpus, homedir } from "node:os";
import { basename, join, relative, sep } from "node:path";
import { sha256Of, type UsedEngine, VERSION } from "../../core";
import { replaceFile } from "../../io/write-file";
import { findPackage } from "../../kernel/package-exports";
import { typescriptVersion } from "../../kernel/typescript";
import type { KernelProcess } from "./kernel-process";
import { PACKAGE_ROOT } from "./kernel-spec";
import type { ParameterValues } from "./parameters";

/** One file that the notebook read. */
export interface RecordedFile {
  /** Relative to the notebook's folder where it lies in it, else the name alone: paths of a machine tell about its user. */
  readonly file: string;
  readonly bytes: number;
  /** Of its content at the end of the run, or of the list of its files for a folder; null if it is gone by then. */
  readonly sha256: string | null;
}

/** How a notebook was run: enough to run it again, and to say what its numbers belong to. */
export interface RunRecord {
  readonly notebook: string;
  /** SHA-256 of the notebook's code as it ran. */
  readonly code: string;
  /** Start, ISO 8601 in UTC. */
  readonly started: string;
  readonly seconds: number;
  readonly cells: readonly { readonly cell: number; readonly id: string; readonly seconds: number }[];
  /** What was given from outside. */
  readonly given: ParameterValues;
  /** Every value of the parameter cell as it was when the run ended; empty without such a cell. */
  readonly parameters: ParameterValues;
  /** The first `seed` among them; null where there is none. */
  readonly seed: number | null;
  readonly data: readonly RecordedFile[];
  /** Null where no cell needed one. */
  readonly engine: UsedEngine | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: {
    readonly platform: string;
    readonly architecture: string;
    readonly processor: string;
    readonly cores: number;
  };
}

/** What the kernel knows of the run. */
export interface KernelFacts {
  readonly parameters: ParameterValues;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly engine: UsedEngine | null;
}

/** Asks the kernel, by a cell of its own, what the parameters are and what the library read and loaded. */
export async function askFacts(kernel: KernelProcess, names: readonly string[]): Promise<KernelFacts> {
  // the names stand outside of the function: one of them may be called as what is in it
  const code = `import { displayBundle as showRunFacts } from "specbook/cell";
showRunFacts(((given: unknown) => {
  const facts = (globalThis as any)[Symbol.for("specbook.run-facts")];
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
  const parameters = JSON.parse(JSON.stringify(given, plain));
  const files = facts === undefined ? [] : [...facts.files.values()];
  return { "application/json": { parameters, files, engine: facts?.engine ?? null } };
})({ ${names.join(", ")} }));`;
  let facts: KernelFacts | undefined;
  await kernel.execute(code, ({ header, content }) => {
    if (header.msg_type !== "display_data") return;
    facts = (content.data as Record<string, KernelFacts>)["application/json"]; // what the cell above shows
  });
  if (facts !== undefined) return facts;
  // a parameter that JSON cannot hold, or a cell that failed before it: the rest is known all the same
  return names.length > 0 ? askFacts(kernel, []) : { parameters: {}, files: [], engine: null };
}

/** What was measured while the notebook ran. */
export type RunTimes = Pick<RunRecord, "notebook" | "started" | "seconds" | "cells" | "given"> & {
  /** The code cells as they ran. */
  readonly sources: readonly string[];
  /** The notebook's folder. */
  readonly folder: string;
};

/** Puts the record together. */
export async function makeRecord(times: RunTimes, facts: KernelFacts): Promise<RunRecord> {
  const { sources, folder, notebook, started, seconds, cells, given } = times;
  const processors = cpus();
  return {
    notebook: basename(notebook),
    code: createHash("sha256").update(sources.join("\n\n")).digest("hex"),
    started,
    seconds: round(seconds),
    cells: cells.map((cell) => ({ ...cell, seconds: round(cell.seconds) })),
    given,
    parameters: facts.parameters,
    seed: seedOf(facts.parameters),
    data: await Promise.all(facts.files.map((file) => recordFile(file, folder))),
    engine: facts.engine,
    versions: versions(),
    machine: {
      platform: process.platform,
      architecture: process.arch,
      processor: processors[0]?.model ?? "unknown",
      cores: processors.length,
    },
  };
}

/** Writes the record, whole or not at all; the home folder in a parameter becomes `~`. */
export function writeRecord(path: string, record: RunRecord): Promise<void> {
  const home = JSON.stringify(homedir()).slice(1, -1);
  const text = `${JSON.stringify(record, null, 2)}\n`;
  return replaceFile(path, (scratch) => writeFile(scratch, home.length > 1 ? text.replaceAll(home, "~") : text));
}

/** Where the record of an output goes: `fig.ipynb` has `fig.run.json` beside it. */
export function recordPath(output: string): string {
  return `${output.replace(/\.ipynb$/i, "")}.run.json`;
}

const round = (seconds: number) => Math.round(seconds * 1000) / 1000;

function seedOf(value: unknown): number | null {
  if (typeof value !== "object" || value === null) return null;
  const own = (value as { seed?: unknown }).seed;
  if (typeof own === "number") return own;
  for (const inner of Object.values(value)) {
    const found = seedOf(inner);
    if (found !== null) return found;
  }
  return null;
}

async function recordFile(file: { path: string; size: number }, folder: string): Promise<RecordedFile> {
  const inside = relative(folder, file.path);
  const isInside = inside !== "" && !inside.startsWith("..") && !/^([a-z]:|[\\/])/i.test(inside);
  const name = isInside ? inside.split(sep).join("/") : basename(file.path);
  try {
    const info = await stat(file.path);
    if (!info.isDirectory()) return { file: name, bytes: info.size, sha256: await sha256Of(file.path) };
    return { file: name, ...(await folderSum(file.path)) };
  } catch {
    return { file: name, bytes: file.size, sha256: null };
  }
}

/** Bytes of a folder, and the checksum of the list of its files with their checksums. */
async function folderSum(folder: string): Promise<{ bytes: number; sha256: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const list = createHash("sha256");
  let bytes = 0;
  for (const path of paths.sort()) {
    bytes += (await stat(path)).size;
    list.update(`${await sha256Of(path)}  ${relative(folder, path).split(sep).join("/")}\n`);
  }
  return { bytes, sha256: list.digest("hex") };
}

function versions(): Record<string, string> {
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
    readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"),
  );
  const installed = Object.keys(dependencies).map((name) => {
    const found = findPackage(name, PACKAGE_ROOT)?.json as { version?: string } | undefined;
    return [name, found?.version ?? "missing"];
  });
  return {
    specbook: VERSION,
    node: process.versions.node,
    typescript: typescriptVersion(),
    ...Object.fromEntries(installed),
  };
}
