import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheDirectory, isSpecbookError } from "../../core";
import { askKernel } from "../jupyter/check-kernel";
import { environmentDirectory } from "../jupyter/data-directory";
import { extensionPath, readExtension } from "../jupyter/install-extension";
import { findJupyterLab } from "../jupyter/jupyter-lab";
import { type KernelSpec, kernelSpecDirectory, readKernelSpec, userJupyterDirectory } from "../jupyter/kernel-spec";
import { findPython } from "../jupyter/python";
import type { ExtensionReport, KernelReport, Problem } from "./report";

/** Python, JupyterLab, our kernelspec and our extension, as far as they are found, and what the kernel answers. */
export interface JupyterExamination {
  readonly python: string | null;
  readonly jupyter: string | null;
  readonly kernelspec: string | null;
  readonly kernel: KernelReport | null;
  readonly extension: ExtensionReport | null;
  readonly problems: readonly Problem[];
}

const AGAIN = "Run `npx specbook install` again.";

/** Looks for what a notebook needs beside the engine, and starts the kernel that Jupyter would start. */
export async function examineJupyter(): Promise<JupyterExamination> {
  const python = findPython();
  const lab = await findJupyterLab();
  const directories = await dataDirectories();
  const kernelspec = directories.map(kernelSpecDirectory).find((path) => existsSync(join(path, "kernel.json")));
  const problems: Problem[] = [];
  if (lab === undefined) {
    const how = python === undefined ? "Install Python 3.10 or newer, then run" : "Run";
    problems.push({ what: "No JupyterLab 4 was found.", remedy: `${how} \`npx specbook lab\`, which gets one.` });
  }
  if (kernelspec === undefined)
    problems.push({ what: "Jupyter does not know the kernel.", remedy: "Run `npx specbook install`." });
  const asked = kernelspec === undefined ? NOTHING : await examineKernel(kernelspec);
  const { extension, problems: extensionProblems } = examineExtension(directories);
  return {
    python: python?.version ?? null,
    jupyter: lab?.version ?? null,
    kernelspec: kernelspec === undefined ? null : join(kernelspec, "kernel.json"),
    kernel: asked.kernel,
    extension,
    problems: [...problems, ...asked.problems, ...extensionProblems],
  };
}

/** JUPYTER_PATH, the user's data directory, that of the Python environment, and where `specbook lab` keeps its own. */
async function dataDirectories(): Promise<string[]> {
  const own = join(cacheDirectory(), "jupyter");
  const keys = existsSync(own) ? readdirSync(own).map((key) => join(own, key)) : [];
  const listed = (process.env.JUPYTER_PATH ?? "").split(delimiter).filter(Boolean);
  const environment = await environmentDirectory();
  return [...listed, userJupyterDirectory(), ...(environment === undefined ? [] : [environment]), ...keys];
}

interface KernelExamination {
  readonly kernel: KernelReport | null;
  readonly problems: readonly Problem[];
}

const NOTHING: KernelExamination = { kernel: null, problems: [] };

async function examineKernel(directory: string): Promise<KernelExamination> {
  let spec: KernelSpec;
  try {
    spec = readKernelSpec(directory);
  } catch {
    const what = `${join(directory, "kernel.json")} cannot be read.`;
    return { kernel: null, problems: [{ what, remedy: AGAIN }] };
  }
  const gone = spec.argv.slice(0, 2).filter((path) => !existsSync(path));
  if (gone.length > 0) {
    const what = (path: string) => `The kernelspec starts ${path}, which is not there any more.`;
    return { kernel: null, problems: gone.map((path) => ({ what: what(path), remedy: AGAIN })) };
  }
  try {
    const { version, seconds } = await askKernel(spec);
    return { kernel: { version, seconds }, problems: [] };
  } catch (error) {
    if (!isSpecbookError(error)) throw error;
    const what = `The kernel does not work. Got: ${error.got}`;
    return { kernel: null, problems: [{ what, remedy: error.remedy }] };
  }
}

function examineExtension(directories: readonly string[]): {
  extension: ExtensionReport | null;
  problems: readonly Problem[];
} {
  for (const directory of directories) {
    const found = readExtension(directory);
    if (found === undefined) continue;
    const extension = { directory: extensionPath(directory), version: found.version };
    const what = `The JupyterLab extension in ${extension.directory} is not the one of this specbook.`;
    return { extension, problems: found.isCurrent ? [] : [{ what, remedy: AGAIN }] };
  }
  const what = "JupyterLab has no specbook extension: views are pictures there, not to be moved by hand.";
  return { extension: null, problems: [{ what, remedy: "Run `npx specbook install`." }] };
}
