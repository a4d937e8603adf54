import { type Command, Option } from "commander";

/** Adds the options that say whose Jupyter is meant: at most one of them. */
export function withDirectoryOptions(command: Command): Command {
  const choice = (flags: string, text: string, others: string[]) =>
    command.addOption(new Option(flags, text).conflicts(others));
  choice("--user", "the Jupyter of this user (the default)", ["sysPrefix", "jupyterPath"]);
  choice("--sys-prefix", "the Jupyter of the active Python or conda environment", ["user", "jupyterPath"]);
  choice("--jupyter-path <directory>", "this Jupyter data directory, one of JUPYTER_PATH", ["user", "sysPrefix"]);
  return command;
}
