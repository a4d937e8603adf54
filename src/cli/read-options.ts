import { createRequire } from "node:module";
import { type Command, InvalidArgumentError } from "commander";
import type { ReadOptions } from "../io";

/** What the command line says about a file that does not tell it by itself. */
export interface ReadFlags {
  readonly energyUnits?: "eV" | "meV" | "keV" | "channel";
  readonly energyOffset?: number;
  readonly energyScale?: number;
  readonly pixelSize?: number;
  readonly scan?: ReadOptions["scan"];
}

/** Adds the options that settle what a file leaves open. */
export function withReadFlags(command: Command): Command {
  return command
    .option("--energy-units <units>", "units of the energy axis: eV, meV, keV, or channel for none")
    .option("--energy-offset <value>", "value of the first channel", number)
    .option("--energy-scale <step>", "step from channel to channel", number)
    .option("--pixel-size <nm>", "size of a scan pixel in nm", number)
    .option("--scan <rows>x<columns>", "scan of a 4D-STEM file that only numbers its frames", scan);
}

/** The flags as options of `read`. */
export function readOptions(flags: ReadFlags): ReadOptions {
  const { energyUnits: units, energyOffset: offset, energyScale: scale, pixelSize, scan } = flags;
  const isEnergy = units !== undefined || offset !== undefined || scale !== undefined;
  return { ...(isEnergy ? { energy: { units, offset, scale } } : {}), pixelSize, scan };
}

/** The formats that are read, one a line with its endings. Loaded when it is asked for: readers take a while to load. */
export function formatList(): string {
  const { FORMATS } = createRequire(__filename)("../io/formats") as typeof import("../io/formats"); // of this package
  const width = Math.max(...FORMATS.map(({ name }) => name.length));
  const lines = FORMATS.map(({ name, extensions }) => `  ${name.padEnd(width)}  ${extensions.join(" ")}`);
  return `\nReads:\n${lines.join("\n")}`;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number, e.g. 0.5.");
  return value;
}

function scan(text: string): NonNullable<ReadOptions["scan"]> {
  const match = /^(\d+)x(\d+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError("It must be rows x columns, e.g. 64x128.");
  return { rows: Number(match[1]), columns: Number(match[2]) };
}
