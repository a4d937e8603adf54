import { isSpecbookError } from "../../core";
import { engineChoice, findEngine, type SetupReport, setupEngine } from "../../engine";

/**
 * The engine that the kernel will find: the one that is set up, else one that is set up now (as `specbook setup` does).
 * Where that fails, a line says why, and everything runs on the wasm engine.
 *
 * @param report told about the steps of a setup
 * @throws CancelledError on `signal`; whatever is wrong with SPECBOOK_ENGINE or SPECBOOK_ENGINE_DIR
 */
export async function ensureEngine(
  onProgress: (line: string) => void,
  report: SetupReport,
  signal?: AbortSignal,
): Promise<void> {
  const choice = engineChoice();
  if (choice === "wasm") return onProgress("wasm, as SPECBOOK_ENGINE asks");
  const found = findEngine(choice);
  if (found !== undefined) return onProgress(`native TensorFlow in ${found.directory}`);
  onProgress("no native TensorFlow yet: setting it up (about 300 MB to download, once)");
  try {
    const { ready, directory } = await setupEngine({ gpu: choice === "gpu", signal, report });
    onProgress(`native TensorFlow ${ready.tensorflow} in ${directory}`);
  } catch (error) {
    if (choice !== "auto" || !isSpecbookError(error, "EngineError")) throw error;
    onProgress(`${error.message}\nGoing on with the wasm engine: the same results, several times slower.`);
  }
}
