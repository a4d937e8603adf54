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

/**
 * Loads a graph. TensorFlow reads graphs from a folder only: a temporary one, gone before this returns.
 *
 * @param threads how many threads the work of one operation may be divided among; default as many as the machine runs
 */
export function openSession(native: NativeBackend, graph: Graph, threads?: number): Session {
  const folder = mkdtempSync(join(tmpdir(), "specbook-trace-"));
  try {
    writeFileSync(join(folder, "saved_model.pb"), graph.encode());
    const id = withThreads(threads, () => native.loadSavedModelMetaGraph(folder, "serve"));
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

/** The addon reads the number from the environment when it makes a session (`setup/session-source.ts`). */
const THREADS = "SPECBOOK_INTRA_OP_THREADS";

function withThreads<T>(threads: number | undefined, work: () => T): T {
  const before = process.env[THREADS];
  if (threads !== undefined) process.env[THREADS] = String(threads);
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env[THREADS];
    else process.env[THREADS] = before;
  }
}
