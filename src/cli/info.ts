import type { Command } from "commander";
import { formatList, type ReadFlags, readOptions, withReadFlags } from "./read-options";

/** `specbook info FILE`: what a data file holds, without reading the numbers. */
export function register(program: Command): void {
  const command = program
    .command("info")
    .description("say what a data file holds: every signal with its format, shape, axes, units, type and size")
    .argument("<file>", "a data file (or the folder of a Zarr store)")
    .option("--json", "print one JSON array")
    .addHelpText("after", formatList);
  withReadFlags(command).action(async (file: string, { json = false, ...flags }: ReadFlags & { json?: boolean }) => {
    const { inspect } = await import("../io/index.js");
    const { describeSignals } = await import("./describe-signals.js");
    const signals = await inspect(file, readOptions(flags));
    console.log(json ? JSON.stringify(signals, null, 2) : describeSignals(signals));
  });
}
