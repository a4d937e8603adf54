import { describe, expect, test } from "vitest";
import { findEngine } from "../../../src/engine/find";
import { selfTest } from "../../../src/engine/setup/self-test";
import { standInEngine } from "../../support/stand-in-engine";

const native = findEngine("native");

/** A stand-in with the few functions that the test calls. */
const standIn = (product: number, gpu: boolean) => `
console.error("a log line"); console.log("a line of the library");
module.exports = {
  backend: () => ({ isUsingGpuDevice: ${gpu}, binding: { TF_Version: "2.0.1" } }),
  getBackend: () => "tensorflow", ones: () => 0,
  matMul: () => ({ dataSync: () => [64, ${product}] }),
};`;

const NAME = "@tensorflow/tfjs-node";

describe("selfTest", () => {
  test("tells the version and the device that the library lists", async () => {
    const cpu = await selfTest(standInEngine(standIn(64, false)), NAME);
    expect(cpu).toMatchObject({ tensorflow: "2.0.1", device: "cpu", log: expect.stringContaining("a log line") });
    expect((await selfTest(standInEngine(standIn(64, true)), NAME)).device).toBe("gpu");
  });

  test("does not accept a wrong product", async () => {
    await expect(selfTest(standInEngine(standIn(63, false)), NAME)).rejects.toMatchObject({
      tag: "EngineError",
      got: "exit code 1: Error: wrong product",
    });
  });

  test("says that a processor is too old when the library dies of an unknown instruction", async () => {
    await expect(selfTest(standInEngine('process.kill(process.pid, "SIGILL")'), NAME)).rejects.toMatchObject({
      got: "signal SIGILL",
      remedy: expect.stringMatching(/AVX/),
    });
  });

  test.skipIf(native === undefined)("passes on the real engine", async () => {
    if (native === undefined) return;
    const { tensorflow } = await selfTest(native.directory, native.package);
    expect(tensorflow).toMatch(/^2\.\d+\.\d+/);
  });
});
