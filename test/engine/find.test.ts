import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { engineChoice, engineDirectory, findEngine } from "../../src/engine/find";
import { readReady } from "../../src/engine/ready";
import { RECIPE, type TfjsPackage } from "../../src/engine/recipe";
import { temporaryFolder } from "../support/temporary";

beforeEach(() => {
  vi.stubEnv("SPECBOOK_CACHE", temporaryFolder());
  return () => vi.unstubAllEnvs();
});

function writeEngine(directory: string, name: TfjsPackage, recipe = RECIPE): void {
  const library = join(directory, "node_modules", name, "deps/lib/library.so");
  mkdirSync(dirname(library), { recursive: true });
  writeFileSync(library, "1234");
  writeFileSync(join(directory, "node_modules", name, "package.json"), "{}");
  const files = [{ path: `node_modules/${name}/deps/lib/library.so`, size: 4, sha256: "" }];
  writeFileSync(join(directory, "ready.json"), JSON.stringify({ recipe, package: name, files }));
}

const CPU = "@tensorflow/tfjs-node";
const GPU = "@tensorflow/tfjs-node-gpu";

describe("findEngine", () => {
  test("finds nothing in an empty cache", () => {
    expect(findEngine("auto", {})).toBeUndefined();
    expect(findEngine("native", {})).toBeUndefined();
  });

  test("finds what was set up, a CUDA build first, the wheel before the stock download", () => {
    writeEngine(engineDirectory("cpu", "stock"), CPU);
    expect(findEngine("auto", {})).toEqual({ directory: engineDirectory("cpu", "stock"), package: CPU, named: false });
    writeEngine(engineDirectory("cpu", "wheel"), CPU);
    expect(findEngine("native", {})?.directory).toBe(engineDirectory("cpu", "wheel"));
    expect(findEngine("gpu", {})).toBeUndefined();
    writeEngine(engineDirectory("gpu", "wheel"), GPU);
    expect(findEngine("auto", {})).toEqual({ directory: engineDirectory("gpu", "wheel"), package: GPU, named: false });
    expect(findEngine("gpu", {})?.package).toBe(GPU);
    expect(findEngine("wasm", {})).toBeUndefined();
  });

  test("passes over a folder of another recipe, without ready.json, or with a file cut short", () => {
    const directory = engineDirectory("cpu", "wheel");
    writeEngine(directory, CPU, RECIPE + 1);
    expect(findEngine("auto", {})).toBeUndefined();
    writeEngine(directory, CPU);
    expect(readReady(directory)?.package).toBe(CPU);
    writeFileSync(join(directory, "node_modules", CPU, "deps/lib/library.so"), "123");
    expect(findEngine("auto", {})).toBeUndefined();
    writeEngine(directory, CPU);
    writeFileSync(join(directory, "ready.json"), '{"recipe":');
    expect(findEngine("auto", {})).toBeUndefined();
  });

  test("prefers the folder that SPECBOOK_ENGINE_DIR names, and refuses one without an engine", () => {
    writeEngine(engineDirectory("cpu", "wheel"), CPU);
    const own = temporaryFolder();
    const env = { SPECBOOK_ENGINE_DIR: own };
    expect(() => findEngine("auto", env)).toThrow(expect.objectContaining({ tag: "EngineError", got: own }));
    writeEngine(own, CPU);
    expect(findEngine("auto", env)).toEqual({ directory: own, package: CPU, named: true });
    expect(() => findEngine("gpu", env)).toThrow(/tfjs-node-gpu/);
    expect(findEngine("wasm", env)).toBeUndefined();
  });
});

describe("engineChoice", () => {
  test("is auto unless SPECBOOK_ENGINE says otherwise", () => {
    expect([{}, { SPECBOOK_ENGINE: "" }].map(engineChoice)).toEqual(["auto", "auto"]);
    expect(engineChoice({ SPECBOOK_ENGINE: "gpu" })).toBe("gpu");
  });

  test("refuses other words", () => {
    expect(() => engineChoice({ SPECBOOK_ENGINE: "GPU" })).toThrow(/needed: {2}auto, wasm, native or gpu/);
  });
});
