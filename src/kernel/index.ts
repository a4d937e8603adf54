export { KERNEL_SPEC_DIRECTORY, type KernelSpec, kernelSpec } from "./kernel-spec";
