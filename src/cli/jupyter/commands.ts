import { type ChildProcess, execFile } from "node:child_process";

/** What a finished command left. */
export interface CommandResult {
  /** Exit code; -1 when the command could not be started or ran out of time. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end and returns what it printed; never throws.
 *
 * @param seconds kills it after that long (default 60)
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly seconds?: number } = {},
): Promise<CommandResult> {
  const { env = process.env, seconds = 60 } = options;
  return new Promise((resolve) => {
    const limits = { env, timeout: seconds * 1000, maxBuffer: 64 << 20, windowsHide: true };
    execFile(command, args, limits, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr: stderr === "" && error !== null ? error.message : stderr });
    });
  });
}

/** The last lines of a long output, for an error message. */
export function lastLines(text: string, lines = 6): string {
  return text.trim().split(/\r?\n/).slice(-lines).join("\n           ");
}

/** Keeps the last 8000 characters that a running command prints, for the message when it fails. */
export function collectOutput(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-8000);
    });
  }
  return () => text.trim();
}
