import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, SpecbookError, withLock } from "../../core";
import { lastLines, runCommand } from "./commands";

/** A private Python environment. */
export interface PythonEnvironment {
  readonly directory: string;
  /** The Python interpreter inside. */
  readonly python: string;
  /** The path of a command installed inside, e.g. `command("jupyter")`. */
  command(name: string): string;
  /** False where it was there already. */
  readonly created: boolean;
}

/** A Python interpreter found on PATH. */
export interface FoundPython {
  readonly command: string;
  /** "3.11.7" */
  readonly version: string;
  /** False where the modules that make environments are missing (Debian packs them apart). */
  readonly makesEnvironments: boolean;
}

const OLDEST_MINOR = 10;
const PROBE =
  "import sys, importlib.util as u; " +
  "print('%d.%d.%d' % sys.version_info[:3], all(u.find_spec(m) for m in ('venv', 'ensurepip')))";

/** The first Python 3.10 or newer on PATH that can make environments; else the first one at all; else undefined. */
export function findPython(): FoundPython | undefined {
  let incomplete: FoundPython | undefined;
  for (const command of process.platform === "win32" ? ["python", "py"] : ["python3", "python"]) {
    const { status, stdout } = spawnSync(command, ["-c", PROBE], { encoding: "utf8", timeout: 20_000 });
    const [version, complete] = (stdout ?? "").trim().split(" ");
    const [major, minor] = (version ?? "").split(".").map(Number);
    if (status !== 0 || major !== 3 || minor < OLDEST_MINOR) continue;
    const found = { command, version, makesEnvironments: complete === "True" };
    if (found.makesEnvironments) return found;
    incomplete ??= found;
  }
  return incomplete;
}

/**
 * A Python environment of specbook's own in the cache folder, with the given packages; made once, by `venv` and `pip`.
 * Nothing outside the cache folder is touched. Safe when several processes ask at once: one makes it, the others wait.
 *
 * @param name short name of the folder, e.g. "jupyterlab"
 * @param packages what pip installs, e.g. `["jupyterlab>=4.4,<5"]`; another list is another environment
 * @param onProgress told what happens, once a step
 * @throws EngineError without a usable Python, or when pip fails (no network): says which package to install
 */
export async function ensureVenv(
  name: string,
  packages: readonly string[],
  onProgress: (line: string) => void = () => {},
): Promise<PythonEnvironment> {
  const directory = directoryOf(name, packages);
  if (isComplete(directory)) return environment(directory, false);
  return withLock(directory, async () => {
    if (isComplete(directory)) return environment(directory, false);
    await create(directory, packages, onProgress);
    return environment(directory, true);
  });
}

/** True where `ensureVenv` would find the environment ready. */
export function hasVenv(name: string, packages: readonly string[]): boolean {
  return isComplete(directoryOf(name, packages));
}

function directoryOf(name: string, packages: readonly string[]): string {
  const key = createHash("sha256").update(packages.join("\n")).digest("hex").slice(0, 8);
  return join(cacheDirectory(), "python", `${name}-${key}`);
}

function environment(directory: string, created: boolean): PythonEnvironment {
  const windows = process.platform === "win32";
  const folder = join(directory, windows ? "Scripts" : "bin");
  const command = (program: string) => join(folder, windows ? `${program}.exe` : program);
  return { directory, python: command("python"), command, created };
}

const MARKER = "specbook.json";

// An environment cannot be moved once made (its scripts hold absolute paths), so a marker written last says it is whole.
function isComplete(directory: string): boolean {
  const { python } = environment(directory, false);
  return existsSync(join(directory, MARKER)) && existsSync(python); // the link dangles where that Python was removed
}

async function create(
  directory: string,
  packages: readonly string[],
  onProgress: (line: string) => void,
): Promise<void> {
  const python = findPython();
  if (python === undefined || !python.makesEnvironments) throw noPython(python);
  rmSync(directory, { recursive: true, force: true });
  onProgress(`making a Python ${python.version} environment in ${directory}`);
  const made = await runCommand(python.command, ["-m", "venv", directory], { seconds: 300 });
  if (made.code !== 0) {
    throw new SpecbookError("EngineError", "The Python environment could not be made.", {
      got: lastLines(made.stderr + made.stdout),
      needed: `${python.command} -m venv ${directory} to work`,
      remedy: "apt-get install python3-venv (Debian, Ubuntu), or install Python 3.10+ from python.org, then try again",
    });
  }
  onProgress(`installing ${packages.join(", ")}`);
  const inside = environment(directory, true);
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", ...packages];
  const installed = await runCommand(inside.python, args, { seconds: 1200 });
  if (installed.code !== 0) {
    throw new SpecbookError("EngineError", "pip could not install the Python packages.", {
      got: lastLines(installed.stderr + installed.stdout),
      needed: packages.join(", "),
      remedy:
        "check the network and pip's settings (proxy, index), then try again; or install JupyterLab 4 yourself, so that `jupyter lab` is on PATH",
    });
  }
  const marker = { packages, python: python.version };
  writeFileSync(join(directory, `${MARKER}.new`), JSON.stringify(marker));
  renameSync(join(directory, `${MARKER}.new`), join(directory, MARKER));
}

function noPython(found: FoundPython | undefined): SpecbookError {
  return new SpecbookError("EngineError", "No Python that can make an environment.", {
    got:
      found === undefined
        ? "no python3 of version 3.10 or newer on PATH"
        : `Python ${found.version} without the modules venv and ensurepip`,
    needed: "Python 3.10 or newer with venv, because JupyterLab is a Python program",
    remedy:
      "apt-get install python3-venv (Debian, Ubuntu) or brew install python (macOS), then try again; or install JupyterLab 4 yourself",
  });
}
