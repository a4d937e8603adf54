import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import * as tfCore from "@tensorflow/tfjs-core";
import type { Engine, NativeBackend } from "./engine";
import type { FoundEngine } from "./find";
import { quietly } from "./quiet";

/**
 * Loads tfjs-node from an engine folder. Its tfjs-core and the one of this package share one engine and one registry of
 * kernels (tfjs keeps both on the global object), so tensors and gradients work across the two.
 */
export function loadNative(found: FoundEngine): Engine {
  restoreIsNullOrUndefined();
  // Threads of a session's own: how many is told for each graph (see trace/session.ts).
  process.env.TF_OVERRIDE_GLOBAL_THREADPOOL ??= "1";
  const { directory } = found;
  const native = quietly(directory, () => {
    const tf: typeof tfCore = createRequire(join(directory, "package.json"))(found.package);
    return tf.backend() as unknown as NativeBackend; // the class is not exported by tfjs-node
  });
  const version = (native.binding as unknown as { TF_Version: string }).TF_Version;
  if (native.isUsingGpuDevice) computeOnce(tfCore);
  return {
    name: native.isUsingGpuDevice ? "native-gpu" : "native-cpu",
    tf: tfCore,
    native,
    details: { directory, tensorflow: version, tfjs: tfCore.version_core },
  };
}

/**
 * tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 22 warns about and Node 23 removed (tensorflow/tfjs#8609).
 * The module object itself must be changed: tfjs-node requires the same one.
 */
export function restoreIsNullOrUndefined(): void {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined = (value) => value === null || value === undefined;
}

/** A listed GPU may still lack a library or memory: better now than in the middle of a training. */
function computeOnce(tf: typeof tfCore): void {
  tf.tidy(() => tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])).dataSync());
}
