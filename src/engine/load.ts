import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as util from "node:util";
import * as tfCore from "@tensorflow/tfjs-core";
import type { Engine, NativeBackend } from "./engine";

let loading: Promise<Engine> | undefined;

/** The engine: native TensorFlow where it is set up (`specbook setup`), wasm elsewhere. Loaded once per process. */
export function loadEngine(): Promise<Engine> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Engine> {
  const directory = process.env.SPECBOOK_ENGINE_DIR;
  if (directory !== undefined && existsSync(join(directory, "node_modules/@tensorflow/tfjs-node"))) {
    return loadNative(directory);
  }
  await import("@tensorflow/tfjs-backend-wasm");
  await tfCore.setBackend("wasm");
  return { name: "wasm", tf: tfCore, details: { tfjs: tfCore.version_core } };
}

function loadNative(directory: string): Engine {
  // Node 23 removed util.isNullOrUndefined, which tfjs-node 4.22 still calls (tensorflow/tfjs#8609).
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const tf = createRequire(join(directory, "package.json"))("@tensorflow/tfjs-node");
  const native = tf.backend() as unknown as NativeBackend;
  return { name: "native-cpu", tf: tfCore, native, details: { directory, tfjs: tfCore.version_core } };
}
