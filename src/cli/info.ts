import type { Command } from "commander";

/** `specbook info FILE`: what a data file holds, without reading the numbers. */
export function register(program: Command): void {
  program
    .command("info")
    .description("say what a data file holds: every signal with its shape, axes, units, type and size")
    .argument("<file>", "HDF5 (NSID, USID, HyperSpy), NPY or NPZ")
    .option("--json", "print one JSON array")
    .action(async (file: string, { json = false }: { json?: boolean }) => {
      const { inspect } = await import("../io/index.js");
      const { describeSignals } = await import("./describe-signals.js");
      const signals = await inspect(file);
      console.log(json ? JSON.stringify(signals, null, 2) : describeSignals(signals));
    });
}
