import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../../src/engine/engine";
import { engineChoice, findEngine } from "../../src/engine/find";
import { loadEngine } from "../../src/engine/load";

/** True where a native engine is set up for tests. */
export const hasNative: boolean = engineChoice() !== "wasm" && findEngine(engineChoice()) !== undefined;

/** True in the run of the small tests on the wasm engine (vitest.config.mts): networks of real size take minutes there. */
export const smallOnly: boolean = process.env.SPECBOOK_TEST_SIZE === "small";

/** The wasm engine, made the current one; `loadEngine()` itself would give the native one where it is set up. */
export async function wasmEngine(): Promise<Engine> {
  await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  await tf.ready();
  return { name: "wasm", tf, details: { tfjs: tf.version_core } };
}

/** The engine of `loadEngine()`, made the current one again after `wasmEngine`. */
export async function defaultEngine(): Promise<Engine> {
  const engine = await loadEngine();
  await tf.setBackend(engine.native === undefined ? "wasm" : "tensorflow");
  return engine;
}
