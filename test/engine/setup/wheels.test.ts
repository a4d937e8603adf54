import { describe, expect, test } from "vitest";
import { cudaFolder } from "../../../src/engine/setup/cuda-libraries";
import { installArguments } from "../../../src/engine/setup/install-tfjs";
import { stepsOf } from "../../../src/engine/setup/setup-engine";
import { cudaInstallArguments, wheelDownloadArguments, wheelFile, wheelFor } from "../../../src/engine/setup/wheels";

const platforms = [
  ["cpu", "linux", "x64", "tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl"],
  ["cpu", "linux", "arm64", "tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl"],
  ["cpu", "darwin", "arm64", "tensorflow-2.21.0-cp312-cp312-macosx_12_0_arm64.whl"],
  ["gpu", "linux", "x64", "tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl"],
] as const;

describe("the wheel of a platform", () => {
  test.each(platforms)("%s %s %s is %s", (kind, platform, arch, file) => {
    const wheel = wheelFor(kind, platform, arch);
    expect(wheel && wheelFile(wheel)).toBe(file);
    expect(wheel?.sha256).toMatch(/^[0-9a-f]{64}$/);
    const suffix = platform === "darwin" ? /\.2\.dylib$/ : /\.so\.2$/;
    for (const library of wheel?.libraries ?? []) expect(library).toMatch(suffix);
  });

  test("is asked of pip by its exact tags, so that any Python can fetch it", () => {
    const wheel = wheelFor("cpu", "linux", "x64");
    const line = wheel && wheelDownloadArguments(wheel, "/tmp/w").join(" ");
    expect(line).toMatch(/^-m pip download --no-deps --only-binary=:all: /);
    expect(line).toContain("--implementation cp --python-version 3.12 --abi cp312 --platform manylinux_2_27_x86_64");
    expect(line).toMatch(/--dest \/tmp\/w tensorflow-cpu==2\.21\.0$/);
  });
});

describe("the steps of a setup", () => {
  const names = (...plan: Parameters<typeof stepsOf>) => stepsOf(...plan).map(({ name }) => name);

  test("take TensorFlow from its wheel, the CUDA libraries too for a GPU", () => {
    expect(names("cpu", "wheel", undefined, "linux", "x64")).toEqual(["tfjs", "wheel", "libraries", "addon"]);
    expect(names("cpu", "wheel", undefined, "darwin", "arm64")).toEqual(["tfjs", "wheel", "libraries", "addon"]);
    expect(names("gpu", "wheel", undefined, "linux", "x64")).toEqual(["tfjs", "wheel", "libraries", "cuda", "addon"]);
  });

  test("use the CUDA package for a GPU", () => {
    const [tfjs] = stepsOf("gpu", "wheel", undefined, "linux", "x64");
    expect(tfjs.title).toContain("@tensorflow/tfjs-node-gpu 4.22.0");
    expect(installArguments("@tensorflow/tfjs-node-gpu").at(-1)).toBe("@tensorflow/tfjs-node-gpu@4.22.0");
    expect(installArguments("@tensorflow/tfjs-node")).toContain("--ignore-scripts");
  });

  test("say on which platforms there is no such build", () => {
    expect(() => stepsOf("cpu", "wheel", undefined, "win32", "x64")).toThrow(/got: +win32 x64/);
    expect(() => stepsOf("gpu", "wheel", undefined, "darwin", "arm64")).toThrow(/without --gpu/);
    expect(() => stepsOf("gpu", "stock", undefined, "linux", "arm64")).toThrow(/CUDA/);
    expect(names("cpu", "stock", undefined, "win32", "x64")).toEqual(["tfjs", "stock"]);
  });

  test("have keys of their own for each wheel, so that none is taken for another", () => {
    const keys = platforms.map(
      ([kind, platform, arch]) =>
        stepsOf(kind, "wheel", undefined, platform, arch).find((s) => s.name === "wheel")?.key,
    );
    expect(new Set(keys).size).toBe(platforms.length);
  });
});

describe("the CUDA libraries", () => {
  test("lie where the run path of TensorFlow's libraries leads: $ORIGIN/../nvidia", () => {
    expect(cudaFolder("@tensorflow/tfjs-node-gpu")).toBe("node_modules/@tensorflow/tfjs-node-gpu/deps/nvidia");
  });

  test("are NVIDIA's wheels for CUDA 12 and cuDNN 9", () => {
    const line = cudaInstallArguments("/tmp/site").join(" ");
    expect(line).toContain("--target /tmp/site");
    expect(line).toMatch(/nvidia-cudnn-cu12>=9\S*,<10/);
    expect(line).toMatch(/nvidia-cublas-cu12>=12\S*,<13/);
  });
});
