import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "./package-types";

/** A Jupyter kernelspec: the content of kernel.json. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: "message";
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** The folder with the template and the logos, to be copied into a Jupyter data folder under `kernels/specbook`. */
export const KERNEL_SPEC_DIRECTORY: string = join(PACKAGE_ROOT, "kernel-spec");

/** The kernelspec for the node that runs now and this installation of the package. */
export function kernelSpec(): KernelSpec {
  const template = readFileSync(join(KERNEL_SPEC_DIRECTORY, "kernel.json"), "utf8");
  const spec = JSON.parse(template) as KernelSpec;
  const places: Record<string, string> = { "{node}": process.execPath, "{package}": PACKAGE_ROOT };
  const fill = (argument: string) => argument.replace(/\{node\}|\{package\}/g, (place) => places[place]);
  return { ...spec, argv: spec.argv.map(fill) };
}
