/** A memory that kernels work in. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/** A function of a module, with numbers in and out. */
export type Kernel = (...parameters: number[]) => number;

interface WebAssemblyApi {
  readonly Memory: new (size: { initial: number }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly run: Kernel } };
}

// Node has it, and the types of ES2023 and of Node do not.
const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

const PAGE = 65_536;

/** The most bytes that a memory can have. */
export const LARGEST_MEMORY: number = 65_535 * PAGE;

/** A memory of at least this many bytes, filled with zeros. */
export function kernelMemory(bytes: number): KernelMemory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
}

/** Compiles a module of `assemble`. */
export function compileKernel(bytes: Uint8Array): object {
  return new WebAssembly.Module(bytes);
}

/** The function of a module over a memory. */
export function kernelIn(module: object, memory: KernelMemory): Kernel {
  return new WebAssembly.Instance(module, { host: { memory } }).exports.run;
}
