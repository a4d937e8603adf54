import { join, resolve } from "node:path";
import { SpecbookError } from "../../core";
import { lastLines, runCommand } from "./commands";
import { userJupyterDirectory } from "./kernel-spec";
import { findPython } from "./python";

/** Whose Jupyter is meant; at most one of these. */
export interface DirectoryChoice {
  /** That of the user: every Jupyter this user starts (the default). */
  readonly user?: boolean;
  /** That of the Python environment whose `python` comes first on the PATH. */
  readonly sysPrefix?: boolean;
  /** This Jupyter data directory, e.g. one of JUPYTER_PATH. */
  readonly jupyterPath?: string;
}

/**
 * The Jupyter data directory that is meant.
 *
 * @throws EngineError if the Python environment is asked for and there is no Python
 */
export async function chosenDirectory({ sysPrefix, jupyterPath }: DirectoryChoice): Promise<string> {
  if (jupyterPath !== undefined) return resolve(jupyterPath);
  return sysPrefix === true ? prefixDirectory() : userJupyterDirectory();
}

/** `<sys.prefix>/share/jupyter` of the first Python on the PATH: what `jupyter --paths` lists for its environment. */
async function prefixDirectory(): Promise<string> {
  const directory = await environmentDirectory();
  if (directory !== undefined) return directory;
  throw new SpecbookError("EngineError", "The Python environment was not found.", {
    got: findPython() === undefined ? "no Python 3.10 or newer on the PATH" : "no answer to sys.prefix",
    needed: "the Python environment that Jupyter runs in",
    remedy: "activate the environment and try again, or give its folder: --jupyter-path ENVIRONMENT/share/jupyter",
  });
}

/** The same directory; undefined without a Python. */
export async function environmentDirectory(): Promise<string | undefined> {
  const python = findPython();
  if (python === undefined) return undefined;
  const { code, stdout } = await runCommand(python.command, ["-c", "import sys; print(sys.prefix)"]);
  return code === 0 && stdout.trim() !== "" ? join(lastLines(stdout, 1), "share", "jupyter") : undefined;
}
