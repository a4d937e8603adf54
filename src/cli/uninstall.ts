import type { Command } from "commander";
import { withDirectoryOptions } from "./directory-options";
import type { DirectoryChoice } from "./jupyter/data-directory";

/** `specbook uninstall`: what `specbook install` wrote is removed; engine, JupyterLab and cache stay. */
export function register(program: Command): void {
  const command = program
    .command("uninstall")
    .description("remove the kernel and the JupyterLab extension from Jupyter");
  withDirectoryOptions(command).action(async (choice: DirectoryChoice) => {
    const { chosenDirectory } = await import("./jupyter/data-directory.js");
    const { uninstallKernel } = await import("./jupyter/install-kernel.js");
    const directory = await chosenDirectory(choice);
    const removed = Object.entries(uninstallKernel(directory)).filter(([, wasThere]) => wasThere);
    const what = removed.map(([name]) => name).join(" and ");
    console.log(what === "" ? `nothing of specbook in ${directory}` : `${what} removed from ${directory}`);
  });
}
