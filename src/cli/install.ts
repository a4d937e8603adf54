import type { Command } from "commander";
import { withDirectoryOptions } from "./directory-options";
import type { DirectoryChoice } from "./jupyter/data-directory";

/** `specbook install`: makes the kernel and the extension known to Jupyter, and proves that the kernel answers. */
export function register(program: Command): void {
  const command = program
    .command("install")
    .description('make the kernel "TypeScript (specbook)" and the JupyterLab extension known to Jupyter');
  withDirectoryOptions(command)
    .option("--no-check", "do not start the kernel once to see that it answers")
    .action(async ({ check, ...choice }: DirectoryChoice & { check: boolean }) => {
      const { chosenDirectory } = await import("./jupyter/data-directory.js");
      const { installKernel } = await import("./jupyter/install-kernel.js");
      await installKernel(await chosenDirectory(choice), { check, onProgress: (line) => console.log(line) });
    });
}
