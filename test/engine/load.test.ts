import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { engineDirectory, findEngine } from "../../src/engine/find";
import { RECIPE } from "../../src/engine/recipe";
import { testBuilt } from "../support/command-line";
import { inFreshNode } from "../support/engine-child";
import { standInEngine } from "../support/stand-in-engine";
import { temporaryFolder } from "../support/temporary";

const native = findEngine("native");
const testNative = native === undefined ? test.skip : testBuilt;

/** Loads the engine, multiplies two matrices and prints what it got as one line of JSON, or the error. */
const LOAD = `
source("engine/load").loadEngine().then(async (engine) => {
  const { tf } = engine;
  const product = Array.from(tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5], [6]])).dataSync());
  const { name, details, notice } = engine;
  const topk = name === "wasm" ? null : Array.from(tf.topk(tf.tensor1d([1, 3, 2]), 2).values.dataSync());
  console.log(JSON.stringify({ name, details, notice, product, topk, backend: tf.getBackend() }));
}, (error) => console.log(JSON.stringify({ tag: error.tag, message: error.message })));`;

const load = (env: Record<string, string | undefined>) => {
  const { stdout, stderr } = inFreshNode(LOAD, { SPECBOOK_ENGINE: undefined, SPECBOOK_ENGINE_DIR: undefined, ...env });
  return { ...JSON.parse(stdout), stderr };
};

describe("loadEngine", () => {
  testBuilt("runs on wasm where nothing is set up and says how to get the native engine", () => {
    const engine = load({ SPECBOOK_CACHE: temporaryFolder() });
    expect(engine).toMatchObject({ name: "wasm", backend: "wasm", product: [17, 39], stderr: "" });
    expect(engine.notice).toMatch(/specbook setup/);
  });

  testBuilt("shows that once in the cell that first needs the engine", () => {
    const cell = `
      const shown = [];
      source("core").setHost({ signal() {}, display(bundle) { shown.push(bundle["text/plain"]); } });
      const { loadEngine } = source("engine/load");
      loadEngine().then(loadEngine).then(() => console.log(JSON.stringify(shown)));`;
    const env = { SPECBOOK_ENGINE: undefined, SPECBOOK_ENGINE_DIR: undefined, SPECBOOK_CACHE: temporaryFolder() };
    expect(JSON.parse(inFreshNode(cell, env).stdout)).toEqual([expect.stringMatching(/specbook setup/)]);
  });

  testBuilt("falls back to wasm and says why when the engine of the cache cannot be loaded", () => {
    const cache = temporaryFolder();
    vi.stubEnv("SPECBOOK_CACHE", cache);
    const directory = engineDirectory("cpu", "wheel");
    vi.unstubAllEnvs();
    standInEngine('throw new Error("libtensorflow_cc.so.2: cannot open")', undefined, directory);
    const ready = { recipe: RECIPE, package: "@tensorflow/tfjs-node", files: [] };
    writeFileSync(join(directory, "ready.json"), JSON.stringify(ready));
    const engine = load({ SPECBOOK_CACHE: cache });
    expect(engine).toMatchObject({ name: "wasm", product: [17, 39] });
    expect(engine.notice).toMatch(/cannot open[\s\S]*setup --force/);
    expect(load({ SPECBOOK_CACHE: cache, SPECBOOK_ENGINE: "native" })).toMatchObject({ tag: "EngineError" });
    expect(load({ SPECBOOK_ENGINE_DIR: directory })).toMatchObject({ tag: "EngineError" });
  });

  testBuilt("runs on wasm without a notice when that was asked for", () => {
    const engine = load({ SPECBOOK_ENGINE: "wasm" });
    expect(engine).toMatchObject({ name: "wasm", product: [17, 39] });
    expect(engine.notice).toBeUndefined();
  });

  testBuilt("refuses to go on without an engine that was insisted on", () => {
    for (const [choice, setup] of [
      ["native", "npx specbook setup"],
      ["gpu", "npx specbook setup --gpu"],
    ]) {
      const error = load({ SPECBOOK_ENGINE: choice, SPECBOOK_CACHE: temporaryFolder() });
      expect(error.tag).toBe("EngineError");
      expect(error.message).toContain(`do this: Run \`${setup}\``);
      expect(error.message).toMatch(/got: .*SPECBOOK_ENGINE/);
    }
  });

  testBuilt("names the GPU only where TensorFlow lists one", () => {
    const cudaBuild = (gpu: boolean) =>
      standInEngine(
        `module.exports = { backend: () => ({ isUsingGpuDevice: ${gpu}, binding: { TF_Version: "2.0.1" } }) };`,
        "@tensorflow/tfjs-node-gpu",
      );
    const code = `
      require("@tensorflow/tfjs-backend-cpu"); // computes in place of the stand-in
      const { loadEngine } = source("engine/load");
      loadEngine().then(({ name, details }) => console.log(name, details.tensorflow), (e) => console.log(e.message));`;
    const name = (gpu: boolean, choice: string) =>
      inFreshNode(code, { SPECBOOK_ENGINE: choice, SPECBOOK_ENGINE_DIR: cudaBuild(gpu) }).stdout.split("\n")[0];
    expect(name(true, "gpu")).toBe("native-gpu 2.0.1");
    expect(name(false, "native")).toBe("native-cpu 2.0.1");
    expect(name(false, "gpu")).toBe("TensorFlow finds no GPU.");
  });

  testNative("loads native TensorFlow on this Node, names its device and prints nothing of tfjs", () => {
    const engine = load({ SPECBOOK_ENGINE: "native", SPECBOOK_ENGINE_DIR: native?.directory });
    expect(engine).toMatchObject({ backend: "tensorflow", product: [17, 39], topk: [3, 2] });
    expect(engine.name).toMatch(/^native-(cpu|gpu)$/);
    expect(engine.details).toMatchObject({ directory: native?.directory, tfjs: "4.22.0" });
    expect(engine.details.tensorflow).toMatch(/^2\.\d+/);
    expect(engine.notice).toBeUndefined();
    expect(engine.stderr).not.toMatch(/Platform node|deprecat|Warning|rebuild TensorFlow/);
    // Where `specbook setup` made the engine, the two lines that the native library itself writes are held back too.
    if (existsSync(join(native?.directory ?? "", "quiet"))) expect(engine.stderr).toBe("");
  });

  testNative("does not call a CPU a GPU", () => {
    const engine = load({ SPECBOOK_ENGINE_DIR: native?.directory, CUDA_VISIBLE_DEVICES: "-1" });
    expect(engine.name).toBe("native-cpu");
  });
});
