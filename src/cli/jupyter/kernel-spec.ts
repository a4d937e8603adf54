import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { KERNEL_SPEC_DIRECTORY, type KernelSpec, kernelSpec as plainSpec } from "../../kernel";

export type { KernelSpec };

/** The folder of this package, from `src` as well as from `dist`. */
export const PACKAGE_ROOT: string = resolve(__dirname, "../../..");

/** The kernel's name in Jupyter and in the metadata of notebooks. */
export const KERNEL_NAME = "specbook";

/** The kernel's name as people read it. */
export const KERNEL_DISPLAY_NAME = "TypeScript (specbook)";

// Jupyter may be started from a desktop icon, without the shell's settings: those that choose the engine are kept.
const KEPT_FOLDERS = ["SPECBOOK_CACHE", "SPECBOOK_ENGINE_DIR"];
const KEPT_WORDS = ["SPECBOOK_ENGINE"];

/** The kernelspec of this copy of specbook, run by the Node that runs now, with the settings of this process. */
export function kernelSpec(): KernelSpec {
  const env: Record<string, string> = {};
  for (const name of [...KEPT_FOLDERS, ...KEPT_WORDS]) {
    const value = process.env[name];
    if (value) env[name] = KEPT_FOLDERS.includes(name) ? resolve(value) : value;
  }
  return { ...plainSpec(), env };
}

/** Where a Jupyter data directory holds the kernelspec. */
export function kernelSpecDirectory(dataDirectory: string): string {
  return join(dataDirectory, "kernels", KERNEL_NAME);
}

/**
 * Writes the kernelspec and the logos to `<data directory>/kernels/specbook`, file by file under a temporary name.
 *
 * @returns the folder, and whether anything in it changed
 */
export function writeKernelSpec(
  dataDirectory: string,
  spec: KernelSpec = kernelSpec(),
): { directory: string; changed: boolean } {
  const directory = kernelSpecDirectory(dataDirectory);
  mkdirSync(directory, { recursive: true });
  const text = `${JSON.stringify(spec, null, 2)}\n`;
  const file = join(directory, "kernel.json");
  const changed = !existsSync(file) || readFileSync(file, "utf8") !== text;
  for (const logo of readdirSync(KERNEL_SPEC_DIRECTORY).filter((name) => name.startsWith("logo-"))) {
    atomically(join(directory, logo), (temporary) => copyFileSync(join(KERNEL_SPEC_DIRECTORY, logo), temporary));
  }
  if (changed) atomically(file, (temporary) => writeFileSync(temporary, text));
  return { directory, changed };
}

/** Reads the kernel.json of a folder. */
export function readKernelSpec(directory: string): KernelSpec {
  return JSON.parse(readFileSync(join(directory, "kernel.json"), "utf8"));
}

function atomically(file: string, write: (temporary: string) => void): void {
  const temporary = join(dirname(file), `.${randomUUID()}.part`);
  write(temporary);
  renameSync(temporary, file);
}

/** The Jupyter data directory of the user, as jupyter_core chooses it (`jupyter --data-dir`). */
export function userJupyterDirectory(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (environment.JUPYTER_DATA_DIR) return resolve(environment.JUPYTER_DATA_DIR);
  const home = homedir();
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  if (platform === "win32") return join(environment.APPDATA || join(home, "AppData", "Roaming"), "jupyter");
  return join(environment.XDG_DATA_HOME || join(home, ".local", "share"), "jupyter");
}
