import type * as tfCore from "@tensorflow/tfjs-core";

/** What runs the tensor work. */
export type EngineName = "native-cpu" | "native-gpu" | "wasm";

/** One attribute of a native TensorFlow operation, as tfjs-node's binding takes it. */
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's backend that runs any TensorFlow operation by its name. */
export interface NativeBackend {
  /** True if TensorFlow lists a GPU among its devices and tensors go there. */
  readonly isUsingGpuDevice: boolean;
  /** The addon: constants TF_ATTR_*, TF_FLOAT, ... and `executeOp`, `createTensor`, ... */
  binding: NativeBinding;
  executeSingleOutput(name: string, attributes: NativeAttribute[], inputs: tfCore.Tensor[]): tfCore.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: NativeAttribute[],
    inputs: tfCore.Tensor[],
    outputs: number,
  ): tfCore.Tensor[];
  getInputTensorIds(tensors: tfCore.Tensor[]): number[];
  loadSavedModelMetaGraph(directory: string, tags: string): number;
  runSavedModel(
    session: number,
    inputs: tfCore.Tensor[],
    inputInfos: { name: string; tfDtype: string }[],
    outputNames: string[],
  ): tfCore.Tensor[];
}

/** The addon behind the native backend; its constants are numbers, its functions are called by the trace recorder. */
export interface NativeBinding {
  readonly [constant: `TF_${string}`]: number;
  executeOp(name: string, attributes: NativeAttribute[], inputIds: number[], outputs: number): NativeTensor[];
  createTensor(shape: number[], dtype: number, data: ArrayLike<number>): number;
  deleteSavedModel(session: number): void;
}

/** A tensor as the addon describes it. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The loaded engine. */
export interface Engine {
  /** Named after the device that TensorFlow lists, never after the package: a GPU build without a GPU is native-cpu. */
  readonly name: EngineName;
  readonly tf: typeof tfCore;
  /** Present on the native engines only. */
  readonly native?: NativeBackend;
  /** Where it was loaded from, and the versions, for `specbook doctor` and run records. */
  readonly details: { readonly directory?: string; readonly tensorflow?: string; readonly tfjs: string };
  /** One sentence to show once, e.g. that the native engine is missing and how to get it. */
  readonly notice?: string;
}
