import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { SpecbookError } from "../../core";
import { jupyterEnvironment, rootArguments } from "./jupyter-server";
import type { PreparedLab } from "./prepare-lab";

/** Options of `openLab`. */
export interface OpenLabOptions {
  /** Port of the server; default: Jupyter's own choice. */
  readonly port?: number;
  readonly onProgress?: (line: string) => void;
}

/**
 * Opens a notebook in JupyterLab, with the user's own settings, and stays until the server is stopped (Ctrl-C).
 *
 * @returns the server's exit code
 * @throws FileError if there is no such notebook
 */
export async function openLab(prepared: PreparedLab, notebook: string, options: OpenLabOptions = {}): Promise<number> {
  const { port, onProgress = () => {} } = options;
  const path = requireNotebook(notebook);
  const ports = port === undefined ? [] : [`--port=${port}`, "--ServerApp.port_retries=0"];
  onProgress(`opening ${path} (Ctrl-C twice stops the server)`);
  const server = spawn(prepared.lab.command, ["lab", path, ...ports, ...rootArguments()], {
    env: jupyterEnvironment(prepared.dataDirectory),
    stdio: "inherit",
  });
  // Ctrl-C reaches the server from the terminal, and it asks back: this process must outlive the question.
  const stay = () => {};
  process.on("SIGINT", stay);
  const pass = () => void server.kill("SIGTERM");
  process.once("SIGTERM", pass);
  try {
    return await new Promise((settle, reject) => {
      server.once("error", reject);
      server.once("exit", (code) => settle(code ?? 1));
    });
  } finally {
    process.off("SIGINT", stay);
    process.off("SIGTERM", pass);
  }
}

/**
 * The absolute path of a notebook that is there.
 *
 * @throws FileError if it is not
 */
export function requireNotebook(notebook: string): string {
  const path = resolve(notebook);
  if (existsSync(path)) return path;
  throw new SpecbookError("FileError", "There is no such notebook.", {
    got: path,
    needed: "an .ipynb file, or a folder of notebooks",
    remedy: "check the path; it is taken from the current directory",
  });
}
