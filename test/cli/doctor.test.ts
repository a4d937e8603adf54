import { describe, expect, test } from "vitest";
import { describe as describeReport } from "../../src/cli/doctor/examine";
import { gpuProblems } from "../../src/cli/doctor/examine-gpu";
import type { DoctorReport } from "../../src/cli/doctor/report";
import { specbook, testBuilt } from "../support/command-line";
import { standInEngine } from "../support/stand-in-engine";
import { temporaryFolder } from "../support/temporary";

const doctor = (env: Record<string, string>): DoctorReport => {
  const { stdout, status } = specbook(["doctor", "--json"], { SPECBOOK_CACHE: temporaryFolder(), ...env });
  expect(status).toBe(0);
  return JSON.parse(stdout);
};

describe("specbook doctor --json", () => {
  testBuilt("names the wasm engine where no other is set up, and how to get it", () => {
    const report = doctor({});
    expect(report.engine).toEqual({ name: "wasm", device: "cpu", tensorflow: null, tfjs: "4.22.0", directory: null });
    expect(report.node).toBe(process.versions.node);
    expect(report.gpu.used).toBe(false);
    expect(report.problems).toContainEqual({
      what: expect.stringMatching(/wasm/),
      remedy: expect.stringMatching(/specbook setup/),
    });
    expect(Object.keys(report)).toEqual(
      "specbook node platform engine gpu python jupyter kernelspec kernel extension cache problems".split(" "),
    );
  });

  testBuilt("has no complaint about wasm where it was asked for", () => {
    const { engine, problems } = doctor({ SPECBOOK_ENGINE: "wasm" });
    expect(engine.name).toBe("wasm");
    expect(problems.filter(({ what }) => /wasm/.test(what))).toEqual([]);
  });

  testBuilt("reports an engine that was insisted on and is missing", () => {
    const { engine, problems } = doctor({ SPECBOOK_ENGINE: "native" });
    expect(engine.name).toBeNull();
    expect(problems[0]).toMatchObject({ what: expect.stringMatching(/native engine is missing/) });
  });

  testBuilt("survives an engine that throws, and one that takes its process with it", () => {
    const throwing = doctor({ SPECBOOK_ENGINE_DIR: standInEngine('throw new Error("library not found")') });
    expect(throwing.problems[0].what).toMatch(/exit code 1: Error: library not found/);
    const crashing = doctor({ SPECBOOK_ENGINE_DIR: standInEngine('process.kill(process.pid, "SIGILL")') });
    expect(crashing.problems[0]).toMatchObject({
      what: expect.stringMatching(/SIGILL/),
      remedy: expect.stringMatching(/AVX/),
    });
  });
});

describe("gpuProblems", () => {
  const engine = { name: "native-cpu", device: "cpu", tensorflow: "2.21.0", tfjs: "4.22.0", directory: "/e" } as const;
  const examined = { engine, problems: [], cuda: true, log: "" };
  const H100 = "NVIDIA H100, driver 580.1";

  test("are none where the GPU is used, or where there is none to use", () => {
    expect(gpuProblems(H100, { ...examined, engine: { ...engine, name: "native-gpu", device: "gpu" } })).toEqual([]);
    expect(gpuProblems(null, { ...examined, cuda: false })).toEqual([]);
  });

  test("name a driver that is missing", () => {
    expect(gpuProblems(null, examined)[0].what).toMatch(/no NVIDIA driver/);
  });

  test("name the libraries that TensorFlow could not load", () => {
    const log =
      "W0000 dso_loader.cc:55] Could not load dynamic library 'libcudnn.so.9'; dlerror: no such file\n" +
      "W0000 gpu_device.cc:2342] Cannot dlopen some GPU libraries. Skipping registering GPU devices...\n";
    const [{ what, remedy }] = gpuProblems(H100, { ...examined, log });
    expect(what).toContain("libcudnn.so.9");
    expect(remedy).toContain("setup --gpu --force");
  });

  test("repeat what TensorFlow says of a driver that fails", () => {
    const log = "E0000 00:00:1.2 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA_ERROR_NO_DEVICE\n";
    expect(gpuProblems(H100, { ...examined, log })[0].what).toMatch(/says: failed call to cuInit.*NO_DEVICE/);
  });

  test.runIf(process.platform === "linux")("tell who has a GPU and the CPU build", () => {
    expect(gpuProblems(H100, { ...examined, cuda: false })[0]).toMatchObject({
      what: expect.stringContaining(H100),
      remedy: expect.stringContaining("setup --gpu"),
    });
  });
});

describe("the doctor's report for people", () => {
  test("has one line per part and each problem with what to do", () => {
    const text = describeReport({
      specbook: "0.1.0",
      node: "20.20.2",
      platform: "linux-x64",
      engine: { name: "native-cpu", device: "cpu", tensorflow: "2.21.0", tfjs: "4.22.0", directory: "/cache/e" },
      gpu: { present: null, used: false },
      python: "3.11.7",
      jupyter: null,
      kernelspec: "/k/kernel.json",
      kernel: { version: "0.1.0", seconds: 1.4 },
      extension: null,
      cache: "/cache",
      problems: [{ what: "No JupyterLab.", remedy: "Get it." }],
    });
    expect(text.split("\n")).toEqual([
      "specbook    0.1.0 on Node 20.20.2, linux-x64",
      "engine      native-cpu, computed on the cpu, TensorFlow 2.21.0 in /cache/e",
      "GPU         none",
      "Python      3.11.7",
      "JupyterLab  none",
      "kernelspec  /k/kernel.json",
      "kernel      0.1.0 answers, first cell after 1.4 s",
      "extension   none",
      "cache       /cache",
      "",
      "problem:    No JupyterLab.",
      "do this:    Get it.",
    ]);
  });
});
