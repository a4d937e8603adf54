import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SpecbookError } from "../../core";
import { TFJS_VERSION, type TfjsPackage } from "../recipe";
import { runOrThrow } from "./command";
import { npmCommand } from "./npm";
import type { SetupStep } from "./step";

/** The published packages to the byte, as npm writes it (SHA-512). */
const INTEGRITY: Readonly<Record<TfjsPackage, string>> = {
  "@tensorflow/tfjs-node":
    "sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==",
  "@tensorflow/tfjs-node-gpu":
    "sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==",
};

/** npm's arguments for the JavaScript half alone: the package's install script would download another TensorFlow. */
export function installArguments(name: TfjsPackage): string[] {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--no-package-lock"];
  return ["install", ...quiet, "--omit=dev", "--loglevel=error", `${name}@${TFJS_VERSION}`];
}

/** Installs tfjs-node's JavaScript into `<folder>/node_modules`, apart from the user's own packages. */
export function installTfjs(name: TfjsPackage): SetupStep {
  return {
    name: "tfjs",
    title: `${name} ${TFJS_VERSION} by npm`,
    key: `${TFJS_VERSION} ${INTEGRITY[name]}`,
    async run({ folder, scratch, signal }) {
      const manifest = JSON.stringify({ name: "specbook-engine", private: true, type: "commonjs" });
      await writeFile(join(scratch, "package.json"), manifest);
      const { command, first } = npmCommand();
      await runOrThrow("npm install", command, [...first, ...installArguments(name)], {
        cwd: scratch,
        signal,
        remedy: "Check that npm reaches its registry (`npm ping`), then run `npx specbook setup` again.",
      });
      await checkIntegrity(scratch, name);
      await rm(join(folder, "node_modules"), { recursive: true, force: true });
      await rename(join(scratch, "node_modules"), join(folder, "node_modules"));
      await rename(join(scratch, "package.json"), join(folder, "package.json"));
    },
  };
}

async function checkIntegrity(scratch: string, name: TfjsPackage): Promise<void> {
  const lock = JSON.parse(await readFile(join(scratch, "node_modules/.package-lock.json"), "utf8"));
  const integrity: string | undefined = lock.packages[`node_modules/${name}`]?.integrity;
  if (integrity === INTEGRITY[name]) return;
  throw new SpecbookError("EngineError", `npm installed another ${name} than was published.`, {
    got: integrity ?? "no integrity",
    needed: INTEGRITY[name],
    remedy: "Ask who runs your npm registry, or set it to the official one for this command.",
  });
}
