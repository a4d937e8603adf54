/** Something that does not work, or could work better, and what to do about it. */
export interface Problem {
  readonly what: string;
  readonly remedy: string;
}

/** The engine that a notebook would get. */
export interface EngineReport {
  /** null if `SPECBOOK_ENGINE` or `SPECBOOK_ENGINE_DIR` insists on one that does not work. */
  readonly name: "native-cpu" | "native-gpu" | "wasm" | null;
  /** What a matrix product was really computed on, just now. */
  readonly device: "cpu" | "gpu" | null;
  /** Version of the TensorFlow library; null on wasm. */
  readonly tensorflow: string | null;
  readonly tfjs: string;
  readonly directory: string | null;
}

/** What is known of an NVIDIA GPU. */
export interface GpuReport {
  /** Its name and driver as `nvidia-smi` says; null where there is none. */
  readonly present: string | null;
  /** True if the engine computes on it. */
  readonly used: boolean;
}

/** A kernel that was started and ran a cell. */
export interface KernelReport {
  readonly version: string;
  /** From its start to the end of its first cell. */
  readonly seconds: number;
}

/** The JupyterLab extension. */
export interface ExtensionReport {
  readonly directory: string;
  readonly version: string;
}

/** What `specbook doctor --json` prints: one JSON object. */
export interface DoctorReport {
  readonly specbook: string;
  readonly node: string;
  /** E.g. "linux-x64". */
  readonly platform: string;
  readonly engine: EngineReport;
  readonly gpu: GpuReport;
  /** Version of the first Python 3.10 or newer on the PATH. */
  readonly python: string | null;
  /** Version of JupyterLab. */
  readonly jupyter: string | null;
  /** The kernel.json that Jupyter finds. */
  readonly kernelspec: string | null;
  /** What the kernel of that kernelspec answered just now; null where there is none or it does not answer. */
  readonly kernel: KernelReport | null;
  /** The JupyterLab extension that Jupyter finds. */
  readonly extension: ExtensionReport | null;
  readonly cache: string;
  readonly problems: readonly Problem[];
}
