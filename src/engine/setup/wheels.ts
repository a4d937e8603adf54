import { TENSORFLOW_VERSION } from "../recipe";

/** A Python wheel of TensorFlow, known to the byte. The libraries inside do not depend on the Python version. */
export interface Wheel {
  /** The distribution that pip asks for. */
  readonly distribution: "tensorflow" | "tensorflow-cpu";
  /** pip's name of the platform. */
  readonly platformTag: string;
  readonly size: number;
  readonly sha256: string;
  /** The two libraries inside `tensorflow/`, framework last. */
  readonly libraries: readonly [string, string];
}

/** CPython's version in the wheel's name; any Python can download and unpack it. */
export const WHEEL_PYTHON = { version: "3.12", abi: "cp312" } as const;

const LINUX = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;
const MACOS = ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"] as const;

const WHEELS: Readonly<Record<string, Wheel>> = {
  "cpu-linux-x64": {
    distribution: "tensorflow-cpu",
    platformTag: "manylinux_2_27_x86_64",
    size: 274_000_871,
    sha256: "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
    libraries: LINUX,
  },
  "cpu-linux-arm64": {
    distribution: "tensorflow",
    platformTag: "manylinux_2_27_aarch64",
    size: 281_946_471,
    sha256: "b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552",
    libraries: LINUX,
  },
  "cpu-darwin-arm64": {
    distribution: "tensorflow",
    platformTag: "macosx_12_0_arm64",
    size: 223_488_205,
    sha256: "56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712",
    libraries: MACOS,
  },
  "gpu-linux-x64": {
    distribution: "tensorflow",
    platformTag: "manylinux_2_27_x86_64",
    size: 572_611_111,
    sha256: "b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0",
    libraries: LINUX,
  },
};

/** The wheel of a kind of engine for a platform, undefined where Python has none with the C++ library inside. */
export function wheelFor(kind: "cpu" | "gpu", platform: NodeJS.Platform, arch: string): Wheel | undefined {
  return WHEELS[`${kind}-${platform}-${arch}`];
}

/** The file name of a wheel. */
export function wheelFile(wheel: Wheel): string {
  const { version: _, abi } = WHEEL_PYTHON;
  return `${wheel.distribution.replace("-", "_")}-${TENSORFLOW_VERSION}-${abi}-${abi}-${wheel.platformTag}.whl`;
}

/** pip's arguments that download exactly this wheel into a folder, whatever Python and machine run it. */
export function wheelDownloadArguments(wheel: Wheel, folder: string): string[] {
  const { version, abi } = WHEEL_PYTHON;
  const target = ["--implementation", "cp", "--python-version", version, "--abi", abi, "--platform", wheel.platformTag];
  const plain = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "--quiet"];
  return [
    "-m",
    "pip",
    "download",
    ...plain,
    ...target,
    "--dest",
    folder,
    `${wheel.distribution}==${TENSORFLOW_VERSION}`,
  ];
}

/** pip's arguments that put the CUDA libraries of NVIDIA's wheels into `<folder>/nvidia`, where TensorFlow looks. */
export function cudaInstallArguments(folder: string): string[] {
  const plain = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "--quiet"];
  return ["-m", "pip", "install", ...plain, "--target", folder, ...CUDA_DISTRIBUTIONS];
}

/** What `tensorflow[and-cuda]` 2.21.0 requires, as its metadata say; the compiler (nvcc) is for XLA, which is not used. */
export const CUDA_DISTRIBUTIONS: readonly string[] = [
  "nvidia-cublas-cu12>=12.5.3.2,<13.0",
  "nvidia-cuda-cupti-cu12>=12.5.82,<13.0",
  "nvidia-cuda-nvcc-cu12>=12.5.82,<13.0",
  "nvidia-cuda-nvrtc-cu12>=12.5.82,<13.0",
  "nvidia-cuda-runtime-cu12>=12.5.82,<13.0",
  "nvidia-cudnn-cu12>=9.3.0.75,<10.0",
  "nvidia-cufft-cu12>=11.2.3.61,<12.0",
  "nvidia-curand-cu12>=10.3.6.82,<11.0",
  "nvidia-cusolver-cu12>=11.6.3.83,<12.0",
  "nvidia-cusparse-cu12>=12.5.1.3,<13.0",
  "nvidia-nccl-cu12>=2.27.7,<3.0",
  "nvidia-nvjitlink-cu12>=12.5.82,<13.0",
];
