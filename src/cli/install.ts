import { join, resolve } from "node:path";
import type { Command } from "commander";

/** `specbook install`: makes the kernel known to Jupyter, and proves that it answers. */
export function register(program: Command): void {
  program
    .command("install")
    .description('make the kernel "TypeScript (specbook)" known to Jupyter (a kernelspec of the user)')
    .option("--prefix <directory>", "into <directory>/share/jupyter, e.g. a Python or conda environment")
    .option("--path <directory>", "into this Jupyter data directory (one of JUPYTER_PATH)")
    .option("--no-check", "do not start the kernel once to see that it answers")
    .action(async (options: { prefix?: string; path?: string; check: boolean }) => {
      const { installKernel } = await import("./jupyter/install-kernel.js");
      const { userJupyterDirectory } = await import("./jupyter/kernel-spec.js");
      const prefix = options.prefix === undefined ? undefined : join(resolve(options.prefix), "share", "jupyter");
      const directory = options.path === undefined ? prefix : resolve(options.path);
      await installKernel(directory ?? userJupyterDirectory(), {
        check: options.check,
        onProgress: (line) => console.log(line),
      });
    });
}
