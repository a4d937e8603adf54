import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheDirectory } from "../../core";
import { findJupyterLab } from "../jupyter/jupyter-lab";
import { KERNEL_NAME, readKernelSpec, userJupyterDirectory } from "../jupyter/kernel-spec";
import { findPython } from "../jupyter/python";
import type { Problem } from "./report";

/** Python, JupyterLab and our kernelspec, as far as they are found. */
export interface JupyterExamination {
  readonly python: string | null;
  readonly jupyter: string | null;
  readonly kernelspec: string | null;
  readonly problems: readonly Problem[];
}

/** Looks for what a notebook needs beside the engine. */
export async function examineJupyter(): Promise<JupyterExamination> {
  const python = findPython();
  const lab = await findJupyterLab();
  const kernelspec = findKernelSpec();
  const problems: Problem[] = [];
  if (lab === undefined) {
    const how = python === undefined ? "Install Python 3.10 or newer, then run" : "Run";
    problems.push({ what: "No JupyterLab 4 was found.", remedy: `${how} \`npx specbook lab\`, which gets one.` });
  }
  if (kernelspec === undefined)
    problems.push({ what: "Jupyter does not know the kernel.", remedy: "Run `npx specbook install`." });
  else problems.push(...kernelProblems(kernelspec));
  return {
    python: python?.version ?? null,
    jupyter: lab?.version ?? null,
    kernelspec: kernelspec === undefined ? null : join(kernelspec, "kernel.json"),
    problems,
  };
}

/** The folder of our kernelspec in JUPYTER_PATH, the user's data directory, or where `specbook lab` keeps it. */
function findKernelSpec(): string | undefined {
  const own = join(cacheDirectory(), "jupyter");
  const keys = existsSync(own) ? readdirSync(own).map((key) => join(own, key)) : [];
  const listed = (process.env.JUPYTER_PATH ?? "").split(delimiter).filter(Boolean);
  return [...listed, userJupyterDirectory(), ...keys]
    .map((directory) => join(directory, "kernels", KERNEL_NAME))
    .find((directory) => existsSync(join(directory, "kernel.json")));
}

function kernelProblems(directory: string): Problem[] {
  const remedy = "Run `npx specbook install` again.";
  try {
    const gone = readKernelSpec(directory)
      .argv.slice(0, 2)
      .filter((path) => !existsSync(path));
    return gone.map((path) => ({ what: `The kernelspec starts ${path}, which is not there any more.`, remedy }));
  } catch {
    return [{ what: `${join(directory, "kernel.json")} cannot be read.`, remedy }];
  }
}
