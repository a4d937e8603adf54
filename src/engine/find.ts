import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheDirectory, SpecbookError } from "../core";
import { readReady } from "./ready";
import { LAYOUT, STOCK_TENSORFLOW_VERSION, TENSORFLOW_VERSION, type TfjsPackage } from "./recipe";

/** `SPECBOOK_ENGINE`: `auto` takes the best there is, the others insist. */
export type EngineChoice = "auto" | "wasm" | "native" | "gpu";

/** A native engine on disk that could be loaded. */
export interface FoundEngine {
  readonly directory: string;
  readonly package: TfjsPackage;
  /** True if `SPECBOOK_ENGINE_DIR` names it. */
  readonly named: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The engine that `SPECBOOK_ENGINE` asks for.
 *
 * @throws OptionError for any other word.
 */
export function engineChoice(env: Environment = process.env): EngineChoice {
  const word = env.SPECBOOK_ENGINE || "auto";
  if (word === "auto" || word === "wasm" || word === "native" || word === "gpu") return word;
  throw new SpecbookError("OptionError", "SPECBOOK_ENGINE names no engine.", {
    got: JSON.stringify(word),
    needed: "auto, wasm, native or gpu",
    remedy: "Unset it to use the best engine there is.",
  });
}

/** The folder of the cache that holds an engine of this kind. */
export function engineDirectory(kind: "cpu" | "gpu", way: "wheel" | "stock"): string {
  const version = way === "wheel" ? TENSORFLOW_VERSION : STOCK_TENSORFLOW_VERSION;
  return join(cacheDirectory(), "engine", `tensorflow-${version}-${kind}-${process.platform}-${process.arch}`);
}

/**
 * The native engine to load: the folder that `SPECBOOK_ENGINE_DIR` names, else what `specbook setup` made in the cache,
 * a CUDA build first (where it was set up on purpose; without a GPU it computes on the CPU). With `gpu` only CUDA builds
 * count. Undefined if there is none.
 *
 * @throws EngineError if `SPECBOOK_ENGINE_DIR` names a folder without an engine.
 */
export function findEngine(choice: EngineChoice, env: Environment = process.env): FoundEngine | undefined {
  if (choice === "wasm") return undefined;
  if (env.SPECBOOK_ENGINE_DIR) return namedEngine(resolve(env.SPECBOOK_ENGINE_DIR), choice);
  for (const kind of choice === "gpu" ? (["gpu"] as const) : (["gpu", "cpu"] as const)) {
    for (const way of ["wheel", "stock"] as const) {
      const directory = engineDirectory(kind, way);
      const ready = readReady(directory);
      if (ready !== undefined) return { directory, package: ready.package, named: false };
    }
  }
  return undefined;
}

function namedEngine(directory: string, choice: EngineChoice): FoundEngine {
  const packages: TfjsPackage[] = ["@tensorflow/tfjs-node-gpu"];
  if (choice !== "gpu") packages.push("@tensorflow/tfjs-node");
  const found = packages.find((name) => existsSync(join(directory, LAYOUT.package(name), "package.json")));
  if (found !== undefined) return { directory, package: found, named: true };
  throw new SpecbookError("EngineError", "SPECBOOK_ENGINE_DIR holds no native engine.", {
    got: directory,
    needed: `a folder with ${packages.map(LAYOUT.package).join(" or ")}`,
    remedy: "Unset SPECBOOK_ENGINE_DIR and run `npx specbook setup`.",
  });
}
