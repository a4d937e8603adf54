import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheDirectory } from "../../core";
import type { SetupReport } from "../../engine";
import { ensureEngine } from "./ensure-engine";
import { installKernel } from "./install-kernel";
import { ensureJupyterLab, type JupyterLab } from "./jupyter-lab";
import { type KernelSpec, kernelSpec } from "./kernel-spec";

export { checkLab } from "./check-lab";
export { openLab, requireNotebook } from "./open-lab";

/** What `specbook lab` needs before it can open a notebook. */
export interface PreparedLab {
  readonly lab: JupyterLab;
  /** The Jupyter data directory that holds our kernelspec, for JUPYTER_PATH. */
  readonly dataDirectory: string;
}

/** Options of `prepareLab`. */
export interface PrepareOptions {
  readonly onProgress?: (line: string) => void;
  /** Told about the steps of an engine's setup. */
  readonly report?: SetupReport;
  readonly signal?: AbortSignal;
}

/**
 * Gets the engine, the kernelspec and JupyterLab, each only where it is missing, and says so line by line. Everything
 * goes into the cache folder; nothing of the user's Jupyter is touched.
 *
 * @throws EngineError when the package is not built, or when there is neither a JupyterLab nor a way to get one
 */
export async function prepareLab(options: PrepareOptions = {}): Promise<PreparedLab> {
  const { onProgress = () => {}, report, signal } = options;
  const step = (number: number, name: string) => (line: string) => onProgress(`[${number}/3] ${name}: ${line}`);
  await ensureEngine({ onProgress: step(1, "engine"), report, signal });
  const spec = kernelSpec();
  const dataDirectory = kernelDirectory(spec);
  await installKernel(dataDirectory, { spec, check: false, onProgress: step(2, "kernel") });
  const sayLab = step(3, "JupyterLab");
  const lab = await ensureJupyterLab(sayLab);
  sayLab(`${lab.version}, ${lab.origin === "private" ? `private: ${lab.command}` : "yours, on PATH"}`);
  return { lab, dataDirectory };
}

// Two copies of specbook, or two versions of Node, share the cache folder: each has a kernelspec of its own there.
function kernelDirectory(spec: KernelSpec): string {
  const key = createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 8);
  return join(cacheDirectory(), "jupyter", key);
}
