import type { Command } from "commander";

/** `specbook run NOTEBOOK`: executes a notebook without Jupyter or Python and saves it with its outputs. */
export function register(program: Command): void {
  program
    .command("run")
    .description("execute a notebook with the specbook kernel and save it with its outputs (needs no Jupyter)")
    .argument("<notebook>", "the .ipynb file")
    .option("-o, --output <file>", "write here instead of over the notebook")
    .option("--allow-errors", "go on after a cell that failed and keep its error in the notebook")
    .action(async (notebook: string, options: { output?: string; allowErrors?: boolean }) => {
      const { runNotebook } = await import("./jupyter/run-notebook.js");
      const result = await runNotebook(notebook, { ...options, onProgress: (line) => console.log(line) });
      if (!result.ok) process.exitCode = 1;
    });
}
