import { runCommand } from "./commands";
import { ensureVenv, hasVenv } from "./python";

/** What pip installs where no JupyterLab is found. */
export const LAB_PACKAGES: readonly string[] = ["jupyterlab>=4.4,<5"];

/** A JupyterLab that can be started. */
export interface JupyterLab {
  /** The `jupyter` command. */
  readonly command: string;
  /** "4.6.6" */
  readonly version: string;
  readonly origin: "on PATH" | "private";
}

/**
 * The JupyterLab to use: `jupyter lab` on PATH if it is version 4 or newer, else one in a private Python environment in
 * the cache folder, made at the first call.
 *
 * @param onProgress told about the steps of a first installation
 * @throws EngineError without Python 3.10+, or when pip fails
 */
export async function ensureJupyterLab(onProgress: (line: string) => void = () => {}): Promise<JupyterLab> {
  const found = await versionOf("jupyter");
  if (isNewEnough(found)) return { command: "jupyter", version: found, origin: "on PATH" };
  if (!hasVenv("jupyterlab", LAB_PACKAGES)) {
    onProgress(`${found === undefined ? "no JupyterLab" : `JupyterLab ${found}, too old,`} on PATH: installing one`);
  }
  const environment = await ensureVenv("jupyterlab", LAB_PACKAGES, onProgress);
  const command = environment.command("jupyter");
  return { command, version: (await versionOf(command)) ?? "unknown", origin: "private" };
}

/** The JupyterLab that `ensureJupyterLab` would use, without making one: undefined where there is none. */
export async function findJupyterLab(): Promise<JupyterLab | undefined> {
  const found = await versionOf("jupyter");
  if (!isNewEnough(found) && hasVenv("jupyterlab", LAB_PACKAGES)) return ensureJupyterLab();
  return isNewEnough(found) ? { command: "jupyter", version: found, origin: "on PATH" } : undefined;
}

function isNewEnough(version: string | undefined): version is string {
  return version !== undefined && Number.parseInt(version, 10) >= 4;
}

async function versionOf(jupyter: string): Promise<string | undefined> {
  const { code, stdout } = await runCommand(jupyter, ["lab", "--version"], { seconds: 60 });
  return code === 0 ? stdout.match(/\d+\.\d+\S*/)?.[0] : undefined;
}
