import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The content of a kernel.json. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: "message" | "signal";
  readonly env: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The folder of this package, from `src` as well as from `dist`. */
export const PACKAGE_ROOT: string = resolve(__dirname, "../../..");

/** The kernel's name in Jupyter and in the metadata of notebooks. */
export const KERNEL_NAME = "specbook";

/** The kernel's name as people read it. */
export const KERNEL_DISPLAY_NAME = "TypeScript (specbook)";

// Jupyter may be started from a desktop icon, without the shell's settings: those that choose folders are kept.
const KEPT_SETTINGS = ["SPECBOOK_CACHE", "SPECBOOK_ENGINE_DIR"];

/** The kernelspec of this copy of specbook, run by the Node that runs now. */
export function kernelSpec(main: string = join(PACKAGE_ROOT, "dist/kernel/main.js")): KernelSpec {
  const env: Record<string, string> = {};
  for (const name of KEPT_SETTINGS) {
    const value = process.env[name];
    if (value) env[name] = resolve(value);
  }
  return {
    argv: [process.execPath, main, "--config-path", "{connection_file}"],
    display_name: KERNEL_DISPLAY_NAME,
    language: "typescript",
    interrupt_mode: "message", // a signal cannot stop code that runs after an await, and Windows has none
    env,
    metadata: { debugger: false },
  };
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
  const directory = join(dataDirectory, "kernels", KERNEL_NAME);
  mkdirSync(directory, { recursive: true });
  const text = `${JSON.stringify(spec, null, 2)}\n`;
  const file = join(directory, "kernel.json");
  const changed = !existsSync(file) || readFileSync(file, "utf8") !== text;
  const logos = join(PACKAGE_ROOT, "kernel-spec");
  for (const logo of existsSync(logos) ? readdirSync(logos) : []) {
    atomically(join(directory, logo), (temporary) => copyFileSync(join(logos, logo), temporary));
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
