import { isSpecbookError } from "../../core";
import { engineChoice, findEngine, type SetupReport, setupEngine } from "../../engine";

/** Options of `ensureEngine`. */
export interface EnsureEngineOptions {
  readonly onProgress?: (line: string) => void;
  /** Told about the steps of a setup. */
  readonly report?: SetupReport;
  readonly signal?: AbortSignal;
  /** How an engine is set up; a test gives its own. */
  readonly setup?: typeof setupEngine;
}

/**
 * The engine that the kernel will find: the one that is set up, else one that is set up now (as `specbook setup` does).
 * Where that fails, a line says why, and everything runs on the wasm engine.
 *
 * @throws CancelledError on `signal`; whatever is wrong with SPECBOOK_ENGINE or SPECBOOK_ENGINE_DIR
 */
export async function ensureEngine(options: EnsureEngineOptions = {}): Promise<void> {
  const { onProgress = () => {}, report, signal, setup = setupEngine } = options;
  const choice = engineChoice();
  if (choice === "wasm") return onProgress("wasm, as SPECBOOK_ENGINE asks");
  const found = findEngine(choice);
  if (found !== undefined) return onProgress(`native TensorFlow in ${found.directory}`);
  onProgress("no native TensorFlow yet: setting it up (about 300 MB to download, once)");
  try {
    const { ready, directory } = await setup({ gpu: choice === "gpu", signal, report });
    onProgress(`native TensorFlow ${ready.tensorflow} in ${directory}`);
  } catch (error) {
    if (choice !== "auto" || !isSpecbookError(error, "EngineError")) throw error;
    onProgress(`${error.message}\nGoing on with the wasm engine: the same results, several times slower.`);
  }
}
