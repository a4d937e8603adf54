import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { SpecbookError } from "../../core";
import { collectOutputs } from "./cell-outputs";
import { installExtension } from "./install-extension";
import { startKernel } from "./kernel-process";
import { type KernelSpec, kernelSpec, readKernelSpec, writeKernelSpec } from "./kernel-spec";

/** Options of `installKernel`. */
export interface InstallOptions {
  /** Start the kernel once from the written file and run a cell; default true. */
  readonly check?: boolean;
  readonly onProgress?: (line: string) => void;
  /** The kernelspec to write; default: that of this copy of specbook. */
  readonly spec?: KernelSpec;
}

/**
 * Writes the kernelspec and the JupyterLab extension into a Jupyter data directory and, unless told not to, starts a kernel from what was written
 * and has it run a cell.
 *
 * @returns the kernelspec's folder
 * @throws EngineError if the package is not built, or the kernel does not answer rightly
 */
export async function installKernel(dataDirectory: string, options: InstallOptions = {}): Promise<string> {
  const { check = true, onProgress = () => {}, spec = kernelSpec() } = options;
  const main = spec.argv[1];
  if (!existsSync(main)) {
    throw new SpecbookError("EngineError", "The kernel is not built.", {
      got: `no file ${main}`,
      needed: "the compiled kernel that the kernelspec starts",
      remedy: "npm run build",
    });
  }
  const { directory, changed } = writeKernelSpec(dataDirectory, spec);
  onProgress(`kernelspec ${changed ? "written to" : "already in"} ${directory}`);
  const extension = installExtension(dataDirectory);
  onProgress(`JupyterLab extension ${extension.changed ? "written to" : "already in"} ${extension.directory}`);
  if (check) onProgress(await answerOf(readKernelSpec(directory)));
  return directory;
}

/** Starts the kernel, runs one cell, and says in one line what answered. */
async function answerOf(spec: KernelSpec): Promise<string> {
  const begin = performance.now();
  const kernel = await startKernel(spec, tmpdir());
  try {
    const info = await kernel.info();
    const outputs = collectOutputs();
    const cell = outputs.begin();
    await kernel.execute('console.log("answer", 6 * 7);', outputs.take);
    const text = cell.map((output) => ("text" in output ? output.text : "")).join("");
    if (text.trim() !== "answer 42") {
      throw new SpecbookError("EngineError", "The kernel runs, but a cell gives the wrong output.", {
        got: JSON.stringify(cell).slice(0, 400),
        needed: "the line `answer 42`",
        remedy: "npm ci && npm run build, then install again",
      });
    }
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    return `kernel answers: ${info.implementation} ${info.implementation_version}, first cell after ${seconds} s`;
  } finally {
    await kernel.shutdown();
  }
}
