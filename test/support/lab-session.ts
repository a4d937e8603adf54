import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandResult, runCommand } from "../../src/cli/jupyter/commands";
import { installExtension } from "../../src/cli/jupyter/install-extension";
import { LAB_PACKAGES } from "../../src/cli/jupyter/jupyter-lab";
import { type JupyterServer, jupyterEnvironment, startServer } from "../../src/cli/jupyter/jupyter-server";
import { writeKernelSpec } from "../../src/cli/jupyter/kernel-spec";
import { type OpenNotebook, openNotebook, prepareSettings } from "./lab-browser";
import { ensureVenv } from "./python-env";

/** A JupyterLab server with our kernel and extension, in a folder of its own. */
export interface LabSession {
  readonly server: JupyterServer;
  /** Jupyter's data directory: kernelspec and extension. */
  readonly dataDirectory: string;
  /** The folder of the notebooks. */
  readonly root: string;
  /** Writes a notebook of these code cells and opens it in a browser; `close` it. */
  open(name: string, cells: readonly string[]): Promise<OpenNotebook>;
  /** Runs `jupyter` with these arguments. */
  jupyter(...parameters: string[]): Promise<CommandResult>;
  stop(): Promise<void>;
}

/** A notebook of code cells for our kernel, as the text of its file. */
export function notebookOf(cells: readonly string[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "specbook", display_name: "TypeScript (specbook)", language: "typescript" } },
    cells: cells.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      source,
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
  });
}

/** Starts a server; `packages` are what pip installs for it. */
export async function startLab(packages: readonly string[] = LAB_PACKAGES): Promise<LabSession> {
  const folder = mkdtempSync(join(tmpdir(), "specbook-lab-"));
  const root = join(folder, "notebooks");
  const dataDirectory = join(folder, "jupyter");
  mkdirSync(root);
  writeKernelSpec(dataDirectory);
  installExtension(dataDirectory);
  const { command } = await ensureVenv("jupyterlab", packages);
  const server = await startServer({
    command: command("jupyter"),
    dataDirectory,
    root,
    arguments: ["--LabApp.expose_app_in_browser=True"],
  });
  await prepareSettings(server);
  return {
    server,
    dataDirectory,
    root,
    open: (name, cells) => {
      writeFileSync(join(root, name), notebookOf(cells));
      return openNotebook(server, name);
    },
    jupyter: (...parameters) =>
      runCommand(command("jupyter"), parameters, { env: jupyterEnvironment(dataDirectory), seconds: 300 }),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
