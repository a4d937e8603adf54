import type { Command } from "commander";

/** `specbook run NOTEBOOK`: executes a notebook without Jupyter or Python and saves it, or as far as it came. */
export function register(program: Command): void {
  program
    .command("run")
    .description("execute a notebook with the specbook kernel and save it with its outputs (needs no Jupyter)")
    .argument("<notebook>", "the .ipynb file")
    .option("-o, --output <file>", "write here instead of over the notebook (with parameters: NOTEBOOK.run.ipynb)")
    .option(
      "-p, --parameter <name=value>",
      'give a value to a name of the cell tagged "parameters": JSON, else text; hp.epochs=5 for a property (repeatable)',
      (word: string, words: string[]) => [...words, word],
      [] as string[],
    )
    .option("--preset <name>", "short for -p preset=NAME")
    .option("--no-record", "write no run record (OUTPUT.run.json: parameters, data, engine, versions, times)")
    .option("--allow-errors", "go on after a cell that failed and keep its error in the notebook")
    .action(async (notebook: string, options: RunFlags) => {
      const { runNotebook } = await import("./jupyter/run-notebook.js");
      const { readParameters } = await import("./jupyter/parameters.js");
      const { parameter, preset, ...rest } = options;
      const parameters = readParameters(parameter, preset);
      const result = await runNotebook(notebook, { ...rest, parameters, onProgress: (line) => console.log(line) });
      if (!result.ok) process.exitCode = 1;
    });
}

interface RunFlags {
  output?: string;
  parameter: string[];
  preset?: string;
  record: boolean;
  allowErrors?: boolean;
}
