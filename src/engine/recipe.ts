/**
 * What is set up and accepted: a folder made by an older recipe is not loaded. Raise it when the folder's layout, the
 * pinned versions or the way of building change.
 */
export const RECIPE = 2;

/** tfjs-node, whose JavaScript drives the native library, and TensorFlow, whose kernels do the work. */
export const TFJS_VERSION = "4.22.0";
export const TENSORFLOW_VERSION = "2.21.0";
/** The TensorFlow that tfjs-node's own install script downloads. */
export const STOCK_TENSORFLOW_VERSION = "2.9.1";

/** The npm package of a native engine; the second is a CUDA build. */
export type TfjsPackage = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/** Where the parts of an engine folder lie, relative to it. */
export const LAYOUT = {
  ready: "ready.json",
  /** A small addon of ours that holds back what the native library prints while it loads. */
  quiet: "quiet/quiet_stderr.node",
  package: (name: TfjsPackage): string => `node_modules/${name}`,
  addon: (name: TfjsPackage): string => `node_modules/${name}/lib/napi-v8/tfjs_binding.node`,
  libraries: (name: TfjsPackage): string => `node_modules/${name}/deps/lib`,
} as const;
