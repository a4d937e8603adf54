import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { printSetup } from "./print-setup";

/** `specbook lab`: gets what is missing, then opens a notebook in JupyterLab; with `--check`, without a browser. */
export function register(program: Command): void {
  program
    .command("lab")
    .description("open a notebook in JupyterLab; gets the engine, the kernelspec and JupyterLab where they are missing")
    .argument("[notebook]", "the .ipynb file (default: the quickstart)")
    .option("--check", "no browser: start the server, run one cell through it, print what answered, stop")
    .option("--port <number>", "port of the server (default: Jupyter's own choice)", toPort)
    .action(async (notebook: string | undefined, options: { check?: boolean; port?: number }) => {
      const { checkLab, openLab, prepareLab, requireNotebook } = await import("./jupyter/prepare-lab.js");
      const { PACKAGE_ROOT } = await import("./jupyter/kernel-spec.js");
      const quickstart = join(PACKAGE_ROOT, "notebooks/quickstart.ipynb");
      const path = options.check === true ? "" : requireNotebook(notebook ?? quickstart); // before anything is fetched
      const say = (line: string) => console.log(line);
      const stop = new AbortController();
      const abort = () => stop.abort();
      process.once("SIGINT", abort);
      const prepared = await prepareLab({ onProgress: say, report: printSetup(), signal: stop.signal });
      process.off("SIGINT", abort); // from here on Ctrl-C belongs to the server
      if (options.check === true) {
        await checkLab(prepared, say);
      } else {
        process.exitCode = await openLab(prepared, path, { port: options.port, onProgress: say });
      }
    });
}

function toPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new InvalidArgumentError("a port is 1 to 65535");
  return port;
}
