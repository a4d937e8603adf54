import { SpecbookError } from "../../core";
import type { TfjsPackage } from "../recipe";
import { howItEnded, run } from "./command";

/** What a native engine answered in a process of its own. */
export interface SelfTest {
  /** The library's version, e.g. "2.21.0". */
  readonly tensorflow: string;
  /** The device that TensorFlow lists and that the product was computed on. */
  readonly device: "cpu" | "gpu";
  /** TensorFlow's log: where a GPU is not used, it says why. */
  readonly log: string;
}

/** Multiplies two matrices of ones: each element of the product is 64. */
const PROGRAM = `
const util = require("node:util");
util.isNullOrUndefined = (value) => value === null || value === undefined;
const tf = require(process.argv[1]);
const backend = tf.backend();
const product = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync();
if (tf.getBackend() !== "tensorflow" || !product.every((value) => value === 64)) throw new Error("wrong product");
console.log("\\n" + JSON.stringify({
  tensorflow: backend.binding.TF_Version,
  device: backend.isUsingGpuDevice ? "gpu" : "cpu",
}));`;

/**
 * Loads the engine of a folder in a child process, so that a library that crashes takes nothing with it, and computes a
 * product with it.
 *
 * @throws EngineError with what the child said, or with the signal that ended it.
 */
export async function selfTest(folder: string, name: TfjsPackage, signal?: AbortSignal): Promise<SelfTest> {
  const env = { TF_CPP_MIN_LOG_LEVEL: "0", NODE_OPTIONS: "" };
  const result = await run(process.execPath, ["-e", PROGRAM, name], { cwd: folder, env, signal });
  const line = result.stdout.trim().split("\n").at(-1) ?? "";
  if (result.code === 0 && line.startsWith("{")) return { ...JSON.parse(line), log: result.stderr };
  const said = /^\w*Error: .*/m.exec(result.stderr)?.[0];
  throw new SpecbookError("EngineError", "The native engine does not work on this machine.", {
    got: [howItEnded(result), said].filter(Boolean).join(": "),
    needed: "a matrix product in a separate process",
    remedy:
      result.killedBy === "SIGILL"
        ? "This processor lacks instructions that TensorFlow's binaries need (AVX): work on the wasm engine."
        : `Report it with the output of \`npx specbook doctor\`. ${result.stderr.trim().split("\n").slice(-3).join(" | ")}`,
  });
}
