import { Command } from "commander";
import { VERSION } from "../core";
import { register as convert } from "./convert";
import { register as doctor } from "./doctor";
import { register as info } from "./info";
import { register as install } from "./install";
import { register as lab } from "./lab";
import { register as run } from "./run";
import { register as setup } from "./setup";
import { register as uninstall } from "./uninstall";

/** A command file adds its command, with options and action, to the program. It loads heavy rooms inside the action. */
export type Register = (program: Command) => void;

/** Every command in the order of the help text: one file each. */
const COMMANDS: readonly Register[] = [setup, doctor, install, uninstall, lab, run, info, convert];

/** The `specbook` command line, not yet run. */
export function createProgram(): Command {
  const program = new Command("specbook")
    .description("Spectroscopy notebooks: kernel, library and engine for electron-microscopy spectroscopy.")
    .version(VERSION)
    .showHelpAfterError("(specbook --help lists the commands)");
  for (const register of COMMANDS) register(program);
  return program;
}
