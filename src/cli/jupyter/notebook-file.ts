import { createHash, randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SpecbookError } from "../../core";
import { KERNEL_DISPLAY_NAME, KERNEL_NAME } from "./kernel-spec";

type Json = Readonly<Record<string, unknown>>;

/** One output of a code cell (nbformat 4.5), with its text in one piece. */
export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: Json; metadata: Json }
  | { output_type: "execute_result"; execution_count: number; data: Json; metadata: Json }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** One cell, with its source in one piece. Outputs are as the file holds them: they are only ever replaced. */
export interface Cell {
  readonly id: string;
  readonly type: "code" | "markdown" | "raw";
  readonly source: string;
  readonly metadata: Json;
  readonly attachments?: Json;
  readonly executionCount?: number | null;
  readonly outputs?: readonly unknown[];
}

/** A notebook file. */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: Json;
}

/**
 * Reads an .ipynb of nbformat 4.
 *
 * @throws FileError if it cannot be read, FormatError if it is no notebook of that format
 */
export function readNotebook(path: string): Notebook {
  const raw = parse(path);
  if (raw.nbformat !== 4 || !Array.isArray(raw.cells)) {
    throw new SpecbookError("FormatError", `${path} is not a notebook of format 4.`, {
      got: raw.nbformat === undefined ? "JSON without nbformat" : `nbformat ${raw.nbformat}`,
      needed: "nbformat 4 with a list of cells",
      remedy: "open it in JupyterLab and save it again; or name an .ipynb file",
    });
  }
  return { cells: raw.cells.map(toCell), metadata: raw.metadata ?? {} };
}

function parse(path: string): { nbformat?: unknown; cells?: unknown; metadata?: Json } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new SpecbookError("FileError", "The notebook cannot be read.", {
      got: `${path}: ${(cause as NodeJS.ErrnoException).code}`, // fs throws nothing else
      needed: "the path of an .ipynb file",
      remedy: "check the path; it is taken from the current directory",
      cause,
    });
  }
  try {
    const raw: unknown = JSON.parse(text);
    return typeof raw === "object" && raw !== null ? raw : {};
  } catch (cause) {
    throw new SpecbookError("FormatError", `${path} is not a notebook.`, {
      got: `${text.length} characters that are not JSON: ${String(cause).slice(0, 120)}`,
      needed: "an .ipynb file",
      remedy: "name an .ipynb file; if it was one, take it from its last backup or commit",
      cause,
    });
  }
}

function toCell(raw: Record<string, unknown>, index: number): Cell {
  const source = Array.isArray(raw.source) ? raw.source.join("") : String(raw.source ?? "");
  const type = raw.cell_type === "code" || raw.cell_type === "markdown" ? raw.cell_type : "raw";
  const { execution: _times, ...metadata } = (raw.metadata ?? {}) as Record<string, unknown>; // front ends put times there
  return {
    // Format 4.4 has no ids: one that depends on place and text only keeps the file the same from run to run.
    id: typeof raw.id === "string" ? raw.id : digest(`${index}:${source}`),
    type,
    source,
    metadata,
    attachments: raw.attachments as Json | undefined,
    executionCount: raw.execution_count as number | null | undefined,
    outputs: raw.outputs as unknown[] | undefined,
  };
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** A cell that was run. */
export function executedCell(cell: Cell, executionCount: number | undefined, outputs: readonly Output[]): Cell {
  return { ...cell, executionCount: executionCount ?? null, outputs: outputs.map(toFile) };
}

// Files hold text as lists of lines, so that a change of one line is one line of a diff; JSON types stay objects.
function toFile(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.fromEntries(
    Object.entries(output.data).map(([type, value]) => [
      type,
      typeof value === "string" && (type.startsWith("text/") || type === "image/svg+xml") ? lines(value) : value,
    ]),
  );
  return { ...output, data };
}

function lines(text: string): string[] {
  return text.split(/(?<=\n)/);
}

/** JSON as Jupyter indents it, but a chart on one line: its indentation would take half of the file. */
function indented(notebook: Json): string {
  const mark = randomUUID();
  const charts: string[] = [];
  const setAside = (key: string, value: unknown) =>
    key.endsWith("+json") ? `${mark} ${charts.push(JSON.stringify(value)) - 1}` : value;
  const text = JSON.stringify(notebook, setAside, 1);
  return text.replace(new RegExp(`"${mark} (\\d+)"`, "g"), (_, i) => charts[Number(i)]);
}

/** A place beside a file, in its folder: what is written there becomes the file by a rename. */
const beside = (path: string) => join(dirname(path), `.${randomUUID()}.part`);

/**
 * Tries whether a notebook can be written: before a run of hours rather than after it.
 *
 * @throws FileError if the folder is not there or may not be written to, or the path is a folder
 */
export function requireWritable(path: string): void {
  const temporary = beside(path);
  const refused = (got: string, cause?: unknown) =>
    new SpecbookError("FileError", "The executed notebook could not be written.", {
      got: `${path}: ${got}`,
      needed: "the path of a file, in a folder that is there and that you may write to",
      remedy: "make the folder first, or give another path with -o",
      cause,
    });
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw refused("a folder");
  try {
    writeFileSync(temporary, "");
  } catch (cause) {
    throw refused(String((cause as NodeJS.ErrnoException).code), cause); // fs throws nothing else
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Writes the notebook as nbformat 4.5 for the specbook kernel, under a temporary name first.
 *
 * @param languageInfo `language_info` of the kernel's answer to `kernel_info_request`
 * @returns size of the file in bytes
 */
export function writeNotebook(path: string, notebook: Notebook, languageInfo?: Json): number {
  const cells = notebook.cells.map(({ id, type, source, metadata, attachments, executionCount, outputs }) => ({
    ...(attachments === undefined ? {} : { attachments }),
    cell_type: type,
    ...(type === "code" ? { execution_count: executionCount ?? null } : {}),
    id,
    metadata,
    ...(type === "code" ? { outputs: outputs ?? [] } : {}),
    source: source === "" ? [] : lines(source),
  }));
  const metadata = {
    ...notebook.metadata,
    kernelspec: { display_name: KERNEL_DISPLAY_NAME, language: "typescript", name: KERNEL_NAME },
    ...(languageInfo === undefined ? {} : { language_info: languageInfo }),
  };
  const text = `${indented({ cells, metadata, nbformat: 4, nbformat_minor: 5 })}\n`;
  const temporary = beside(path);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return Buffer.byteLength(text);
}
