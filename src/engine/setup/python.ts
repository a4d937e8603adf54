import { join } from "node:path";
import { SpecbookError } from "../../core";
import { run } from "./command";

/**
 * A Python whose pip works: `python3` or `python` of the PATH, else a private environment made of it in `scratch`.
 *
 * @throws EngineError if there is no Python 3 at all, or none that has pip or can make an environment.
 */
export async function pythonWithPip(scratch: string, signal?: AbortSignal): Promise<string> {
  const names = process.platform === "win32" ? ["python"] : ["python3", "python"];
  let found: string | undefined;
  for (const name of names) {
    if ((await run(name, ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"], { signal })).code !== 0) continue;
    found ??= name;
    if ((await run(name, ["-m", "pip", "--version"], { signal })).code === 0) return name;
  }
  if (found !== undefined) {
    const environment = join(scratch, "python");
    const made = await run(found, ["-m", "venv", environment], { signal });
    if (made.code === 0) return join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  }
  throw new SpecbookError("EngineError", "TensorFlow's wheel cannot be fetched.", {
    got: found === undefined ? "no Python 3 on the PATH" : `${found} with neither pip nor venv`,
    needed: "Python 3.8 or newer with pip (any one: it is used for the download only)",
    remedy:
      "Install it (Debian, Ubuntu: `sudo apt install python3-pip python3-venv`), then run `npx specbook setup` again.",
  });
}
