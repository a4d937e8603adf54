import { existsSync, rmSync } from "node:fs";
import { SpecbookError } from "../../core";
import { answerText, askKernel } from "./check-kernel";
import { installExtension, removeExtension } from "./install-extension";
import { type KernelSpec, kernelSpec, kernelSpecDirectory, readKernelSpec, writeKernelSpec } from "./kernel-spec";

/** Options of `installKernel`. */
export interface InstallOptions {
  /** Start the kernel once from the written file and run a cell; default true. */
  readonly check?: boolean;
  readonly onProgress?: (line: string) => void;
  /** The kernelspec to write; default: that of this copy of specbook. */
  readonly spec?: KernelSpec;
}

/**
 * Writes the kernelspec and the JupyterLab extension into a Jupyter data directory and, unless told not to, starts a
 * kernel from what was written and has it run a cell.
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
  if (check) onProgress(answerText(await askKernel(readKernelSpec(directory))));
  return directory;
}

/** What was there to remove. */
export interface Removed {
  readonly kernelspec: boolean;
  readonly extension: boolean;
}

/** Removes kernelspec and JupyterLab extension from a Jupyter data directory. Nothing else there is touched. */
export function uninstallKernel(dataDirectory: string): Removed {
  const directory = kernelSpecDirectory(dataDirectory);
  const kernelspec = existsSync(directory);
  rmSync(directory, { recursive: true, force: true });
  return { kernelspec, extension: removeExtension(dataDirectory) };
}
