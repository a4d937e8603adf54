import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../engine";
import type { Graph } from "./graph";

/** A graph that TensorFlow has loaded. */
export interface Session {
  /** Feeds float32 and int32 tensors by name and returns the named outputs, which the caller disposes of. */
  run(feeds: readonly (readonly [name: string, tensor: Tensor])[], outputs: readonly string[]): Tensor[];
  /** Frees the graph and its variables. */
  dispose(): void;
}

/** Loads a graph. TensorFlow reads graphs from a folder only: a temporary one, gone before this returns. */
export function openSession(native: NativeBackend, graph: Graph): Session {
  const folder = mkdtempSync(join(tmpdir(), "specbook-trace-"));
  try {
    writeFileSync(join(folder, "saved_model.pb"), graph.encode());
    const id = native.loadSavedModelMetaGraph(folder, "serve");
    return {
      run: (feeds, outputs) =>
        native.runSavedModel(
          id,
          feeds.map(([, tensor]) => tensor),
          feeds.map(([name, { dtype }]) => ({
            name: `${name}:0`,
            tfDtype: dtype === "int32" ? "DT_INT32" : "DT_FLOAT",
          })),
          [...outputs],
        ),
      dispose: () => native.binding.deleteSavedModel(id),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
