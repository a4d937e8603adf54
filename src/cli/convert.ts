import type { Command } from "commander";
import { SpecbookError } from "../core";
import { formatList, type ReadFlags, readOptions, withReadFlags } from "./read-options";

interface ConvertFlags extends ReadFlags {
  readonly signal?: string;
  readonly gzip?: boolean;
}

/** `specbook convert IN OUT`: writes what a file holds in another format. */
export function register(program: Command): void {
  const command = program
    .command("convert")
    .description("write a data file in another format, with axes, units, metadata and history")
    .argument("<in>", "the file to read")
    .argument("<out>", "the file to write: .hspy (HyperSpy), .h5 (NSID), .npz (NumPy), .csv (a table)")
    .option("--signal <name>", "only this signal, by its name or path (specbook info lists them)")
    .option("--gzip", "pack the numbers")
    .addHelpText("after", formatList);
  withReadFlags(command).action(async (from: string, to: string, { signal, gzip = false, ...flags }: ConvertFlags) => {
    const { checkEnding, read, save } = await import("../io/index.js");
    checkEnding(to); // before the work
    const signals = await read(from, readOptions(flags));
    const isWanted = ({ metadata: { name, path } }: (typeof signals)[number]) => name === signal || path === signal;
    const chosen = signal === undefined ? signals : signals.filter(isWanted);
    if (chosen.length === 0)
      throw noSignal(
        from,
        signal,
        signals.map(({ metadata }) => String(metadata.name)),
      );
    await save(chosen, to, { gzip });
    for (const { metadata, shape } of chosen) console.log(`${metadata.name}: ${shape.join(" x ")} -> ${to}`);
  });
}

function noSignal(file: string, name: string | undefined, names: readonly string[]): SpecbookError {
  return new SpecbookError("OptionError", name === undefined ? `"${file}" holds no signal` : `no signal "${name}"`, {
    got: names.length === 0 ? "no array of numbers" : names.join(", "),
    needed: "one of these names, or a path that specbook info lists",
    remedy: names.length === 0 ? `specbook info ${file}` : `--signal "${names[0]}"`,
  });
}
