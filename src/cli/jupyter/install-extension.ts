import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SpecbookError } from "../../core";
import { PACKAGE_ROOT } from "./kernel-spec";

/** The built JupyterLab extension of this package. */
export const EXTENSION_DIRECTORY: string = join(PACKAGE_ROOT, "dist/extension/labextension");

/** Where a Jupyter data directory holds the extension. */
export function extensionPath(dataDirectory: string): string {
  return join(dataDirectory, "labextensions", "specbook");
}

/**
 * Copies the JupyterLab extension into a Jupyter data directory; the old one is there until the new one is whole.
 * JupyterLab finds it when its page is loaded the next time.
 *
 * @returns the extension's folder, and whether it has changed
 * @throws EngineError if the package is not built
 */
export function installExtension(dataDirectory: string): { directory: string; changed: boolean } {
  const built = describe(EXTENSION_DIRECTORY);
  if (built === undefined) {
    throw new SpecbookError("EngineError", "The JupyterLab extension is not built.", {
      got: `no file ${join(EXTENSION_DIRECTORY, "package.json")}`,
      needed: "the bundled extension",
      remedy: "npm run build",
    });
  }
  const directory = extensionPath(dataDirectory);
  if (describe(directory) === built) return { directory, changed: false };
  const mark = randomUUID();
  // JupyterLab reads every folder of labextensions that has a package.json: a half-written copy lies beside them
  const fresh = join(dataDirectory, `.specbook-${mark}.part`);
  const old = join(dataDirectory, `.specbook-${mark}.old`);
  mkdirSync(join(dataDirectory, "labextensions"), { recursive: true });
  try {
    cpSync(EXTENSION_DIRECTORY, fresh, { recursive: true });
    if (existsSync(directory)) renameSync(directory, old);
    renameSync(fresh, directory);
  } finally {
    for (const path of [fresh, old]) rmSync(path, { recursive: true, force: true });
  }
  return { directory, changed: true };
}

/** The package.json of a copy of the extension: it names the built file by its check sum. */
function describe(directory: string): string | undefined {
  const file = join(directory, "package.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** The extension in a Jupyter data directory; undefined where it is not. */
export function readExtension(dataDirectory: string): { version: string; isCurrent: boolean } | undefined {
  const text = describe(extensionPath(dataDirectory));
  if (text === undefined) return undefined;
  return { version: String(JSON.parse(text).version), isCurrent: text === describe(EXTENSION_DIRECTORY) };
}

/** Removes the extension from a Jupyter data directory; false if it was not there. */
export function removeExtension(dataDirectory: string): boolean {
  const directory = extensionPath(dataDirectory);
  if (!existsSync(directory)) return false;
  rmSync(directory, { recursive: true, force: true });
  return true;
}
