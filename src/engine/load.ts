import * as tfCore from "@tensorflow/tfjs-core";
import { cacheDirectory, currentHost, isSpecbookError, noteEngine, SpecbookError } from "../core";
import type { Engine } from "./engine";
import { type EngineChoice, engineChoice, type FoundEngine, findEngine } from "./find";
import { loadNative } from "./load-native";

let loading: Promise<Engine> | undefined;

/**
 * The engine: native TensorFlow where `SPECBOOK_ENGINE_DIR` or the cache has it (`specbook setup`), wasm elsewhere.
 * Loaded once per process. `SPECBOOK_ENGINE` set to `native`, `gpu` or `wasm` insists on that one.
 *
 * @throws EngineError if the engine that was insisted on is missing or cannot be loaded.
 */
export function loadEngine(): Promise<Engine> {
  loading ??= load().then(announce, (error: unknown) => {
    loading = undefined; // a later cell may try again, after a setup
    throw error;
  });
  return loading;
}

/** Notes the engine for run records. In a notebook its notice is shown in the cell that first needed the engine; elsewhere the caller has it. */
function announce(engine: Engine): Engine {
  const { tensorflow, tfjs } = engine.details;
  noteEngine({ name: engine.name, device: engine.name === "native-gpu" ? "gpu" : "cpu", tensorflow, tfjs });
  if (engine.notice !== undefined) currentHost()?.display({ "text/plain": engine.notice });
  return engine;
}

async function load(): Promise<Engine> {
  const choice = engineChoice();
  const found = findEngine(choice);
  if (found === undefined) {
    if (choice === "native" || choice === "gpu") throw missing(choice);
    const notice = `The native engine is not set up, so everything runs on the slower wasm engine. ${SETUP}`;
    return loadWasm(choice === "wasm" ? undefined : notice);
  }
  try {
    const engine = loadNative(found);
    if (choice === "gpu" && engine.name !== "native-gpu") throw noGpu(found);
    return engine;
  } catch (error) {
    if (choice !== "auto" || found.named) throw isSpecbookError(error) ? error : broken(found, error);
    return loadWasm(`${broken(found, error).message}\nUntil then everything runs on the slower wasm engine.`);
  }
}

async function loadWasm(notice?: string): Promise<Engine> {
  await import("@tensorflow/tfjs-backend-wasm");
  await tfCore.setBackend("wasm");
  return { name: "wasm", tf: tfCore, details: { tfjs: tfCore.version_core }, notice };
}

const SETUP = "Run `npx specbook setup` once to get it (about 300 MB to download).";

function missing(choice: EngineChoice): SpecbookError {
  const setup = choice === "gpu" ? "npx specbook setup --gpu" : "npx specbook setup";
  return new SpecbookError("EngineError", "The native engine is missing.", {
    got: `SPECBOOK_ENGINE=${choice}, and no such engine in ${cacheDirectory()} (SPECBOOK_ENGINE_DIR is not set)`,
    needed: `an engine made by \`${setup}\``,
    remedy: `Run \`${setup}\`, or unset SPECBOOK_ENGINE to work on the slower wasm engine.`,
  });
}

function noGpu(found: FoundEngine): SpecbookError {
  return new SpecbookError("EngineError", "TensorFlow finds no GPU.", {
    got: `SPECBOOK_ENGINE=gpu, and only a CPU in the device list of the CUDA build in ${found.directory}`,
    needed: "an NVIDIA GPU with its driver and the CUDA libraries",
    remedy: "Run `npx specbook doctor`, which names what is missing, or unset SPECBOOK_ENGINE.",
  });
}

function broken(found: FoundEngine, cause: unknown): SpecbookError {
  return new SpecbookError("EngineError", "The native engine cannot be loaded.", {
    got: `${cause instanceof Error ? cause.message : String(cause)} (in ${found.directory})`,
    needed: "a complete engine folder for this machine",
    remedy: found.named
      ? "Correct or unset SPECBOOK_ENGINE_DIR."
      : "Run `npx specbook setup --force` to make it again.",
    cause,
  });
}
